# SPDX-License-Identifier: MIT
"""The pages a client sees: plain HTML on loopback, without scripts and without anything from afar.

``/c/pay/<session>`` is a checkout page, ``/p/<link>`` opens one. Text from outside is escaped.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qs

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.sandbox.processor import balance, paying, payment_links
from mediyn_desktop.sandbox.processor.cards import CARDS
from mediyn_desktop.sandbox.processor.errors import ApiError, Json
from mediyn_desktop.sandbox.processor.state import State

SESSION_PATH, LINK_PATH = "/c/pay/", "/p/"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_STYLE = (
    ":root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;"
    "margin:2rem auto;padding:0 1rem}label{display:block;margin:.8rem 0}input:not([type=checkbox])"
    "{display:block;font:inherit;width:100%;padding:.4rem;box-sizing:border-box}button{font:inherit;"
    "padding:.5rem 1.2rem;margin:.5rem .5rem .5rem 0}.note{border-left:.3rem solid;padding-left:"
    ".8rem}td{padding:.15rem .8rem .15rem 0;vertical-align:top}"
)


@dataclass(frozen=True, slots=True)
class Page:
    """What to send: an HTTP status and HTML, or where to go instead."""

    status: int
    html: str
    location: str | None = None


def is_page(path: str) -> bool:
    """Tell whether this address belongs to a hosted page."""
    return path.startswith((SESSION_PATH, LINK_PATH))


def answer(state: State, method: str, path: str, text: str) -> Page:
    """Return the page at ``path``; ``text`` is the form that was sent, for a POST."""
    try:
        with state.lock:
            balance.do_background_work(state)
        if path.startswith(LINK_PATH):
            with state.lock:
                session = payment_links.open_page(state, path.removeprefix(LINK_PATH))
            return Page(303, "", session["url"].removeprefix(state.page_base))
        session_id = path.removeprefix(SESSION_PATH)
        if method == "POST":
            return _take(state, session_id, text)
        session = state.get("checkout.session", session_id, param="session")
        return Page(200, _show(state, session))
    except ApiError as refusal:
        return Page(refusal.status, _document("Closed", _note(str(refusal))))


def _take(state: State, session_id: str, text: str) -> Page:
    form = {name: values[0] for name, values in parse_qs(text).items()}
    try:
        if "bank" in form:
            session = paying.answer_bank(state, session_id, proved=form["bank"] == "yes")
        else:
            session = paying.submit(state, session_id, _entered(form))
    except ApiError as refusal:
        session = state.get("checkout.session", session_id, param="session")
        return Page(refusal.status, _show(state, session, problem=str(refusal)))
    except ValueError:
        session = state.get("checkout.session", session_id, param="session")
        problem = "Enter the expiration date as month and year, such as 04/31."
        return Page(400, _show(state, session, problem=problem))
    return Page(200, _show(state, session))


def _entered(form: dict[str, str]) -> paying.Entered:
    month, _, year = form.get("expires", "").replace(" ", "").partition("/")
    exp_month, exp_year = int(month), int(year)
    if not 1 <= exp_month <= 12 or exp_year > 2100:
        raise ValueError("no such month")
    return paying.Entered(
        number=form.get("number", ""),
        exp_month=exp_month,
        exp_year=exp_year if exp_year > 99 else 2000 + exp_year,
        email=form.get("email"),
        agreed=form.get("agreed") == "yes",
    )


def _show(state: State, session: Json, problem: str | None = None) -> str:
    said = _note(problem) if problem else ""
    if session["status"] == "complete":
        back = session["success_url"]
        link = f'<p><a href="{escape(back)}">Go back</a></p>' if _is_web(back) else ""
        done = {"paid": "Paid. Thank you.", "unpaid": "Thank you. The bank has not decided yet."}
        return _document(
            "Done", said + _note(done.get(session["payment_status"], "The card is saved.")) + link
        )
    if session["status"] != "open" or payment_links.is_full(state, session):
        return _document("Closed", said or _note("This page is closed. Nothing was charged."))
    if paying.waits_for_bank(state, session):
        return _document("Your bank asks", said + _BANK)
    paying_now = session["mode"] == "payment"
    title = f"Pay {format_cents(session['amount_total'])}" if paying_now else "Save a card"
    items = "".join(
        f"<li>{escape(item['description'])}: {format_cents(item['amount_total'])}</li>"
        for item in state.get("checkout.session", session["id"])["_line_items"]
    )
    agree = ""
    if (session["consent_collection"] or {}).get("terms_of_service") == "required":
        agree = (
            '<label><input type="checkbox" name="agreed" value="yes"> '
            "I agree to the terms of the practice</label>"
        )
    above = (session["custom_text"].get("submit") or {}).get("message")
    agree += _note(above) if above else ""
    button = "Pay" if paying_now else "Save card"
    listed = f"<ul>{items}</ul>" if items else ""
    return _document(title, f"{said}{listed}{_FORM.format(agree=agree, button=button)}")


def _is_web(address: str | None) -> bool:
    return bool(address) and str(address).startswith(("https://", "http://"))


def _note(text: str) -> str:
    return f'<p class="note" role="status">{escape(text)}</p>'


def _document(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<main><h1>{escape(title)}</h1><p><strong>Training: play money only.</strong></p>"
        f"{body}</main></html>"
    )


_BANK = (
    "<p>The bank wants to know whether this is really you.</p>"
    '<form method="post"><button name="bank" value="yes">Yes, it is me</button>'
    '<button name="bank" value="no">No, stop</button></form>'
)
_ROWS = "".join(
    f"<tr><td><code>{card.number}</code></td><td>{escape(card.label)}</td></tr>" for card in CARDS
)
_CHOICES = "".join(f'<option value="{card.number}">{escape(card.label)}</option>' for card in CARDS)
_FORM = (
    '<form method="post">'
    '<label>Card number <input name="number" inputmode="numeric" autocomplete="off" required '
    'autofocus list="cards"></label>'
    f'<datalist id="cards">{_CHOICES}</datalist>'
    '<label>Expires (month/year) <input name="expires" value="12/34" required></label>'
    '<label>Security code <input name="cvc" value="123" autocomplete="off"></label>'
    '<label>E-mail, if you want a receipt <input name="email" type="email"></label>'
    "{agree}<button>{button}</button></form>"
    f"<details><summary>Test cards</summary><table>{_ROWS}</table></details>"
)
