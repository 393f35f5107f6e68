# SPDX-License-Identifier: MIT
"""Payment plans one step back: started, paused, resumed, ended, another card."""

from __future__ import annotations

from datetime import date
from functools import partial

from mediyn_desktop.billing.payment_plans import reopen_plan
from mediyn_desktop.billing.plan_views import PlanView, get_plan, plan_view, running_plan
from mediyn_desktop.cards import plans
from mediyn_desktop.cards.installments import charged_under
from mediyn_desktop.cards.under_way import client_in_flight
from mediyn_desktop.practice import sessions
from mediyn_desktop.store.uow import Reading, UnitOfWork
from mediyn_desktop.undo.returning import WHY
from mediyn_desktop.undo.steps import Facts, Held, Offer

_OVER = Held("It is paid off or has ended.")


def started(read: Reading, facts: Facts) -> Held | None:
    """A plan of which a card was asked for an installment."""
    ref = facts["plan"]
    if not plan_view(read, ref).running:
        return _OVER
    if charged_under(read, get_plan(read, ref)):
        words = f"End payment plan {ref}, dated {read.today.isoformat()}"
        act = partial(plans.end_plan, plan_ref=ref, reason="Begun by mistake")
        return Held("A card was asked for an installment already.", Offer(words, act))
    return None


def changed(read: Reading, facts: Facts) -> Held | None:
    """A change of a plan while a card of its client is being charged."""
    view = plan_view(read, facts["plan"])
    if client_in_flight(read, sessions.get_client(read, view.client_ref)):
        return Held("A card of this client is being charged. Wait for its answer.")
    return None if view.running else _OVER


def ended(read: Reading, facts: Facts) -> Held | None:
    """An ended plan that another one has followed."""
    view = plan_view(read, facts["plan"])
    if running_plan(read, view.client_ref) is not None:
        return Held("Another plan of this client has begun. End that one first.")
    return None


def unstart(uow: UnitOfWork, facts: Facts) -> PlanView:
    """End the plan."""
    return plans.end_plan(uow, facts["plan"], reason=WHY)


def unpause(uow: UnitOfWork, facts: Facts) -> PlanView:
    """Resume it."""
    return plans.resume_plan(uow, facts["plan"], reason=WHY)


def unresume(uow: UnitOfWork, facts: Facts) -> PlanView:
    """Pause it again."""
    return plans.pause_plan(uow, facts["plan"], reason=WHY)


def unend(uow: UnitOfWork, facts: Facts) -> None:
    """Let it go on."""
    reopen_plan(uow, facts["plan"], reason=WHY)


def unchange_card(uow: UnitOfWork, facts: Facts) -> PlanView:
    """Give it the card it had, or none."""
    agreed = date.fromisoformat(facts["agreed_on"]) if facts["agreed_on"] else None
    return plans.change_card(uow, facts["plan"], card=facts["card"], agreed_on=agreed)
