"""The addresses of the screens."""

from collections.abc import Callable
from typing import Any

from starlette.routing import Route

from stripe_sandbox.pages.dashboard import (
    catalog,
    coupons,
    customers,
    events,
    frame,
    invoices,
    overview,
    payments,
    settings,
    subscriptions,
    times,
)


def _post(path: str, endpoint: Callable[..., Any]) -> Route:
    return Route(path, endpoint, methods=["POST"])


ROUTES = [
    Route("/", frame.draw(overview.view)),
    Route("/live.js", times.script),
    Route("/pulse", times.pulse),
    _post("/clock", times.move),
    Route("/customers", frame.draw(customers.every)),
    Route("/customers/{id}", frame.draw(customers.one)),
    _post("/customers/{id}/portal", customers.portal),
    _post("/customers/{id}/decline", customers.decline),
    Route("/subscriptions", frame.draw(subscriptions.every)),
    Route("/subscriptions/{id}", frame.draw(subscriptions.one)),
    _post("/subscriptions/{id}/change", subscriptions.change),
    Route("/invoices", frame.draw(invoices.every)),
    Route("/invoices/{id}", frame.draw(invoices.one)),
    _post("/invoices/{id}/change", invoices.change),
    Route("/payments", frame.draw(payments.every)),
    Route("/payments/{id}", frame.draw(payments.one)),
    _post("/payments/{id}/refund", payments.refund),
    _post("/payments/{id}/dispute", payments.dispute),
    Route("/products", frame.draw(catalog.every)),
    Route("/products/new", frame.draw(catalog.new)),
    _post("/products/new", catalog.add),
    Route("/products/{id}", frame.draw(catalog.one)),
    _post("/products/{id}", catalog.edit),
    _post("/products/{id}/sell", catalog.sell),
    _post("/products/{id}/prices", catalog.add_price),
    Route("/prices/{id}", frame.draw(catalog.price)),
    _post("/prices/{id}", catalog.edit_price),
    _post("/prices/{id}/currencies", catalog.add_currency),
    _post("/prices/{id}/change", catalog.change_price),
    Route("/coupons", frame.draw(coupons.every)),
    _post("/coupons", coupons.add),
    Route("/events", frame.draw(events.every)),
    Route("/objects/{id}", frame.draw(events.thing)),
    _post("/objects/{id}/resend", events.resend),
    Route("/settings", frame.draw(settings.view)),
    _post("/settings/chaos", settings.set_chaos),
    _post("/settings/down", settings.set_down),
    _post("/settings/dunning", settings.set_dunning),
    _post("/settings/reset", settings.reset),
]
