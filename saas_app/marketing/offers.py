"""The prices for search engines, in schema.org's words."""

import json

import reflex as rx

from saas_app import site
from saas_app.marketing import content
from saas_app.ui.slots import when


def offers() -> rx.Component:
    """One product with its offers; plans that are not for sale are left out when the page is served."""
    product = json.dumps(site.PRODUCT)
    words = json.dumps(site.DESCRIPTION)
    each_offer = "".join(_offer(key, interval) for key in content.sold_keys() for interval in ("year", "month"))
    free = '{ "@type": "Offer", "name": "Free", "price": "0", "priceCurrency": {{ currency|upper|tojson }} }'
    return when(
        "currency is defined",
        rx.el.script(
            f'{{ "@context": "https://schema.org", "@type": "Product", "name": {product}, "description": {words}, '
            f'"offers": [ {free} {each_offer} ] }}',
            type="application/ld+json",
        ),
    )


def _offer(key: str, interval: str) -> str:
    price = f"plans.{key}.{interval}"
    return (
        f"{{% if {price}.available and {price}.amount is defined %}}"
        f', {{ "@type": "Offer", "name": {{{{ plans.{key}.name|tojson }}}}, '
        f'"price": {{{{ {price}.amount|tojson }}}}, "priceCurrency": {{{{ currency|upper|tojson }}}} }}{{% endif %}}'
    )
