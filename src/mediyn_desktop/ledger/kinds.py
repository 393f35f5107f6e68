# SPDX-License-Identifier: MIT
"""What can settle an open item: money by its method, a write-off by its type, a transfer.

Write-offs are typed and never mixed with discounts: a contractual write-off is what the contract
takes off, a courtesy is a gift, a bad debt is a loss, and each is reported apart.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.accounts import Account

INSURER: Final = "insurer"
PACKAGE: Final = "package"
TRANSFER: Final = "transfer"
"""An insurer's part that became the client's or the next insurer's."""
WITHDRAWN: Final = "withdrawn"
"""What was asked of somebody and is asked no more: a voided charge, a reversed share."""

OPENING: Final = "opening"
"""A credit brought along from the program before."""

CLIENT_MONEY: Final = ("card", "cash", "check", "external_card", "other", OPENING)
"""Methods of money a client paid: what of it is not allocated is the client's credit."""
MONEY: Final = (*CLIENT_MONEY, INSURER, PACKAGE)


class WriteOff(StrEnum):
    """Why something owed is asked for no more; also the ``method`` of the row that settles it."""

    CONTRACTUAL = "contractual"
    SLIDING = "sliding"
    COURTESY = "courtesy"
    SMALL_BALANCE = "small_balance"
    HARDSHIP = "hardship"
    TIMELY_FILING = "timely_filing"
    DENIED = "denied"
    BAD_DEBT = "bad_debt"


ACCOUNT_OF: Final[dict[WriteOff, Account]] = {
    WriteOff.CONTRACTUAL: accounts.CONTRACTUAL,
    WriteOff.SLIDING: accounts.SLIDING,
    WriteOff.COURTESY: accounts.COURTESY,
    WriteOff.SMALL_BALANCE: accounts.COURTESY,
    WriteOff.HARDSHIP: accounts.COURTESY,
    WriteOff.TIMELY_FILING: accounts.DENIED,
    WriteOff.DENIED: accounts.DENIED,
    WriteOff.BAD_DEBT: accounts.BAD_DEBT,
}

NOT_MONEY: Final = (*(kind.value for kind in WriteOff), TRANSFER, WITHDRAWN)
