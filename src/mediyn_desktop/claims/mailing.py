# SPDX-License-Identifier: MIT
"""A person asks now for what background work does by itself: claims go out, answers come in."""

from __future__ import annotations

from dataclasses import dataclass

from mediyn_desktop.claims import connection, inbox, question_mail, sending
from mediyn_desktop.claims.answers import FileReport, act_on_unread
from mediyn_desktop.claims.inbox import Collected
from mediyn_desktop.claims.sending import Exported
from mediyn_desktop.claims.transports.protocol import Offline, Transport
from mediyn_desktop.core.steps import GoOn, to_the_end
from mediyn_desktop.store.uow import Store


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one look into the mailbox brought, and what came of every file nobody had read yet."""

    found: Collected
    reports: list[FileReport]


def send_now(store: Store, *, offline: bool = False, go_on: GoOn = to_the_end) -> list[Exported]:
    """Hand every queued claim over on the way that is set up, and the questions that go by mail.

    ``go_on`` is asked between the files; see ``sending.send_claims``.

    Raises:
        NoClearinghouse: no way is set up; the claims stay queued.
        UserFacingError: nobody answers, or the way refuses; the claims stay queued.
    """
    with store.read() as read:
        way = connection.transport(read)
    _refuse_offline(way, offline=offline)
    with way:
        sent = sending.send_claims(store, way, go_on=go_on)
        question_mail.send_along(store, way, go_on=go_on)
    return sent


def fetch_now(store: Store, *, offline: bool = False, go_on: GoOn = to_the_end) -> Fetched:
    """Fetch what waits in the mailbox and act on it; ``go_on`` is asked between the files.

    Raises:
        NoClearinghouse: no mailbox is set up.
        UserFacingError: nobody answers; what was fetched is kept.
    """
    with store.read() as read:
        way = connection.answers_transport(read)
    if way is None:
        raise connection.NoClearinghouse(
            "No mailbox for answers is set. Nothing was fetched. Set clearinghouse.in, or import "
            "files by hand."
        )
    _refuse_offline(way, offline=offline)
    with way:
        found = inbox.collect(store, way, go_on=go_on)
    return Fetched(found, act_on_unread(store, go_on=go_on))


def _refuse_offline(way: Transport, *, offline: bool) -> None:
    if offline and way.kind != "folder":
        raise Offline("You are offline. Nobody was asked and nothing was changed.")
