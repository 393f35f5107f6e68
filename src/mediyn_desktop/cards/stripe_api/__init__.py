# SPDX-License-Identifier: MIT
"""The only door to the card processor: the ``stripe`` SDK behind one small facade.

``allowed`` says what may leave, ``outcomes`` how a call can end, ``connection`` holds the SDK; each
further module is one resource of the API, a class of calls and the values it reads. A new resource
is a module beside them, a line in ``StripeApi`` and its rows in ``allowed``.
"""

from __future__ import annotations

from mediyn_desktop.cards.stripe_api.account import Account, Accounts
from mediyn_desktop.cards.stripe_api.allowed import NotAllowed, Role
from mediyn_desktop.cards.stripe_api.anchors import Anchors, RemoteAnchor
from mediyn_desktop.cards.stripe_api.charges import ChargeRead, Charges
from mediyn_desktop.cards.stripe_api.connection import API_VERSION, Connection
from mediyn_desktop.cards.stripe_api.customers import CustomerRead, Customers
from mediyn_desktop.cards.stripe_api.disputes import DisputeRead, Disputes
from mediyn_desktop.cards.stripe_api.events import Events, Hint
from mediyn_desktop.cards.stripe_api.intents import Fees, Intent, Intents, create_params
from mediyn_desktop.cards.stripe_api.links import LinkRead, Links, PageRead
from mediyn_desktop.cards.stripe_api.methods import MethodRead, Methods
from mediyn_desktop.cards.stripe_api.movements import Movement, Movements
from mediyn_desktop.cards.stripe_api.outcomes import (
    NO_ANSWER,
    Declined,
    KeyRefused,
    OutcomeUnknown,
    Refused,
    TryLater,
)
from mediyn_desktop.cards.stripe_api.payouts import PayoutRead, Payouts
from mediyn_desktop.cards.stripe_api.refunds import RefundMade, Refunds
from mediyn_desktop.cards.stripe_api.setups import SetupPage, SetupRead, Setups

__all__ = [
    "API_VERSION",
    "NO_ANSWER",
    "Account",
    "ChargeRead",
    "CustomerRead",
    "Declined",
    "DisputeRead",
    "Fees",
    "Hint",
    "Intent",
    "KeyRefused",
    "LinkRead",
    "MethodRead",
    "Movement",
    "NotAllowed",
    "OutcomeUnknown",
    "PageRead",
    "PayoutRead",
    "RefundMade",
    "Refused",
    "RemoteAnchor",
    "Role",
    "SetupPage",
    "SetupRead",
    "StripeApi",
    "TryLater",
    "create_params",
]


class StripeApi:
    """Calls with explicit time-outs, no retries, a pinned API version and no telemetry.

    Shared by all threads of a pass. A key is never shown: not by ``repr``, not in an exception.
    """

    def __init__(
        self,
        key: str,
        api_base: str | None,
        *,
        role: Role = Role.CHARGES,
        strict: bool | None = None,
    ) -> None:
        self.connection = Connection(key, api_base, role, strict=strict)
        self.accounts = Accounts(self.connection)
        self.anchors = Anchors(self.connection)
        self.charges = Charges(self.connection)
        self.customers = Customers(self.connection)
        self.disputes = Disputes(self.connection)
        self.events = Events(self.connection)
        self.intents = Intents(self.connection)
        self.links = Links(self.connection)
        self.methods = Methods(self.connection)
        self.movements = Movements(self.connection)
        self.payouts = Payouts(self.connection)
        self.refunds = Refunds(self.connection)
        self.setups = Setups(self.connection)

    def close(self) -> None:
        """Close the connections."""
        self.connection.close()
