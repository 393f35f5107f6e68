# SPDX-License-Identifier: MIT
"""What may leave this computer for the card processor: exact keys and value patterns per address.

Checked on the encoded request at the last door before the socket (``connection``), whoever built
it. Stripe signs no business associate agreement: only opaque ids, amounts and neutral words pass;
never a name, a code, a date of service or a word about care. A new call gets its row here.

Each row also says which key may make the call: the scheduler's key charges and reads, the second
key, which the therapist unlocks, pays back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from mediyn_desktop.core.neutral import clinical_word

AFTERWARDS: Final = "https://stripe.com/"
"""Where the client's browser goes once a card is saved: the processor's own front page."""


AGREEING: Final = (
    "By saving the card you agree to the terms you received with this page. Nothing is charged now."
)
"""What stands above the button; the terms themselves are between the practice and the client."""


class Role(StrEnum):
    """Whose key a connection holds."""

    CHARGES = "charges"  # the scheduler's
    REFUNDS = "refunds"  # unlocked by the therapist for one purpose


class NotAllowed(RuntimeError):
    """A bug was about to send something that may not leave; nothing was sent. Names no value."""


Check = Callable[[str], bool]
_ANY = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address: ``{pi}`` stands for an id of that kind. ``keys`` are as they are encoded,
    such as ``metadata[iid]``; a list's positions are all written ``[0]``.
    """

    method: str
    path: str
    keys: Mapping[str, Check]
    roles: frozenset[Role] = _ANY


def _matches(pattern: str) -> Check:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def _one_of(*values: str) -> Check:
    return lambda value: value in values


def _id(*prefixes: str) -> Check:
    return _matches(rf"(?:{'|'.join(prefixes)})_[A-Za-z0-9_-]{{1,80}}")


def _descriptor(value: str) -> bool:
    # docs.stripe.com/get-started/account/statement-descriptors
    return re.fullmatch(r"[A-Za-z0-9 .,&/+-]{1,22}", value) is not None and not clinical_word(value)


_CENTS = _matches(r"[1-9]\d{0,8}")
_HEX = _matches(r"[0-9a-f]{32}")
_NUMBER = _matches(r"\d{1,12}")
_PAGING: dict[str, Check] = {
    "limit": _matches(r"[1-9]\d?|100"),
    "starting_after": _matches(r"[a-z]{2,8}_[A-Za-z0-9_-]{1,80}"),
    "created[gte]": _NUMBER,
    "created[lt]": _NUMBER,
}
_FEES = {"expand[0]": _one_of("latest_charge.balance_transaction")}
_LISTED_FEES = {"expand[0]": _one_of("data.latest_charge.balance_transaction")}
_ANCHOR = {
    "metadata[anchor]": _one_of("1"),
    "metadata[install]": _HEX,
    "metadata[epoch]": _NUMBER,
    "metadata[seq]": _NUMBER,
    "metadata[token]": _HEX,
}
_CHARGING = frozenset({Role.CHARGES})
_REFUNDING = frozenset({Role.REFUNDS})

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/v1/balance", {}),
    Endpoint("GET", "/v1/account", {}),
    Endpoint(
        "POST",
        "/v1/payment_intents",
        {
            "allowed_payment_method_types[0]": _one_of("card"),
            "amount": _CENTS,
            "currency": _one_of("usd"),
            "customer": _id("cus"),
            "metadata[iid]": _HEX,
            "metadata[dup]": _HEX,
            "payment_method": _id("pm", "card", "src"),
            "statement_descriptor_suffix": _descriptor,
        },
        _CHARGING,
    ),
    Endpoint(
        "POST",
        "/v1/payment_intents/{pi}/confirm",
        {"off_session": _one_of("true"), "payment_method": _id("pm", "card", "src")},
        _CHARGING,
    ),
    Endpoint("POST", "/v1/payment_intents/{pi}/cancel", {}, _CHARGING),
    Endpoint("GET", "/v1/payment_intents/{pi}", _FEES),
    Endpoint("GET", "/v1/payment_intents", {**_PAGING, **_LISTED_FEES, "customer": _id("cus")}),
    Endpoint(
        "POST",
        "/v1/refunds",
        {"payment_intent": _id("pi"), "amount": _CENTS, "metadata[iid]": _HEX},
        _REFUNDING,
    ),
    Endpoint("GET", "/v1/refunds/{re}", {}),
    Endpoint("GET", "/v1/refunds", {**_PAGING, "payment_intent": _id("pi")}),
    Endpoint("POST", "/v1/customers", {**_ANCHOR, "metadata[iid]": _HEX}, _CHARGING),
    Endpoint("POST", "/v1/customers/{cus}", _ANCHOR, _CHARGING),
    Endpoint("GET", "/v1/customers/{cus}", {}),
    Endpoint("GET", "/v1/customers", _PAGING),
    Endpoint(
        "GET", "/v1/customers/{cus}/payment_methods", {**_PAGING, "type": _one_of("card")}
    ),
    Endpoint(
        "GET",
        "/v1/balance_transactions",
        {**_PAGING, "expand[0]": _one_of("data.source"), "payout": _id("po")},
    ),
    Endpoint("GET", "/v1/disputes", _PAGING),
    Endpoint("GET", "/v1/disputes/{dp}", {}),
    Endpoint("GET", "/v1/disputes/{du}", {}),
    Endpoint("GET", "/v1/payouts", _PAGING),
    Endpoint("GET", "/v1/payouts/{po}", {}),
    Endpoint("GET", "/v1/events", {**_PAGING, "types[0]": _matches(r"[a-z_]+(?:\.[a-z_]+)+")}),
    Endpoint(
        "POST",
        "/v1/payment_links",
        {
            "line_items[0][quantity]": _one_of("1"),
            "line_items[0][price_data][currency]": _one_of("usd"),
            "line_items[0][price_data][unit_amount]": _CENTS,
            "line_items[0][price_data][product_data][name]": _one_of("Balance"),
            "metadata[iid]": _HEX,
            "payment_intent_data[metadata][iid]": _HEX,
            "restrictions[completed_sessions][limit]": _one_of("1"),
        },
        _CHARGING,
    ),
    Endpoint("POST", "/v1/payment_links/{plink}", {"active": _one_of("false")}, _CHARGING),
    Endpoint("GET", "/v1/payment_links/{plink}", {}),
    Endpoint("GET", "/v1/payment_links", {**_PAGING, "active": _one_of("true")}),
    Endpoint(
        "POST",
        "/v1/checkout/sessions",
        {
            "mode": _one_of("setup"),
            "allowed_payment_method_types[0]": _one_of("card"),
            "client_reference_id": _HEX,
            "consent_collection[payment_method_reuse_agreement][position]": _one_of("auto"),
            "custom_text[submit][message]": _one_of(AGREEING),
            "customer": _id("cus"),
            "metadata[iid]": _HEX,
            "setup_intent_data[metadata][iid]": _HEX,
            "success_url": _one_of(AFTERWARDS),
            "wallet_options[link][display]": _one_of("never"),
        },
        _CHARGING,
    ),
    Endpoint(
        "GET",
        "/v1/checkout/sessions",
        {**_PAGING, "payment_link": _id("plink"), "customer": _id("cus")},
    ),
    Endpoint("GET", "/v1/checkout/sessions/{cs}", {}),
    Endpoint("POST", "/v1/checkout/sessions/{cs}/expire", {}, _CHARGING),
    Endpoint("GET", "/v1/setup_intents/{seti}", {}),
    Endpoint("GET", "/v1/payment_methods/{pm}", {}),
    Endpoint("POST", "/v1/payment_methods/{pm}/detach", {}, _CHARGING),
    # Asked once at set-up, with limit=1, to learn what a restricted key may read.
    *(Endpoint("GET", f"/v1/{name}", _PAGING) for name in ("charges", "setup_intents")),
)  # fmt: skip

