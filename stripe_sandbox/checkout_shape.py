"""How a Checkout Session looks on the wire before anybody has paid."""

from stripe_sandbox import metadata, spec
from stripe_sandbox.api import Params
from stripe_sandbox.invoices import AUTOMATIC_TAX
from stripe_sandbox.store import Object


def session(params: Params, id_: str, mode: str, currency: str, now: int, expires: int) -> Object:
    """A session that is open; its sums follow from its line items."""
    subscription = mode == "subscription"
    invoice_data = params.get("invoice_creation") or {}
    text = params.get("custom_text") or {}
    return {
        **spec.load().nulls("checkout.session"),
        **{
            name: params.get(name)
            for name in (
                "allow_promotion_codes",
                "billing_address_collection",
                "cancel_url",
                "client_reference_id",
                "customer",
                "customer_email",
                "locale",
                "submit_type",
                "success_url",
            )
        },
        "id": id_,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "automatic_tax": {k: AUTOMATIC_TAX[k] for k in ("enabled", "liability", "provider", "status")},
        "branding_settings": {
            "background_color": "#ffffff",
            "border_style": "rounded",
            "button_color": "#0f766e",
            "display_name": "Sandbox business",
            "font_family": "default",
            "icon": None,
            "logo": None,
        },
        "collected_information": {"business_name": None, "individual_name": None, "shipping_details": None},
        "created": now,
        "currency": currency if mode != "setup" else params.get("currency"),
        "consent_collection": params.get("consent_collection")
        and {"payment_method_reuse_agreement": None, "promotions": None, **params["consent_collection"]},
        "custom_fields": [],
        "custom_text": {
            name: text.get(name) or None
            for name in ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        },
        "customer_creation": None
        if params.get("customer")
        else params.get("customer_creation", "always" if subscription else "if_required"),
        "discounts": [],
        "expires_at": expires,
        "invoice_creation": {
            "enabled": invoice_data.get("enabled", False),
            "invoice_data": {
                "account_tax_ids": None,
                "custom_fields": None,
                "description": None,
                "footer": None,
                "issuer": None,
                "metadata": {},
                "rendering_options": None,
                **(invoice_data.get("invoice_data") or {}),
            },
        }
        if mode == "payment"
        else None,
        "livemode": False,
        "metadata": metadata.merged({}, params.get("metadata")),
        "mode": mode,
        "name_collection": {},
        "payment_method_collection": params.get("payment_method_collection", "always")
        if subscription
        else "if_required",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "no_payment_required" if mode == "setup" else "unpaid",
        "phone_number_collection": params.get("phone_number_collection") or {"enabled": False},
        "saved_payment_method_options": {
            "allow_redisplay_filters": ["always"],
            "payment_method_remove": "disabled",
            "payment_method_save": None,
            **(params.get("saved_payment_method_options") or {}),
        },
        "shipping_options": [],
        "status": "open",
        "tax_id_collection": {"required": "never", **(params.get("tax_id_collection") or {"enabled": False})},
        "ui_mode": "hosted_page",
        "wallet_options": None,
    }


def details(customer: Object) -> Object:
    """What a session shows of its customer."""
    return {
        **spec.load().nulls("payment_pages_checkout_session_customer_details"),
        "address": customer["address"],
        "email": customer["email"],
        "name": customer["name"],
        "phone": customer["phone"],
        "tax_exempt": "none",
        "tax_ids": [],
    }
