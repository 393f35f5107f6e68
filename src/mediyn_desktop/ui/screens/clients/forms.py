# SPDX-License-Identifier: MIT
"""Every form that can be opened for a client, by name; a new one is one line here.

The palette, the buttons and other screens ask for a form by its name. What it needs to know is
gathered off the GUI thread first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from mediyn_desktop.billing.plan_views import plans_of
from mediyn_desktop.cards.charging_now import charge_talk
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.agreements import FeeTalk, fee_talk
from mediyn_desktop.delivery.card_messages import decline_drafts
from mediyn_desktop.delivery.money import AccountMoney, account_money
from mediyn_desktop.delivery.queries import ClientSheet, SessionLine
from mediyn_desktop.ui.card_refund import CardPaid, CardRefundDialog
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog
from mediyn_desktop.ui.preview_dialog import PreviewDialog
from mediyn_desktop.ui.screens.clients.card_asking import AskCardDialog, AskTalk, ask_talk
from mediyn_desktop.ui.screens.clients.card_forms import (
    ConsentDialog,
    DefaultCardDialog,
    FeeCardDialog,
    RemoveCardDialog,
    RevokeDialog,
)
from mediyn_desktop.ui.screens.clients.card_letter import LetterDialog
from mediyn_desktop.ui.screens.clients.card_page import CardPageDialog, PageShown
from mediyn_desktop.ui.screens.clients.charge import ChargeDialog
from mediyn_desktop.ui.screens.clients.correcting import Current, payment_label
from mediyn_desktop.ui.screens.clients.corrections import (
    RefundDialog,
    SettleDialog,
    VoidDialog,
    WriteOffDialog,
)
from mediyn_desktop.ui.screens.clients.estimate import EstimateDialog, EstimateSheet
from mediyn_desktop.ui.screens.clients.fees import EndFeeDialog, ReviewFeeDialog, SlidingDialog
from mediyn_desktop.ui.screens.clients.issue import IssueDialog
from mediyn_desktop.ui.screens.clients.packages import (
    PackageDialog,
    PayPackageDialog,
    RefundPackageDialog,
)
from mediyn_desktop.ui.screens.clients.payment import PaymentDialog
from mediyn_desktop.ui.screens.clients.plans import (
    EndPlanDialog,
    InstallmentDialog,
    PausePlanDialog,
    PlanCardDialog,
    PlanDialog,
)
from mediyn_desktop.ui.screens.clients.session_forms import CancelDialog, CourtesyDialog
from mediyn_desktop.ui.screens.clients.statement import StatementDialog
from mediyn_desktop.ui.superbill_pdf import Pdf
from mediyn_desktop.ui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class Asked:
    """A form asked for: the client's sheet on view, what was gathered, and what it begins with."""

    sheet: ClientSheet
    data: Any
    current: Current


Make = Callable[[Context, Asked, QWidget], Dialog]
Gather = Callable[["Reading", str], Any]


@dataclass(frozen=True, slots=True)
class Form:
    """``title`` is what the palette calls it; ``page`` the tab whose current line it begins with.

    ``gather`` reads what ``make`` needs besides the sheet on view.
    """

    title: str
    page: str
    make: Make
    gather: Gather | None = None
    keys: str = ""
    keywords: str = ""


def _of_account(kind: Callable[..., CorrectingDialog]) -> Make:
    return lambda context, asked, parent: kind(context, asked.data, asked.current, parent)


def _of_sheet(kind: Callable[..., CorrectingDialog]) -> Make:
    return lambda context, asked, parent: kind(context, asked.sheet, asked.current, parent)


def _line(asked: Asked) -> SessionLine | None:
    return next((one for one in asked.sheet.sessions if one.ref == asked.current), None)


def _cancel(context: Context, asked: Asked, parent: QWidget) -> Dialog:
    return CancelDialog(context, asked.sheet.full_name, _line(asked), parent)


