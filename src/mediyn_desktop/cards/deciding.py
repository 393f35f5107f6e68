# SPDX-License-Identifier: MIT
"""What a person may decide about one card attempt: stop it, or charge after having compared."""

from __future__ import annotations

from mediyn_desktop.cards.attempts import move, withdraw
from mediyn_desktop.cards.due import NotChargeable
from mediyn_desktop.cards.installments import card_for, still_asked
from mediyn_desktop.cards.states import IN_FLIGHT, REFUSED, WAITING, State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.store.uow import UnitOfWork

_STOPPABLE = WAITING | REFUSED | {State.REVIEW} | IN_FLIGHT - {State.PROCESSING}


class DecisionRefused(UserFacingError):
    """The attempt does not stand where this can be decided; nothing was changed."""

    code = "decision-refused"


def may_stop(row: CardAttempt) -> bool:
    """Whether ``stop`` would do something about this attempt."""
    return State(row.state) in _STOPPABLE and not row.withdraw


def may_charge_anyway(row: CardAttempt) -> bool:
    """Whether this attempt waits for somebody to compare it with a similar charge."""
    compared = row.processor_id is None and row.compared_with is not None
    return row.state == State.REVIEW and compared


def stop(uow: UnitOfWork, attempt_id: int) -> bool:
    """Stop a charge; True where it is over, False where the processor has to be asked first.

    A charge that was sent is canceled at the processor by the next pass, and is over only when it
    was read back as canceled. It may turn out to have succeeded: then it is charged, once.

    Raises:
        NotFound, DecisionRefused.
    """
    row = _get(uow, attempt_id)
    unsent = row.state in WAITING and row.create_started_at is None
    # Without a stored id nothing was ever confirmed, so no money can have moved.
    if unsent or (row.state == State.REVIEW and row.processor_id is None):
        move(uow, row, State.CANCELED, "Stopped by hand; no card was charged")
        return True
    if row.state not in _STOPPABLE:
        raise DecisionRefused(
            f"This charge of {format_cents(row.amount_cents)} cannot be stopped: it is "
            f"{row.state.replace('_', ' ')}. Nothing was changed."
        )
    withdraw(uow, row, "To be stopped at the processor")
    return False


def charge_anyway(uow: UnitOfWork, attempt_id: int) -> None:
    """Queue a charge that waited because the processor holds a similar one: it is another.

    Raises:
        NotFound.
        DecisionRefused: it does not wait for that, or the card may not be charged any more.
    """
    row = _get(uow, attempt_id)
    if not may_charge_anyway(row):
        raise DecisionRefused("This charge does not wait for a comparison. Nothing was changed.")
    due = still_asked(uow, row)
    if due is None or due.cents < row.amount_cents:
        raise DecisionRefused("Nothing is due for it any more. Nothing was changed. Stop it.")
    card = card_for(uow, due, by_hand=True)
    if isinstance(card, NotChargeable):
        raise DecisionRefused(f"{card.message} Nothing was changed.", code=card.code)
    move(uow, row, State.QUEUED, "Compared by hand: it is another charge")


def _get(uow: UnitOfWork, attempt_id: int) -> CardAttempt:
    row = uow.session.get(CardAttempt, attempt_id)
    if row is None:
        raise NotFound(f"There is no card charge {attempt_id}. Nothing was changed.")
    return row
