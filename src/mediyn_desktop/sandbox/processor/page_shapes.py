# SPDX-License-Identifier: MIT
"""Hosted pages and payment links as JSON. Names that begin with ``_`` are not shown."""

from __future__ import annotations

from mediyn_desktop.sandbox.processor.errors import Json
from mediyn_desktop.sandbox.processor.line_items import total

_SESSION_NULLS = (
    "adaptive_pricing after_expiration allow_promotion_codes "
    "allowed_payment_method_types billing_address_collection branding_settings "
    "cancel_url client_reference_id client_secret collected_information consent "
    "consent_collection currency_conversion customer customer_account "
    "customer_creation customer_details customer_email discounts invoice "
    "invoice_creation locale name_collection optional_items origin_context "
    "payment_intent payment_link payment_method_configuration_details permissions "
    "redirect_on_completion presentment_details recovered_from return_url "
    "saved_payment_method_options "
    "setup_intent shipping_address_collection shipping_cost submit_type subscription "
    "success_url tax_id_collection wallet_options"
)
_LINK_NULLS = (
    "application application_fee_amount application_fee_percent consent_collection "
    "inactive_message invoice_creation managed_payments name_collection on_behalf_of "
    "optional_items payment_intent_data payment_method_options payment_method_types "
    "restrictions shipping_address_collection subscription_data transfer_data"
)


def checkout_session(
    identifier: str, created: int, mode: str, expires_at: int, items: list[Json], base: str
) -> Json:
    paying = mode == "payment"
    amount = total(items) if paying else None
    return {
        "id": identifier,
        "object": "checkout.session",
        "created": created,
        "livemode": False,
        **dict.fromkeys(_SESSION_NULLS.split()),
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "currency": "usd" if paying else None,
        "custom_fields": [],
        "custom_text": {},
        "expires_at": expires_at,
        "metadata": {},
        "mode": mode,
        "payment_method_collection": "always",
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid" if paying else "no_payment_required",
        "shipping_options": [],
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{base}/c/pay/{identifier}",
        "_intent_data": {},
        "_line_items": items,
    }


def payment_link(identifier: str, items: list[Json], base: str) -> Json:
    return {
        "id": identifier,
        "object": "payment_link",
        "livemode": False,
        **dict.fromkeys(_LINK_NULLS.split()),
        "active": True,
        "after_completion": {
            "type": "hosted_confirmation",
            "hosted_confirmation": {"custom_message": None},
        },
        "allow_promotion_codes": False,
        "automatic_tax": {"enabled": False, "liability": None},
        "billing_address_collection": "auto",
        "currency": "usd",
        "custom_fields": [],
        "custom_text": {},
        "customer_creation": "if_required",
        "metadata": {},
        "payment_method_collection": "always",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "submit_type": "auto",
        "tax_id_collection": {"enabled": False, "required": "never"},
        "url": f"{base}/p/{identifier}",
        "_intent_data": {},
        "_line_items": items,
    }
