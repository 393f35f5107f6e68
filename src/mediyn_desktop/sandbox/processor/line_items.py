# SPDX-License-Identifier: MIT
"""What a hosted page asks money for: line items with a price given on the spot."""

from __future__ import annotations

from typing import Any

from mediyn_desktop.sandbox.processor.errors import Json, invalid
from mediyn_desktop.sandbox.processor.forms import Params
from mediyn_desktop.sandbox.processor.state import State

_ITEM = "price price_data quantity metadata adjustable_quantity tax_rates"
_PRICE = "currency unit_amount product_data product tax_behavior unit_amount_decimal recurring"
_PRODUCT = "name description metadata images tax_code tax_details unit_label"
_PLAYED = {"price_data", "quantity", "metadata"}


def read(state: State, params: Params) -> list[Json]:
    """Return the line items as objects, amounts in cents.

    Raises:
        ApiError: there is none, or one names a price the sandbox does not keep.
    """
    given = params.groups("line_items")
    if not given:
        raise invalid(
            "Missing required param: line_items.", param="line_items", code="parameter_missing"
        )
    return [_item(state, item, f"line_items[{at}]") for at, item in enumerate(given)]


def _item(state: State, item: Params, inside: str) -> Json:
    for name in item.only(_ITEM, inside).values:
        if name not in _PLAYED:
            raise invalid(
                f"The sandbox does not play {inside}[{name}]; give price_data.",
                param=f"{inside}[{name}]",
                code="sandbox_unsupported",
            )
    price = item.inner("price_data").only(_PRICE, f"{inside}[price_data]")
    if price.required("currency").lower() != "usd":
        raise invalid("The sandbox account takes usd only.", param=f"{inside}[price_data]")
    product = price.inner("product_data").only(_PRODUCT, f"{inside}[price_data][product_data]")
    name = product.required("name")
    price.required("unit_amount")
    unit = price.integer("unit_amount", low=0, high=99_999_999) or 0
    quantity = item.integer("quantity", low=1, high=999) or 1
    return {
        "id": state.new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": unit * quantity,
        "amount_tax": 0,
        "amount_total": unit * quantity,
        "currency": "usd",
        "description": name,
        "metadata": item.group("metadata"),
        "price": {
            "id": state.new_id("price"),
            "object": "price",
            "active": False,  # as one given on the spot is
            "billing_scheme": "per_unit",
            "created": state.now(),
            "currency": "usd",
            "livemode": state.livemode,
            "metadata": {},
            "product": state.new_id("prod"),
            "type": "one_time",
            "unit_amount": unit,
        },
        "quantity": quantity,
    }


def total(items: list[Json]) -> int:
    """Return what the items cost together, in cents."""
    return sum(int(item["amount_total"]) for item in items)


def listed(items: list[Json], params: Params, url: str) -> Json:
    """Return one page of line items, in the order they were given."""
    limit = params.integer("limit", low=1, high=100) or 10
    after = params.text("starting_after")
    names = [item["id"] for item in items]
    begin = names.index(after) + 1 if after in names else 0
    rows: list[Any] = items[begin : begin + limit]
    return {"object": "list", "data": rows, "has_more": begin + limit < len(items), "url": url}
