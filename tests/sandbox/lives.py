"""A customer with an own clock, and what happened to them, to the cent and in order."""

from datetime import UTC, datetime
from typing import Any

from tests.sandbox.shop import Shop, wait_until

DAY = 86400
HOUR = 3600


def at(text: str) -> int:
    """`2030-01-31` or `2030-01-31 12:00`, in UTC, as unix seconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def day(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"


class Life:
    """One customer on one test clock."""

    def __init__(self, shop: Shop, begins: str, card: str | None = "pm_card_visa") -> None:
        self.shop, self.api = shop, shop.api
        self.clock = self.api.test_helpers.test_clocks.create({"frozen_time": at(begins)})
        self.customer = self.api.customers.create({"email": "ann@example.com", "test_clock": self.clock.id})
        if card:
            self.pay_with(card)
        self.subscription: Any = None

    def pay_with(self, card: str) -> None:
        """Another default card, for the customer and for the subscription."""
        saved = self.api.payment_methods.attach(card, {"customer": self.customer.id})
        self.api.customers.update(self.customer.id, {"invoice_settings": {"default_payment_method": saved.id}})

    def subscribe(self, price: Any, **more: Any) -> Any:
        wanted = {"customer": self.customer.id, "items": [{"price": price.id}], **more}
        self.subscription = self.api.subscriptions.create(wanted)
        return self.subscription

    def now(self) -> Any:
        """The subscription as it is."""
        return self.api.subscriptions.retrieve(self.subscription.id)

    def change(self, **more: Any) -> Any:
        return self.api.subscriptions.update(self.subscription.id, more)

    def move_to(self, price: Any, **more: Any) -> Any:
        return self.change(items=[{"id": self.now()["items"].data[0].id, "price": price.id}], **more)

    def until(self, text: str) -> None:
        """Time passes; in steps, because a clock moves two periods at most."""
        target = at(text)
        position = self.api.test_helpers.test_clocks.retrieve(self.clock.id).frozen_time
        while position < target:
            position = min(target, position + 45 * DAY)
            self.api.test_helpers.test_clocks.advance(self.clock.id, {"frozen_time": position})
            wait_until(lambda: self.api.test_helpers.test_clocks.retrieve(self.clock.id).status == "ready")

    def invoices(self) -> list[Any]:
        """All invoices, oldest first."""
        found = self.api.invoices.list({"customer": self.customer.id, "limit": 100}).data
        return list(reversed(found))

    def bills(self) -> list[tuple[str, int, int, str]]:
        """Day, total, amount paid by card, status of every invoice."""
        return [(day(each.created), each.total, each.amount_paid, each.status) for each in self.invoices()]

    def lines(self, number: int) -> list[tuple[str, int]]:
        """What an invoice says, and for how much."""
        return [(line.description, line.amount) for line in self.invoices()[number].lines.data]

    def balance(self) -> int:
        return self.api.customers.retrieve(self.customer.id).balance

    def told(self, *prefixes: str) -> list[str]:
        """Events of these kinds, oldest first."""
        return [name for name in self.shop.events() if name.startswith(prefixes)]
