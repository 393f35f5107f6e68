# SPDX-License-Identifier: MIT
"""/v1/payment_methods: test cards as reusable payment methods."""

from __future__ import annotations

from mediyn_desktop.sandbox.processor.behaviours import DECLINES, REFUSED_ON_ATTACH
from mediyn_desktop.sandbox.processor.cards import by_number, by_stock_id
from mediyn_desktop.sandbox.processor.errors import ApiError, Json, invalid, refused
from mediyn_desktop.sandbox.processor.forms import Params, merge_metadata
from mediyn_desktop.sandbox.processor.lists import page
from mediyn_desktop.sandbox.processor.routes import CURSOR, Route
from mediyn_desktop.sandbox.processor.state import State


def create(state: State, params: Params) -> Json:
    params.required("type")
    params.choice("type", "card")
    given = params.inner("card")
    token = given.text("token")
    card = by_stock_id(token) if token else by_number(given.required("number"))
    if card is None:
        raise ApiError(
            402,
            "This is not a test card. The sandbox accepts test cards only.",
            kind="card_error",
            code="card_declined",
            decline_code="test_mode_live_card",
            executed=True,
        )
    method = state.add_card(card)
    if not token:
        method["card"]["exp_month"] = given.integer("exp_month", low=1, high=12)
        method["card"]["exp_year"] = given.integer("exp_year", low=2000, high=2100)
    method["billing_details"].update(params.group("billing_details"))
    method["metadata"] = merge_metadata({}, params)
    _set_redisplay(method, params)
    return method


def retrieve(state: State, params: Params, identifier: str) -> Json:
    return state.payment_method(identifier, None, param="payment_method", status=404)


def update(state: State, params: Params, identifier: str) -> Json:
    method = retrieve(state, params, identifier)
    method["metadata"] = merge_metadata(method["metadata"], params)
    method["billing_details"].update(params.group("billing_details"))
    card = params.inner("card").only("exp_month exp_year networks", "card")
    if "exp_month" in card:
        method["card"]["exp_month"] = card.integer("exp_month", low=1, high=12)
    if "exp_year" in card:
        method["card"]["exp_year"] = card.integer("exp_year", low=2000, high=2100)
    _set_redisplay(method, params)
    state.emit("payment_method.updated", method)
    return method


def _set_redisplay(method: Json, params: Params) -> None:
    asked = params.choice("allow_redisplay", "always", "limited", "unspecified")
    method["allow_redisplay"] = asked or method["allow_redisplay"]


def attach(state: State, params: Params, identifier: str) -> Json:
    customer = state.customer(params.required("customer"), param="customer", status=400)
    method = state.payment_method(identifier, customer["id"], param="payment_method", status=404)
    return attach_to(state, method, customer["id"])


def attach_to(state: State, method: Json, customer_id: str) -> Json:
    """Attach a payment method to a customer.

    Raises:
        ApiError: the card belongs to another customer, or is one that is declined at once.
    """
    if method["customer"] == customer_id:
        return method
    if method["customer"] is not None:
        raise refused("The payment method you provided has already been attached to a customer.")
    behaviour = state.behaviours[method["id"]]
    if behaviour in REFUSED_ON_ATTACH:
        decline = DECLINES[behaviour]
        raise ApiError(
            402,
            decline.message,
            kind="card_error",
            code=decline.code,
            decline_code=decline.decline_code,
            executed=True,
        )
    method["customer"] = customer_id
    state.emit("payment_method.attached", method)
    return method


def detach(state: State, params: Params, identifier: str) -> Json:
    method = retrieve(state, params, identifier)
    if method["customer"] is None:
        raise refused("The payment method you provided is not attached to a customer.")
    method["customer"] = None
    state.emit("payment_method.detached", method)
    return method


def list_all(state: State, params: Params) -> Json:
    customer, kind = params.text("customer"), params.text("type")
    if customer is None:
        raise invalid("Missing required param: customer.", param="customer")
    state.customer(customer, param="customer", status=400)
    rows = [
        method
        for method in state.newest_first("payment_method")
        if method["customer"] == customer and kind in (None, method["type"])
    ]
    return page(rows, params, "/v1/payment_methods")


# Other kinds of payment method, which this account does not take.
_OTHER_KINDS = (
    "acss_debit affirm afterpay_clearpay alipay alma amazon_pay au_becs_debit bacs_debit "
    "bancontact billie bizum blik boleto cashapp crypto custom customer_balance eps fpx giropay "
    "grabpay ideal interac_present kakao_pay klarna konbini kr_card link mb_way mobilepay "
    "multibanco naver_pay nz_bank_account oxxo p24 pay_by_bank payco paynow paypal paypay payto "
    "pix promptpay revolut_pay samsung_pay satispay scalapay sepa_debit sequra sofort sunbit swish "
    "twint upi us_bank_account wechat_pay zip"
)

ROUTES = (
    Route(
        "POST",
        "/v1/payment_methods",
        create,
        "type card billing_details metadata allow_redisplay",
        f"customer payment_method radar_options {_OTHER_KINDS}",
    ),
    Route(
        "GET",
        "/v1/payment_methods",
        list_all,
        f"{CURSOR} customer type",
        "allow_redisplay customer_account",
    ),
    Route("GET", "/v1/payment_methods/{}", retrieve),
    Route(
        "POST",
        "/v1/payment_methods/{}",
        update,
        "metadata billing_details allow_redisplay card",
        "us_bank_account",
    ),
    Route("POST", "/v1/payment_methods/{}/attach", attach, "customer", "customer_account"),
    Route("POST", "/v1/payment_methods/{}/detach", detach),
)
