"""What search engines are told in schema.org's words: the same data as the page beside it, so that they cannot differ.

https://schema.org/Organization, /Product, /Offer and /FAQPage, as JSON-LD. What Stripe knows is filled in when the
page is served.
"""

import json
from typing import Any

import reflex as rx

from saas_app import site
from saas_app.edge.pages import poster
from saas_app.marketing import content
from saas_app.marketing.content import Passage
from saas_app.ui.slots import when

CONTEXT = "https://schema.org"


def organization() -> rx.Component:
    """Who is behind this, and the site itself."""
    company = {
        "@type": "Organization",
        "name": site.COMPANY,
        "url": "{{ base_url }}/",
        "email": site.SUPPORT_EMAIL,
        "logo": "{{ base_url }}/icon-512.png",
    }
    return _data({"@type": "WebSite", "name": site.PRODUCT, "url": "{{ base_url }}/", "publisher": company})


def answered(passages: tuple[Passage, ...]) -> rx.Component:
    """The questions of a page with their answers."""
    each = [
        {"@type": "Question", "name": passage.title, "acceptedAnswer": {"@type": "Answer", "text": passage.words}}
        for passage in passages
    ]
    return _data({"@type": "FAQPage", "mainEntity": each})


def offers() -> rx.Component:
    """The plans as one product, and each thing that is paid once; what is not for sale is left out."""
    free = '{ "@type": "Offer", "name": "Free", "price": "0", "priceCurrency": {{ currency|upper|tojson }} }'
    paid = "".join(_offer(key, interval) for key in content.sold_keys() for interval in ("year", "month"))
    plans = _product(json.dumps(site.PRODUCT), json.dumps(site.DESCRIPTION), f"[ {free} {paid} ]")
    once = _product(
        "{{ good.name|tojson }}",
        "{{ good.description|tojson }}",
        '{ "@type": "Offer", "price": {{ good.amount|tojson }}, "priceCurrency": {{ good.currency|upper|tojson }}, '
        f"{_TERMS} }}",
    )
    goods = f"{{% for good in goods|default(()) %}}, {once}{{% endfor %}}"
    graph = f'{{ "@context": "{CONTEXT}", "@graph": [ {plans}{goods} ] }}'
    return when("currency is defined", rx.el.script(graph, type="application/ld+json"))


_TERMS = f'"availability": "{CONTEXT}/InStock", "url": "{{{{ base_url }}}}{site.PRICING}"'


def _product(name: str, words: str, sold: str) -> str:
    picture = f"{{{{ base_url }}}}{poster('pricing')}"
    brand = json.dumps({"@type": "Brand", "name": site.PRODUCT})
    return (
        f'{{ "@type": "Product", "name": {name}, "description": {words}, "image": "{picture}", "brand": {brand}, '
        f'"offers": {sold} }}'
    )


def _offer(key: str, interval: str) -> str:
    price = f"plans.{key}.{interval}"
    return (
        f"{{% if {price}.available and {price}.amount is defined %}}"
        f', {{ "@type": "Offer", "name": {{{{ plans.{key}.name|tojson }}}}, '
        f'"price": {{{{ {price}.amount|tojson }}}}, "priceCurrency": {{{{ currency|upper|tojson }}}}, {_TERMS} }}'
        "{% endif %}"
    )


def _data(said: dict[str, Any]) -> rx.Component:
    words = json.dumps({"@context": CONTEXT, **said}, ensure_ascii=False).replace("</", "<\\/")
    return rx.el.script(words, type="application/ld+json")
