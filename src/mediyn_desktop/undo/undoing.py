# SPDX-License-Identifier: MIT
"""Undoing the newest step, or saying by name what does it instead."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.steps import Step, silently
from mediyn_desktop.store.uow import Reading, UnitOfWork
from mediyn_desktop.undo import holding, importing, plans, remittances, returning
from mediyn_desktop.undo.steps import Facts, Held
from mediyn_desktop.undo.tables import UndoStep


class CannotUndo(UserFacingError):
    """The newest step is not undone; the message says what does it instead."""

    code = "cannot-undo"


class NothingToUndo(UserFacingError):
    """Nothing was done yet, or all of it was undone."""

    code = "nothing-to-undo"


@dataclass(frozen=True, slots=True)
class Undoable:
    """The newest step.

    ``instead`` says why it is not undone, or is None; ``offer`` names the dated reversal, refund or
    void that takes it back all the same, where there is one.
    """

    step: int
    verb: str
    words: str
    instead: str | None
    offer: str | None = None

    @property
    def title(self) -> str:
        """What undoing it is called."""
        return f"Undo: {self.words}"


@dataclass(frozen=True, slots=True)
class _Verb:
    held: Callable[[Reading, Facts], Held | None]
    back: Callable[[UnitOfWork, Facts], object]


@dataclass(frozen=True, slots=True)
class _LongVerb:
    """A verb whose taking back may last: it tells how far it is."""

    held: Callable[[Reading, Facts], Held | None]
    back: Callable[[UnitOfWork, Facts, Step], object]


def _never(_uow: UnitOfWork, _facts: Facts) -> None:
    raise AssertionError("this step always says what to do instead")


_VERBS: dict[str, _Verb | _LongVerb] = {
    "sign": _Verb(holding.signed, returning.unsign),
    "cancel": _Verb(holding.cancelled, returning.uncancel),
    "amount": _Verb(holding.amount_asked, returning.unset),
    "courtesy": _Verb(holding.promise_used, returning.unpromise),
    "pay": _Verb(holding.paid, returning.unpay),
    "recover": _Verb(holding.paid, returning.unrecover),
    "refund": _Verb(holding.card_asked, returning.unrefund),
    "settle": _Verb(holding.card_asked, returning.unsettle),
    "move": _Verb(holding.card_asked, returning.unmove),
    "write-off": _Verb(holding.free, returning.unwrite),
    "void": _Verb(holding.card_asked, returning.unrefund),
    "package": _Verb(holding.package_used, returning.unsell),
    "package-refund": _Verb(holding.free, returning.unrefund),
    "deposit": _Verb(holding.deposit_returned, returning.undeposit),
    "snooze": _Verb(holding.free, returning.unsnooze),
    "close-month": _Verb(holding.period_named, returning.reopen),
    "estimate": _Verb(holding.estimate_given, _never),
    "superbill": _Verb(holding.superbill_given, _never),
    "plan": _Verb(plans.started, plans.unstart),
    "plan-pause": _Verb(plans.changed, plans.unpause),
    "plan-resume": _Verb(plans.changed, plans.unresume),
    "plan-end": _Verb(plans.ended, plans.unend),
    "plan-card": _Verb(plans.changed, plans.unchange_card),
    "remittance": _LongVerb(remittances.posted, remittances.unpost),
    "unpost": _LongVerb(remittances.unposted, remittances.post),
    "import": _Verb(importing.left_since, importing.take_back),
}


def newest(read: Reading) -> Undoable | None:
    """Return the newest step that was not undone, or None."""
    row = _newest(read)
    return None if row is None else _shown(row, _held(read, row))


def undo(uow: UnitOfWork, step: int | None = None, *, watch: Step = silently) -> Undoable:
    """Undo the newest step and return it.

    Args:
        step: the id of the step that is meant, where it was shown before: another one that came
            since is not undone in its place.
        watch: told how far it is where that may last; what it raises ends the work, and then
            nothing may be kept.

    Raises:
        NothingToUndo: there is no step.
        CannotUndo: something of it left the computer, or another step came since; nothing was
            changed.
    """
    row = _meant(uow, step)
    held = _held(uow, row)
    if held is not None:
        offered = "" if held.offer is None else f" Instead: {held.offer.words}."
        raise CannotUndo(f"“{row.words}” is not undone: {held.why} Nothing was changed.{offered}")
    verb, facts = _VERBS[row.verb], json.loads(row.facts)
    if isinstance(verb, _LongVerb):
        verb.back(uow, facts, watch)
    else:
        verb.back(uow, facts)
    return _done(uow, row)


def do_instead(uow: UnitOfWork, step: int | None = None) -> Undoable:
    """Do what is offered in place of undoing the newest step: a reversal dated today; return it.

    Raises:
        NothingToUndo: there is no step.
        CannotUndo: nothing is offered, or it can simply be undone, or another step came since;
            nothing was changed.
    """
    row = _meant(uow, step)
    held = _held(uow, row)
    if held is None:
        raise CannotUndo(f"“{row.words}” can simply be undone. Nothing was changed.")
    if held.offer is None:
        raise CannotUndo(f"“{row.words}” is not undone: {held.why} Nothing was changed.")
    shown = _shown(row, held)
    held.offer.act(uow)
    _done(uow, row)
    return shown


def _meant(read: Reading, step: int | None) -> UndoStep:
    row = _newest(read)
    if row is None:
        raise NothingToUndo("There is nothing to undo. Nothing was changed.")
    if step is not None and step != row.id:
        raise CannotUndo("Something else was done since. Nothing was changed. Look again.")
    return row


def _done(uow: UnitOfWork, row: UndoStep) -> Undoable:
    number = row.id
    # Asked for anew: taking an import back forgets every object.
    row = uow.session.get_one(UndoStep, number)
    row.undone_at = uow.now
    uow.session.flush()
    uow.changed("undo_step", number)
    return _shown(row, None)


def _held(read: Reading, row: UndoStep) -> Held | None:
    return _VERBS[row.verb].held(read, json.loads(row.facts))


def _shown(row: UndoStep, held: Held | None) -> Undoable:
    if held is None:
        return Undoable(row.id, row.verb, row.words, None)
    offer = held.offer.words if held.offer is not None else None
    return Undoable(row.id, row.verb, row.words, held.why, offer)


def _newest(read: Reading) -> UndoStep | None:
    return read.session.scalar(
        select(UndoStep).where(UndoStep.undone_at.is_(None)).order_by(UndoStep.id.desc()).limit(1)
    )