HEADERS: Mapping[str, Check] = MappingProxyType(
    {
        "Authorization": _matches(r"Bearer [rs]k_(?:test|live)_\w+"),
        "Content-Type": _one_of("application/x-www-form-urlencoded"),
        # Ours, derived from opaque ids; or the random one the SDK makes up.
        "Idempotency-Key": _matches(
            r"[a-z]-[0-9a-f]{32}(?:-\d+)*|[0-9a-f]{8}(?:-[0-9a-f]{4,12}){4}"
        ),
        "Stripe-Version": _matches(r"\d{4}-\d\d-\d\d\.[a-z]+"),
    }
)
"""Headers that pass; the others the SDK adds describe this computer and are dropped."""


def check_request(method: str, url: str, body: str | bytes | None, role: Role) -> None:
    """Let a request pass that is on the list for ``role``.

    Raises:
        NotAllowed: another address, another key, or a value that does not fit its pattern.
    """
    parts = urlsplit(url)
    text = body.decode() if isinstance(body, bytes) else body or ""
    pairs = [*parse_qsl(parts.query, True), *parse_qsl(text, True)]
    verb = method.upper()
    for endpoint, pattern in _COMPILED:
        if endpoint.method == verb and pattern.fullmatch(parts.path):
            if role not in endpoint.roles:
                raise NotAllowed(f"{verb} {endpoint.path} is not for the key of {role}")
            _check_pairs(endpoint, pairs)
            return
    raise NotAllowed(f"{verb} to an address that is not on the list")


def allowed_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return those of ``headers`` that may leave.

    Raises:
        NotAllowed: one of them has a value that does not fit.
    """
    kept: dict[str, str] = {}
    for name, fits in HEADERS.items():
        value = headers.get(name)
        if value is None:
            continue
        if not fits(value):
            raise NotAllowed(f"the header {name} does not fit")
        kept[name] = value
    return kept


def _check_pairs(endpoint: Endpoint, pairs: Iterable[tuple[str, str]]) -> None:
    for name, value in pairs:
        fits = endpoint.keys.get(re.sub(r"\[\d+\]$", "[0]", name))
        if fits is None:
            raise NotAllowed(f"{endpoint.method} {endpoint.path} has a key that is not on the list")
        if not fits(value):
            raise NotAllowed(f"{endpoint.method} {endpoint.path}: {name} does not fit its pattern")


_COMPILED = tuple(
    (one, re.compile(re.sub(r"\{(\w+)\}", r"\1_[A-Za-z0-9_-]{1,80}", one.path)))
    for one in ENDPOINTS
)
