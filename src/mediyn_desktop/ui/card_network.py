# SPDX-License-Identifier: MIT
"""Forms that ask the card processor: off the GUI thread, refused in words without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import shiboken6

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ui.context import EVERYTHING, Context
from mediyn_desktop.ui.correcting import CorrectingDialog, Foreseen

if TYPE_CHECKING:
    from mediyn_desktop.cards.stripe_api import StripeApi
    from mediyn_desktop.store.uow import UnitOfWork


class NoProcessor(UserFacingError):
    """Nothing can be asked: no network is wanted, or no account is connected."""

    code = "no-key"


class NotDone(UserFacingError):
    """The processor did not do it, or nobody knows yet; the sentence says which."""

    code = "not-done"


NO_KEY = "No Stripe account is connected yet. Nothing was changed. Enter its key in the settings."


def refuse_offline(context: Context) -> None:
    """Return where the network may be used.

    Raises:
        NoProcessor: the user asked to use none.
    """
    if context.offline:
        raise NoProcessor(
            "This needs Stripe, and you asked to use no network. Nothing was changed. Open the "
            "program without that wish, and ask again.",
            code="offline",
        )


@contextmanager
def processor_of(context: Context) -> Iterator[StripeApi]:
    """Yield the card processor and close its connections afterwards; on a worker's thread.

    Raises:
        NoProcessor: there is none to ask.
    """
    refuse_offline(context)
    api = context.program.card_processor(context.store)
    if api is None:
        raise NoProcessor(NO_KEY)
    with closing(api):
        yield api


class NetworkDialog(CorrectingDialog):
    """Asks the processor when it is saved. It may be closed meanwhile: the outcome is said."""

    undoable = False

    busy = "Asking Stripe…"
    """What the button says while the answer is waited for."""

    def prepare(self, why: str) -> Callable[[], str]:
        """Return what asks, from what is filled in; off the GUI thread it says what came of it."""
        raise NotImplementedError

    def carry_out(self, work: Callable[[UnitOfWork, str], object], why: str, said: str) -> None:
        send, context, label = self.prepare(why), self._context, self._label
        self.save.set_caption(self.busy)
        context.ask(label, send, kinds=EVERYTHING, done=self._said, failed=self._not_done)

    def _answered(self) -> bool:
        """Give the button its words back; False where the form was closed meanwhile."""
        if not shiboken6.isValid(self) or not self.isVisible():
            return False
        self.save.set_caption(self._label)
        return True

    def came(self, sentence: str) -> None:
        """Show what came of it."""
        self._context.shell.say(sentence)

    def _not_done(self, error: Exception) -> bool:
        return self._answered() and self._refused(error)

    @property
    def _said(self) -> Callable[[str], None]:
        """A plain function: a bound method of a form that is gone would not be called."""

        def said(sentence: str) -> None:
            self.came(sentence)
            if self._answered():
                self.accept()

        return said


def will(sentence: str) -> Foreseen:
    """Return what a ``NetworkDialog`` foresees: it can be done, and ``prepare`` does it."""
    return Foreseen(sentence, lambda _uow, _why: None)
