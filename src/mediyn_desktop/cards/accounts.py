# SPDX-License-Identifier: MIT
"""Which account and mode this practice charges in, and connecting a key to it.

A practice charges in one account and one mode. Test charges in a ledger of real money, or real
charges posted as tests, cannot be told apart afterwards, so they never meet.
"""

from __future__ import annotations

from dataclasses import dataclass

from mediyn_desktop.cards.stripe_api import Account, KeyRefused, StripeApi
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store

OTHER = (
    "The secret key belongs to another card processor account or mode than before. "
    "Charging is frozen and nothing was charged. Enter the key you used before."
)


class OtherAccount(KeyRefused):
    """The key opens another account: what is not found there proves nothing."""


@dataclass(frozen=True, slots=True)
class Connected:
    """What a key turned out to be good for; ``missing`` names what it may not read, and
    ``unwritable`` what of saving cards and payment links it may not do.
    """

    account: str
    livemode: bool
    missing: tuple[str, ...]
    unwritable: tuple[str, ...]
    other: str | None  # why it cannot be used with this practice


def other_account(store: Store, account: Account) -> str | None:
    """Remember the first account and mode; return why ``account`` is another one, if it is."""
    with store.read() as read:
        known = settings.get(read, settings.STRIPE_ACCOUNT)
    if known == account.name:
        return None
    with store.write("Connect the card processor's account") as uow:
        known = settings.get(uow, settings.STRIPE_ACCOUNT)
        if not known:
            settings.set_value(uow, settings.STRIPE_ACCOUNT.key, account.name)
            return None
        return None if known == account.name else OTHER


def prove_absence(
    store: Store, api: StripeApi, *, account: str | None = None, livemode: bool | None = None
) -> None:
    """Make sure that what was not found was looked for where it had been made.

    Args:
        account, livemode: where that was; without, the account this practice charges in.

    Raises:
        OtherAccount: the key opens another one.
        stripe_api.outcomes: nobody knows whose the key is.
    """
    now = api.accounts.current()
    with store.read() as read:
        known = settings.get(read, settings.STRIPE_ACCOUNT)
    if account is not None:
        known = Account(account, bool(livemode), None).name
    if now.name != known:
        raise OtherAccount("the key opens another account")


def connect(store: Store, api: StripeApi) -> Connected:
    """Ask with harmless questions what a key is good for; charges nothing.

    Raises: see ``stripe_api.outcomes``.
    """
    account = api.accounts.current()
    missing = tuple(api.accounts.unreadable())
    unwritable = tuple(api.accounts.unwritable())
    other = other_account(store, account)
    return Connected(account.id, account.livemode, missing, unwritable, other)