def _courtesy(context: Context, asked: Asked, parent: QWidget) -> Dialog:
    """Before a session is billed a promise, afterwards a write-off of the kind courtesy."""
    money: AccountMoney = asked.data
    line = _line(asked)
    if line is not None and any(
        one.session == line.ref and one.debtor is None for one in money.owed
    ):
        return WriteOffDialog(context, money, line.ref, parent)
    return CourtesyDialog(context, asked.sheet.full_name, line, parent)


def _refund(context: Context, asked: Asked, parent: QWidget) -> Dialog:
    """What came by card goes back to the card; everything else is handed back."""
    money: AccountMoney = asked.data
    for paid in money.paid:
        if paid.method == "card" and asked.current in (paid.entry, paid.ref):
            about = f"{money.full_name}: {payment_label(paid)}, {format_cents(paid.amount_cents)}"
            return CardRefundDialog(context, CardPaid(paid.ref, about, paid.held_cents), parent)
    return RefundDialog(context, money, asked.current, parent)


def _show_estimate(context: Context, asked: Asked, parent: QWidget) -> Dialog:
    found = [one for one in asked.sheet.agreements.estimates if one.data.version == asked.current]
    found = found or list(asked.sheet.agreements.estimates[-1:])
    if found:
        return EstimateSheet(found[0], parent)
    talk: FeeTalk = asked.data
    return EstimateDialog(context, talk, None, parent)


def _plan_paper(read: Reading, client_ref: str) -> Pdf | None:
    """The agreement of the client's newest plan; None where there never was one."""
    # ReportLab loads slowly and only printing needs it.
    from mediyn_desktop.delivery.plan_agreements import agreement_data  # noqa: PLC0415
    from mediyn_desktop.documents.plan_agreement import render_plan_agreement  # noqa: PLC0415

    found = plans_of(read, client_ref)
    if not found:
        return None
    return Pdf(render_plan_agreement(agreement_data(read, found[0].ref)), f"{found[0].ref}.pdf")


def _print_plan(context: Context, asked: Asked, parent: QWidget) -> Dialog:
    if asked.data is None:
        return PlanDialog(context, asked.sheet, None, parent)
    return PreviewDialog("Agreement of a payment plan", asked.data, parent)


def _ask_card(context: Context, asked: Asked, parent: QWidget) -> Dialog:
    """The page, where one is under way for the client; else the form that asks for one."""
    talk: AskTalk = asked.data
    if talk.page is not None:
        return CardPageDialog(context, talk.page, asked.sheet.full_name, parent)

    def show(page: PageShown) -> None:
        dialog = CardPageDialog(context, page, asked.sheet.full_name, parent)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    return AskCardDialog(context, asked.sheet, talk, show, parent)


