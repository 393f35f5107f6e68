# SPDX-License-Identifier: MIT
"""Which rows of a folder are new, which the practice holds already, and which contradict it.

Nothing is ever merged or overwritten: a row is new, or the same as what is there, or an error.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import select

from mediyn_desktop.cards.on_file.tables import CardChange
from mediyn_desktop.codes.vocabulary import SessionKind, SessionStatus
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.exchange.practice_folder import columns, money
from mediyn_desktop.exchange.practice_folder.cells import CellError, shown
from mediyn_desktop.exchange.practice_folder.content import FolderContent, Known
from mediyn_desktop.exchange.practice_folder.rows import (
    DEFAULT_CLINICIAN,
    PRACTICE_TOML,
    CardRow,
    ClientRow,
    CoverageRow,
    FeeRow,
    PracticeRow,
    Row,
)
from mediyn_desktop.exchange.practice_folder.sessions import TimedSession
from mediyn_desktop.practice.tables import (
    Card,
    Client,
    Clinician,
    Coverage,
    Fee,
    Payer,
    Practice,
    Session,
)
from mediyn_desktop.store.uow import Reading

T = TypeVar("T")
R = TypeVar("R", bound=Row)


def known_of(read: Reading) -> Known:
    """Return what the practice holds that a folder may refer to."""
    there = read.session.get(Practice, 1) is not None
    clinicians = frozenset(read.session.scalars(select(Clinician.ref)))
    usual = DEFAULT_CLINICIAN if DEFAULT_CLINICIAN in clinicians else None
    if len(clinicians) == 1:
        (usual,) = clinicians
    return Known(
        clinicians=clinicians,
        payers=frozenset(read.session.scalars(select(Payer.ref))),
        clients=frozenset(read.session.scalars(select(Client.ref))),
        practice=there,
        zone=read.zone if there else None,
        default_clinician=usual,
    )


class Matching:
    """Compares a folder with the practice; ``new`` is what is left to write.

    ``unchanged`` counts the rows the practice holds already, by kind; while ``errors`` is not
    empty nothing may be written.
    """

    def __init__(self, read: Reading, content: FolderContent) -> None:
        self.unchanged: Counter[str] = Counter()
        self.errors: list[CellError] = []
        self._read = read
        self._clients = _refs(read, Client)
        self._payers = _refs(read, Payer)
        self._clinicians = _refs(read, Clinician)
        self.new = replace(
            content,
            practice=self._practice(content.practice),
            clinicians=self._plain("clinicians", Clinician, content.clinicians, columns.clinician),
            payers=self._plain("payers", Payer, content.payers, columns.payer),
            clients=self._new_clients(content.clients),
            coverage=self._coverage(content.coverage),
            fees=self._fees(content.fees),
            cards=self._cards(content.cards),
            sessions=self._sessions(content.sessions),
            packages=self._money(
                "packages", content.packages, money.package_key, money.sold_packages(read)
            ),
            payments=self._money(
                "payments", content.payments, money.payment_key, money.imported_payments(read)
            ),
            opening_balances=self._money(
                "opening_balances",
                content.opening_balances,
                money.opening_key,
                money.opening_balances(read),
            ),
        )

    def _sort(
        self,
        kind: str,
        rows: Sequence[T],
        find: Callable[[T], Any],
        differing: Callable[[T, Any], list[str]],
        complain: Callable[[T, list[str]], None],
    ) -> tuple[T, ...]:
        """Return the rows ``find`` finds nothing for; the others are the same, or complained of."""
        new: list[T] = []
        for row in rows:
            existing = find(row)
            if existing is None:
                new.append(row)
            elif names := differing(row, existing):
                complain(row, names)
            else:
                self.unchanged[kind] += 1
        return tuple(new)

    def _complainer(self, column: str) -> Callable[[Row, list[str]], None]:
        def complain(row: Row, names: list[str]) -> None:
            message = (
                f"This is already in the practice with other details ({', '.join(names)}). Edit "
                "it in the window, or write here what the practice has."
            )
            self.errors.append(CellError(row.FILE, row.line, column, message))

        return complain

    def _practice(self, row: PracticeRow | None) -> PracticeRow | None:
        existing = self._read.session.get(Practice, 1)
        if existing is None or row is None:
            return row
        names = columns.differing(existing, columns.practice(row))
        if row.timezone is not None and row.timezone.key != self._read.zone.key:
            names.append("timezone")
        for name in names:
            message = (
                f"The practice has another {name} already. Edit it in the window, or write here "
                "what the practice has."
            )
            self.errors.append(CellError(PRACTICE_TOML, row.line, name, message))
        self.unchanged["practice"] += not names
        return None

    def _plain(
        self,
        kind: str,
        table: type[Any],
        rows: Sequence[R],
        values: Callable[[R], columns.Values],
    ) -> tuple[R, ...]:
        existing = {one.ref: one for one in self._read.session.scalars(select(table))}
        return self._sort(
            kind,
            rows,
            lambda row: existing.get(values(row)["ref"]),
            lambda row, found: columns.differing(found, values(row)),
            self._complainer("ref"),
        )

    def _new_clients(self, rows: Sequence[ClientRow]) -> tuple[ClientRow, ...]:
        if not self._clients:
            return tuple(rows)

        def differing(row: ClientRow, found: Client) -> list[str]:
            names = columns.differing(found, columns.client(row))
            if tuple(one.code for one in found.diagnoses) != row.diagnoses:
                names.append("diagnoses")
            return names

        existing = {one.ref: one for one in self._read.session.scalars(select(Client))}
        return self._sort(
            "clients", rows, lambda row: existing.get(row.ref), differing, self._complainer("ref")
        )

    def _coverage(self, rows: Sequence[CoverageRow]) -> tuple[CoverageRow, ...]:
        existing = list(self._read.session.scalars(select(Coverage)))

        def of_rank(row: CoverageRow) -> list[Coverage]:
            client = self._clients.get(row.client_ref)
            return [one for one in existing if one.client_id == client and one.rank == row.rank]

        def differing(row: CoverageRow, found: Coverage) -> list[str]:
            names = columns.differing(found, columns.coverage(row))
            if found.payer_id != self._payers.get(row.payer_ref):
                names.append("payer_ref")
            return names

        new = self._sort(
            "coverage",
            rows,
            lambda row: next(
                (one for one in of_rank(row) if one.effective_from == row.effective_from), None
            ),
            differing,
            self._complainer("client_ref"),
        )
        for row in new:
            if any(_overlap(row, one) for one in of_rank(row)):
                message = (
                    f"The practice has a coverage of rank {row.rank} for this client and time. "
                    "End that one in the window first, or give this one another rank."
                )
                self.errors.append(CellError(row.FILE, row.line, "effective_from", message))
        return new

    def _fees(self, rows: Sequence[FeeRow]) -> tuple[FeeRow, ...]:
        existing = {
            (one.code, one.payer_id, one.client_id, one.effective_from, one.modifier): one
            for one in self._read.session.scalars(select(Fee))
        }

        def find(row: FeeRow) -> Fee | None:
            payer = client = None
            if row.payer_ref is not None and (payer := self._payers.get(row.payer_ref)) is None:
                return None
            if row.client_ref is not None and (client := self._clients.get(row.client_ref)) is None:
                return None
            return existing.get((row.code, payer, client, row.effective_from, row.modifier))

        return self._sort(
            "fees",
            rows,
            find,
            lambda row, found: [] if found.fee_cents == row.fee else ["fee"],
            self._complainer("fee"),
        )

    def _cards(self, rows: Sequence[CardRow]) -> tuple[CardRow, ...]:
        existing = {
            (one.client_id, one.stripe_payment_method): one
            for one in self._read.session.scalars(select(Card))
        }
        # What a network renewed or a client decided since is newer than any file.
        lived = set(self._read.session.scalars(select(CardChange.card_id).distinct()))
        return self._sort(
            "cards",
            rows,
            lambda row: existing.get(
                (self._clients.get(row.client_ref, 0), row.stripe_payment_method)
            ),
            lambda row, found: (
                [] if found.id in lived else columns.differing(found, columns.card(row))
            ),
            self._complainer("stripe_payment_method"),
        )

    def _sessions(self, sessions: Sequence[TimedSession]) -> tuple[TimedSession, ...]:
        existing = {one.ref: one for one in self._read.session.scalars(select(Session))}

        def differing(timed: TimedSession, found: Session) -> list[str]:
            names = columns.differing(found, columns.session(timed))
            if found.client_id != self._clients.get(timed.row.client_ref):
                names.append("client_ref")
            if found.clinician_id != self._clinicians.get(timed.clinician_ref):
                names.append("clinician_ref")
            if tuple(one.code for one in found.diagnoses) != timed.row.diagnoses:
                names.append("diagnoses")
            signed = found.note.signed_at if found.note is not None else None
            # A blank says nothing: the note may have been signed in the window since.
            if timed.signed_at is not None and timed.signed_at != signed:
                names.append("note_signed_at")
            return names

        complain = self._complainer("ref")
        new = self._sort(
            "sessions",
            sessions,
            lambda timed: existing.get(timed.row.ref),
            differing,
            lambda timed, names: complain(timed.row, names),
        )
        if existing:
            self._refuse_collisions(new)
        return new

    def _refuse_collisions(self, sessions: Sequence[TimedSession]) -> None:
        for timed in sessions:
            if timed.row.status is not SessionStatus.ATTENDED:
                continue
            for held in self._read.session.scalars(
                select(Session)
                .where(Session.clinician_id == self._clinicians.get(timed.clinician_ref))
                .where(Session.status == SessionStatus.ATTENDED.value)
                .where(Session.starts_at < timed.ends_at, Session.ends_at > timed.starts_at)
            ):
                if _same_group(timed, held):
                    continue
                message = (
                    f"This session overlaps session {shown(held.ref)}, which is in the practice "
                    "and was held by the same clinician. Check the times of both."
                )
                self.errors.append(CellError(timed.row.FILE, timed.row.line, "start", message))
                break

    def _money(
        self,
        kind: str,
        rows: Sequence[R],
        key: Callable[[R], money.Key],
        held: Counter[money.Key],
    ) -> tuple[R, ...]:
        """Return the rows the practice has not taken in as often as the folder has them.

        Where it took in something else about the same client and day, the row may be a mended one:
        nobody but the user can tell, so it is an error.
        """
        left = Counter(held)
        new: list[R] = []
        for row in rows:
            if left[key(row)] > 0:
                left[key(row)] -= 1
                self.unchanged[kind] += 1
            else:
                new.append(row)
        missing = {subject: details for (subject, details), many in left.items() if many > 0}
        for row in new:
            if (details := missing.get(key(row)[0])) is not None:
                self.errors.append(_otherwise(row, details))
        return tuple(new)


def _otherwise(row: Row, details: tuple[object, ...]) -> CellError:
    before = next((format_cents(one) for one in details[::-1] if isinstance(one, int)), "")
    message = (
        f"For this client and day {before} was imported before, and this folder no longer says so. "
        "If this is one more, keep that line too; if that was wrong, mend it in the window."
    )
    return CellError(row.FILE, row.line, "client_ref", message)


def _refs(read: Reading, table: type[Any]) -> dict[str, int]:
    return dict(read.session.execute(select(table.ref, table.id)).all())


def _overlap(row: CoverageRow, existing: Coverage) -> bool:
    return (existing.effective_from or dt.date.min) <= (row.effective_to or dt.date.max) and (
        row.effective_from or dt.date.min
    ) <= (existing.effective_to or dt.date.max)


def _same_group(timed: TimedSession, held: Session) -> bool:
    return (
        timed.row.kind is SessionKind.GROUP
        and held.kind == SessionKind.GROUP.value
        and timed.starts_at == held.starts_at
        and timed.ends_at == held.ends_at
    )
