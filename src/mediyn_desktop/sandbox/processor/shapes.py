# SPDX-License-Identifier: MIT
"""The objects of the API as JSON, with the fields the SDK's types declare as always there."""

from __future__ import annotations

from mediyn_desktop.sandbox.processor.behaviours import Decline
from mediyn_desktop.sandbox.processor.cards import Card
from mediyn_desktop.sandbox.processor.errors import Json

API_VERSION = "2026-10-28.endive"


def _stamped(identifier: str, name: str, created: int) -> Json:
    return {"id": identifier, "object": name, "created": created, "livemode": False}


def _nothing(*names: str) -> Json:
    return dict.fromkeys(names)


def _blank_address() -> Json:
    return _nothing("city", "country", "line1", "line2", "postal_code", "state")


def customer(identifier: str, created: int) -> Json:
    return {
        **_stamped(identifier, "customer", created),
        **_nothing("address", "currency", "default_source", "description", "email", "name"),
        **_nothing("phone", "shipping"),
        "balance": 0,
        "delinquent": False,
        "invoice_settings": _nothing(
            "custom_fields", "default_payment_method", "footer", "rendering_options"
        ),
        "metadata": {},
        "preferred_locales": [],
        "tax_exempt": "none",
    }


def payment_method(
    identifier: str, created: int, card: Card, exp_month: int, exp_year: int
) -> Json:
    return {
        **_stamped(identifier, "payment_method", created),
        "type": "card",
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": _blank_address(),
            **_nothing("email", "name", "phone", "tax_id"),
        },
        "card": {
            **card_details(card, exp_month, exp_year),
            "checks": {
                **_nothing("address_line1_check", "address_postal_code_check"),
                "cvc_check": "unchecked",
            },
            "display_brand": card.brand,
            "networks": {"available": [card.brand], "preferred": None},
            "three_d_secure_usage": {"supported": True},
            **_nothing("generated_from", "regulated_status", "wallet"),
        },
        "customer": None,
        "metadata": {},
    }


def card_details(card: Card, exp_month: int, exp_year: int) -> Json:
    return {
        "brand": card.brand,
        "country": "US",
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": f"fp{card.number[-4:]}{card.brand}",
        "funding": card.funding,
        "last4": card.number[-4:],
    }


def payment_intent(identifier: str, created: int, amount: int, currency: str) -> Json:
    return {
        **_stamped(identifier, "payment_intent", created),
        **_nothing("application", "application_fee_amount", "canceled_at", "cancellation_reason"),
        **_nothing("customer", "customer_account", "description", "last_payment_error"),
        **_nothing("latest_charge", "next_action", "on_behalf_of", "payment_method", "processing"),
        **_nothing("receipt_email", "review", "setup_future_usage", "shipping", "source"),
        **_nothing("statement_descriptor", "statement_descriptor_suffix", "transfer_data"),
        **_nothing("transfer_group", "allowed_payment_method_types", "payment_record"),
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "automatic_payment_methods": None,
        "capture_method": "automatic",
        "client_secret": f"{identifier}_secret_sandbox",
        "confirmation_method": "automatic",
        "currency": currency,
        "metadata": {},
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }


def setup_intent(identifier: str, created: int) -> Json:
    return {
        **_stamped(identifier, "setup_intent", created),
        **_nothing("application", "automatic_payment_methods", "cancellation_reason", "customer"),
        **_nothing("description", "last_setup_error", "latest_attempt", "mandate", "next_action"),
        **_nothing("on_behalf_of", "payment_method", "single_use_mandate"),
        "client_secret": f"{identifier}_secret_sandbox",
        "metadata": {},
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        "usage": "off_session",
    }


def charge(
    identifier: str, created: int, intent: Json, method: Json, decline: Decline | None
) -> Json:
    paid = decline is None
    return {
        **_stamped(identifier, "charge", created),
        **_nothing("application", "application_fee", "application_fee_amount"),
        **_nothing("balance_transaction", "failure_balance_transaction", "on_behalf_of"),
        **_nothing("receipt_number", "receipt_url", "review", "source_transfer", "transfer_data"),
        **_nothing("transfer_group", "statement_descriptor", "shipping"),
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "SANDBOX",
        "captured": paid,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "fraud_details": {},
        "metadata": dict(intent["metadata"]),
        "outcome": {
            "network_status": "declined_by_network" if decline else "approved_by_network",
            "reason": decline.decline_code if decline else None,
            "risk_level": "normal",
            "seller_message": "Refused by the bank." if decline else "Payment complete.",
            "type": "issuer_declined" if decline else "authorized",
        },
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"type": "card", "card": dict(method["card"])},
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded" if paid else "failed",
    }


def refund(identifier: str, created: int, of: Json, amount: int) -> Json:
    shape = {
        **_stamped(identifier, "refund", created),
        **_nothing("balance_transaction", "failure_balance_transaction", "failure_reason"),
        **_nothing("pending_reason", "reason", "receipt_number"),
        **_nothing("source_transfer_reversal", "transfer_reversal"),
        "customer": of["customer"],
        "payment_method": of["payment_method"],
        "amount": amount,
        "charge": of["id"],
        "currency": of["currency"],
        "destination_details": {"type": "card", "card": {"type": "refund"}},
        "metadata": {},
        "payment_intent": of["payment_intent"],
        "status": "succeeded",
    }
    del shape["livemode"]  # the real object has none
    return shape


def balance_transaction(
    identifier: str,
    created: int,
    *,
    kind: str,
    source: Json,
    amount: int,
    fee: int,
    category: str,
) -> Json:
    details = []
    if fee:
        details.append(
            {
                "amount": fee,
                "application": None,
                "currency": source["currency"],
                "description": "Processing fees",
                "type": "stripe_fee",
            }
        )
    return {
        "id": identifier,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": created + 2 * 86_400,
        "balance_type": "payments",
        "created": created,
        "currency": source["currency"],
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": details,
        "net": amount - fee,
        "reporting_category": category,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }


def event(identifier: str, created: int, kind: str, snapshot: Json, request: Json) -> Json:
    return {
        **_stamped(identifier, "event", created),
        "api_version": API_VERSION,
        "data": {"object": snapshot},
        "pending_webhooks": 0,
        "request": request,
        "type": kind,
    }


def account(identifier: str, created: int) -> Json:
    return {
        "id": identifier,
        "object": "account",
        "business_profile": _nothing("mcc", "name", "support_email", "url"),
        "business_type": "individual",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "US",
        "created": created,
        "default_currency": "usd",
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }
