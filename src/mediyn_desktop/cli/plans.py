# SPDX-License-Identifier: MIT
"""Payment plans: agreeing on one, showing where it stands, holding and ending it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from mediyn_desktop.billing.payment_plans import PlanPreview, PlanRefused, preview_plan
from mediyn_desktop.billing.plan_schedule import Installment
from mediyn_desktop.billing.plan_views import (
    PlanCharge,
    PlanView,
    plan_view,
    plans_of,
    running_plan,
    running_plans,
)
from mediyn_desktop.cli import words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.card_money import cents_of
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery import plan_agreements
from mediyn_desktop.ledger.items import open_items
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.undo import doing

Json = dict[str, Any]


def plan(args: argparse.Namespace) -> Answer:
    """Run one action on payment plans."""
    match args.action:
        case "start":
            return _start(args)
        case "show":
            return _show(args)
    with opened(args) as store, store.write(f"Payment plan: {args.action}") as uow:
        ref = _running(uow, args.client).ref
        match args.action:
            case "pause":
                view = doing.pause_plan(uow, ref, reason=args.reason or "")
            case "resume":
                view = doing.resume_plan(uow, ref, reason=args.reason or "")
            case "end":
                view = doing.end_plan(uow, ref, reason=args.reason)
            case "card":
                card = _card(uow, args.client, args.card)
                view = doing.change_plan_card(uow, ref, card=card, agreed_on=args.agreed)
            case _:
                doing.pay_installment(
                    uow, ref, cents_of(args.amount), args.method, args.date, args.reference
                )
                view = plan_view(uow, ref)
    return Answer(shape(view), _text(view))


def _start(args: argparse.Namespace) -> Answer:
    amount = cents_of(args.amount)
    if args.preview:
        with opened(args, exclusive=False) as store, store.read() as read:
            found = preview_plan(
                read, args.client, amount_cents=amount, day=args.day, begins_on=args.begins,
                items=_items(read, args.client, args.session),
            )  # fmt: skip
        return Answer(_previewed(found), _preview_text(found))
    with opened(args) as store:
        with store.write("Start payment plan") as uow:
            view = doing.start_plan(
                uow, args.client, amount_cents=amount, day=args.day, begins_on=args.begins,
                items=_items(uow, args.client, args.session),
                card=_card(uow, args.client, args.card), agreed_on=args.agreed,
            )  # fmt: skip
        file = _saved(store.read, view.ref, args.out)
    return _answer([view], file, lone=True)


def _show(args: argparse.Namespace) -> Answer:
    with opened(args, exclusive=False) as store:
        with store.read() as read:
            found = plans_of(read, args.client) if args.client else running_plans(read)
        file = None
        if args.out is not None:
            if not args.client or not found:
                raise PlanRefused("Name a client who has a plan to print its agreement.")
            file = _saved(store.read, found[0].ref, args.out)
    return _answer(found, file)


def _answer(found: list[PlanView], file: Path | None, *, lone: bool = False) -> Answer:
    shapes = [shape(one) for one in found]
    if file is not None:
        shapes[0]["file"] = str(file)
    text = "\n\n".join(_text(one) for one in found) or "No payment plan runs."
    if file is not None:
        text += f"\nThe agreement to sign: {file}"
    return Answer(shapes[0] if lone else shapes, text)


def _saved(reading: Any, ref: str, out: Path | None) -> Path | None:
    if out is None:
        return None
    with reading() as read:
        return plan_agreements.save(read, ref, out)


def _running(read: Reading, client_ref: str) -> PlanView:
    found = running_plan(read, client_ref)
    if found is None:
        raise PlanRefused(
            "This client has no payment plan that runs. Nothing was changed.", code="no-plan"
        )
    return found


def _items(read: Reading, client_ref: str, sessions: list[str]) -> list[int] | None:
    """The open items of the sessions named, or None for everything that is owed."""
    if not sessions:
        return None
    client = get_client(read, client_ref)
    found = []
    for session in sessions:
        mine = open_items(read, client.ref, session=session)
        if not mine:
            raise PlanRefused(
                f"Nothing is owed by this client for session “{session}”. Nothing was changed.",
                code="plan-charge",
            )
        found += [item.id for item in mine]
    return found


def _card(read: Reading, client_ref: str, last4: str | None) -> int | None:
    if last4 is None or last4 == "none":
        return None
    cards = [card for card in get_client(read, client_ref).cards if card.last4 == last4]
    if len(cards) != 1:
        many = "More than one card" if cards else "No card"
        raise UserFacingError(
            f"{many} of this client ends in “{last4}”. Nothing was changed.", code="plan-card"
        )
    return cards[0].id


def shape(view: PlanView) -> Json:
    """One payment plan."""
    return {
        "plan_ref": view.ref,
        "client_ref": view.client_ref,
        "state": view.state.value,
        "amount_cents": view.amount_cents,
        "day": view.day,
        "begins_on": view.begins_on.isoformat(),
        "started_on": view.started_on.isoformat(),
        "total_cents": view.total_cents,
        "paid_cents": view.paid_cents,
        "left_cents": view.left_cents,
        "due_cents": view.due_cents,
        "card_last4": view.card_last4,
        "agreed_on": view.agreed_on.isoformat() if view.agreed_on is not None else None,
        "next_installment": _installment(view.next) if view.next is not None else None,
        "installments": [_installment(one) for one in view.ahead],
        "charges": [_charge(one) for one in view.charges],
        "caution": view.caution,
    }


def _previewed(found: PlanPreview) -> Json:
    return {
        "total_cents": found.total_cents,
        "installments": [_installment(one) for one in found.installments],
        "charges": [_charge(one) for one in found.charges],
        "caution": found.caution,
    }


def _installment(one: Installment) -> Json:
    return {"due_on": one.due_on.isoformat(), "amount_cents": one.cents}


def _charge(one: PlanCharge) -> Json:
    return {
        "session_ref": one.session_ref,
        "date_of_service": one.date_of_service.isoformat(),
        "amount_cents": one.cents,
        "open_cents": one.open_cents,
    }


def _text(view: PlanView) -> str:
    card = f"card ending {view.card_last4}" if view.card_last4 else "paid by hand"
    said = [
        f"Payment plan {view.ref} of {view.client_ref}: {view.state.value}. "
        f"{format_cents(view.amount_cents)} on day {view.day} of the month, {card}.",
        f"Paid {format_cents(view.paid_cents)} of {format_cents(view.total_cents)}; "
        f"{format_cents(view.left_cents)} left.",
    ]
    if view.due_cents:
        said.append(f"Due now: {format_cents(view.due_cents)}.")
    if view.ahead:
        said.append(_installments(view.ahead))
    if view.caution and view.running:
        said.append(view.caution)
    return "\n".join(said)


def _preview_text(found: PlanPreview) -> str:
    said = [
        f"Nothing is agreed yet. {format_cents(found.total_cents)} would be paid in "
        f"{len(found.installments)} installments.",
        _installments(found.installments),
    ]
    if found.caution:
        said.append(found.caution)
    return "\n".join(said)


def _installments(rows: tuple[Installment, ...]) -> str:
    body = [(one.due_on.isoformat(), format_cents(one.cents)) for one in rows]
    return words.table([("Due", "Amount"), *body], right=(1,))
