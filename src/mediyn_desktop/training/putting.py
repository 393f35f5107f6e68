# SPDX-License-Identifier: MIT
"""Giving a test card or a test member id to a client of the training practice."""

from __future__ import annotations

import csv
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from mediyn_desktop.cards.on_file import marking
from mediyn_desktop.exchange.practice_folder import import_folder
from mediyn_desktop.exchange.practice_folder.rows import CardRow, columns
from mediyn_desktop.practice.searching import folded
from mediyn_desktop.practice.tables import Card, Client, Coverage
from mediyn_desktop.store.uow import Reading, Store
from mediyn_desktop.training.opening import Training

_CONSENT = "sessions;copays;fees"


@dataclass(frozen=True, slots=True)
class Person:
    """A client of the training practice."""

    ref: str
    name: str


@dataclass(frozen=True, slots=True)
class People:
    """Whom a test card or a test member id may be given to."""

    with_card: tuple[Person, ...]
    with_coverage: tuple[Person, ...]


def people(read: Reading) -> People:
    """Return the clients with a card on file and those with coverage, each by name."""

    def those(table: type[Card] | type[Coverage]) -> tuple[Person, ...]:
        clients = read.session.scalars(select(Client).where(Client.id.in_(select(table.client_id))))
        found = (Person(client.ref, client.full_name) for client in clients)
        return tuple(sorted(found, key=lambda person: folded(person.name)))

    return People(those(Card), those(Coverage))


def put_card(training: Training, client_ref: str, number: str) -> None:
    """Have ``client_ref`` save the test card ``number`` now, with consent to everything.

    It is charged before any other card of the client.

    Raises:
        ValueError: not a test card.
    """
    store = training.store
    with store.read() as read:
        customer = read.session.scalar(
            select(Card.stripe_customer)
            .join(Client)
            .where(Client.ref == client_ref)
            .order_by(Card.id.desc())
        )
        today = read.today
    method = f"pm_training{secrets.token_hex(8)}"
    customer = customer or f"cus_training{secrets.token_hex(8)}"
    saved = training.outside.processor.do(
        "POST customers", customer=customer, payment_method=method, number=number
    )["card"]
    _import_card(
        store,
        {
            "client_ref": client_ref,
            "stripe_customer": customer,
            "stripe_payment_method": method,
            "brand": saved["brand"],
            "last4": saved["last4"],
            "exp_month": str(saved["exp_month"]),
            "exp_year": str(saved["exp_year"]),
            "consent_date": today.isoformat(),
            "consent_scope": _CONSENT,
        },
    )
    with store.write("Charge the test card first") as uow:
        card = uow.session.scalars(select(Card).where(Card.stripe_payment_method == method)).one()
        marking.make_default(uow, card.id)
        marking.keep_for_fees(uow, card.id)


def set_member_id(store: Store, client_ref: str, begins: str) -> str:
    """Give the first coverage of ``client_ref`` a member id that begins so; return it."""
    member_id = f"{begins}{secrets.randbelow(900_000) + 100_000}"
    with store.write("Set a test member id") as uow:
        coverage = uow.session.scalars(
            select(Coverage)
            .join(Client)
            .where(Client.ref == client_ref)
            .order_by(Coverage.rank, Coverage.id)
        ).first()
        assert coverage is not None, client_ref
        coverage.member_id = member_id
        uow.changed("coverage", coverage.id)
    return member_id


def _import_card(store: Store, row: dict[str, str]) -> None:
    """Take the card in as any card from outside comes in: by the practice folder's contract."""
    with tempfile.TemporaryDirectory(prefix="mediyn-training-") as name:
        with (Path(name) / CardRow.FILE).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns(CardRow), restval="")
            writer.writeheader()
            writer.writerow(row)
        report = import_folder(store, Path(name))
    assert not report.errors, report.errors