ACCOUNT, SESSIONS, AGREEMENTS, CARDS = "Account", "Sessions", "Agreements", "Cards"
FORMS: dict[str, Form] = {
    "pay": Form(
        "Record a payment of this client…",
        ACCOUNT,
        _of_account(PaymentDialog),
        account_money,
        keys="P",
        keywords="cash check money received",
    ),
    "charge": Form(
        "Charge this client’s card now…",
        ACCOUNT,
        lambda context, asked, parent: ChargeDialog(context, asked.data, parent),
        charge_talk,
        keys="C",
        keywords="credit card stripe pay balance due",
    ),
    "settle": Form(
        "Settle a charge from credit or another payment…",
        ACCOUNT,
        _of_account(SettleDialog),
        account_money,
        keywords="allocate apply move credit",
    ),
    "refund": Form(
        "Pay money back to this client…",
        ACCOUNT,
        _refund,
        account_money,
        keywords="refund return",
    ),
    "write-off": Form(
        "Write off what this client or the insurer owes…",
        ACCOUNT,
        _of_account(WriteOffDialog),
        account_money,
        keywords="bad debt small balance hardship give up",
    ),
    "void": Form(
        "Void a payment of this client…",
        ACCOUNT,
        _of_account(VoidDialog),
        account_money,
        keywords="bounced check mistake",
    ),
    "courtesy": Form(
        "Take something off this session as a courtesy…",
        SESSIONS,
        _courtesy,
        account_money,
        keywords="discount lower fee",
    ),
    "cancel": Form(
        "Cancel this session…",
        SESSIONS,
        _cancel,
        keywords="late cancellation no-show missed fee",
    ),
    "package": Form(
        "Sell this client a package…",
        AGREEMENTS,
        _of_account(PackageDialog),
        account_money,
        keywords="prepaid sessions in advance",
    ),
    "pay-package": Form(
        "Record the payment of a package…", AGREEMENTS, _of_sheet(PayPackageDialog)
    ),
    "refund-package": Form(
        "Refund the rest of a package…", AGREEMENTS, _of_sheet(RefundPackageDialog)
    ),
    "plan": Form(
        "Agree a payment plan with this client…",
        AGREEMENTS,
        _of_sheet(PlanDialog),
        keywords="installments monthly pay off",
    ),
    "installment": Form(
        "Record an installment of a payment plan…", AGREEMENTS, _of_sheet(InstallmentDialog)
    ),
    "pause-plan": Form("Pause a payment plan…", AGREEMENTS, _of_sheet(PausePlanDialog)),
    "resume-plan": Form("Resume a payment plan…", AGREEMENTS, _of_sheet(PausePlanDialog)),
    "plan-card": Form("Change the card of a payment plan…", AGREEMENTS, _of_sheet(PlanCardDialog)),
    "end-plan": Form("End a payment plan…", AGREEMENTS, _of_sheet(EndPlanDialog)),
    "print-plan": Form(
        "Show the agreement of a payment plan, to print and sign…",
        AGREEMENTS,
        _print_plan,
        _plan_paper,
    ),
    "sliding": Form(
        "Agree a sliding fee with this client…",
        AGREEMENTS,
        _of_account(SlidingDialog),
        fee_talk,
        keywords="lower fee income percent discount",
    ),
    "review-fee": Form(
        "Keep this client’s sliding fee…", AGREEMENTS, _of_account(ReviewFeeDialog), fee_talk
    ),
    "end-fee": Form(
        "End this client’s sliding fee…", AGREEMENTS, _of_account(EndFeeDialog), fee_talk
    ),
    "estimate": Form(
        "Give this client a good faith estimate…",
        AGREEMENTS,
        _of_account(EstimateDialog),
        fee_talk,
        keywords="gfe no surprises",
    ),
    "show-estimate": Form(
        "Show this client’s estimate…", AGREEMENTS, _show_estimate, fee_talk, keywords="gfe"
    ),
    "card-ask": Form(
        "Ask this client for a card…",
        CARDS,
        _ask_card,
        ask_talk,
        keywords="save card on file page link qr code",
    ),
    "card-default": Form("Make a card the default…", CARDS, _of_sheet(DefaultCardDialog)),
    "card-fees": Form(
        "Keep a card for missed-session fees…",
        CARDS,
        _of_sheet(FeeCardDialog),
        keywords="no-show late cancellation",
    ),
    "card-consent": Form(
        "Record a consent to card charges…",
        CARDS,
        _of_sheet(ConsentDialog),
        keywords="agree authorization paper phone",
    ),
    "card-revoke": Form(
        "Take back a consent to card charges…",
        CARDS,
        _of_sheet(RevokeDialog),
        keywords="revoke withdraw stop charging",
    ),
    "card-letter": Form(
        "Write to this client about a refused charge…",
        CARDS,
        lambda _context, asked, parent: LetterDialog(asked.data, parent),
        lambda read, ref: decline_drafts(read, client=ref),
        keywords="declined dunning message mail",
    ),
    "card-remove": Form(
        "Remove a card of this client…",
        CARDS,
        _of_sheet(RemoveCardDialog),
        keywords="delete detach",
    ),
    "statement": Form(
        "Show this client’s statement…",
        ACCOUNT,
        lambda context, asked, parent: StatementDialog(context, asked.sheet, parent),
        keywords="balance due bill",
    ),
    "issue": Form(
        "Issue a superbill for this client…",
        "Documents",
        lambda context, asked, parent: IssueDialog(context, asked.sheet, parent),
    ),
}
