"""What is paid once and then owned, beside the plans. The set-up command pushes it to Stripe, where it is edited."""

from dataclasses import dataclass

from saas_app.billing.plans import PlanPrice
from saas_app.core.words import _


@dataclass(frozen=True)
class OneTime:
    """One thing that is bought once. The key carries a version, as that of a plan does.

    `unlocks` is the key of a plan whose gates it opens for good: a lifetime licence. `sample` is the address of a page
    with a part of it for everybody, `home` of the one where its owner has it.
    """

    key: str
    name: str
    description: str
    sells: tuple[str, ...]
    price: PlanPrice
    unlocks: str | None = None
    sample: str = ""
    home: str = ""

    @property
    def prices(self) -> tuple[PlanPrice, ...]:
        """Its one price, so that it is pushed like a plan."""
        return (self.price,)


BOOK_V1 = OneTime(
    key="book_v1",
    name="The flat in numbers",
    description=_("What a flat costs, worked out on paper: the whole book, and every later edition."),
    sells=(_("Read it here, or take the file along"), _("Every later edition"), _("Paid once, without a plan")),
    price=PlanPrice("", 1900, "eur", "book_v1"),
    sample="/library/sample",
    home="/library",
)

GOODS: dict[str, OneTime] = {good.key: good for good in (BOOK_V1,)}
