"""The catalogue in code: what we sell, and what each plan opens.

The set-up command pushes it to Stripe once. From then on names, descriptions and prices are edited in Stripe and
synced back; what a plan *opens* stays here, versioned with the code that enforces it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from saas_app.core.words import _

Interval = Literal["month", "year"]
INTERVALS: tuple[Interval, ...] = ("month", "year")


class Feature(StrEnum):
    """Something a plan opens or does not."""

    COMPARE = "compare"
    EARLY_REPAYMENT = "early_repayment"
    RATE_CHANGE = "rate_change"
    LOAN_FEE = "loan_fee"
    EXPORT = "export"
    CLIENT_FOLDER = "client_folder"
    REPORT = "report"
    LETTERHEAD = "letterhead"
    SHARE = "share_link"


class Limit(StrEnum):
    """Something a plan holds so many of, or includes so many of in each period."""

    SCENARIOS = "scenarios"
    REPORTS = "reports"


def named(thing: "Limit | Feature") -> str:
    """A limit or a feature in a sentence: scenarios, early repayment. `make words` gathers these names by itself."""
    return _(thing.value.replace("_", " "))


@dataclass(frozen=True)
class PlanPrice:
    """One price: `unit_amount` in minor units of `currency` for each `interval`, or once where that is empty."""

    interval: Interval | Literal[""]
    unit_amount: int
    currency: str
    lookup_key: str


@dataclass(frozen=True)
class Plan:
    """One thing that can be subscribed to. The key carries a version, so that old customers keep old terms.

    A limit that is absent from `limits` is no limit. Terms of a trial that are None are those of the settings
    (TRIAL_DAYS, TRIAL_NEEDS_CARD).
    """

    key: str
    name: str
    description: str
    sells: tuple[str, ...]
    features: frozenset[Feature] = frozenset()
    limits: tuple[tuple[Limit, int], ...] = ()
    prices: tuple[PlanPrice, ...] = ()
    trial_days: int | None = None
    trial_needs_card: bool | None = None

    def limit(self, limit: Limit) -> int | None:
        """How many this plan holds; None is without limit."""
        return dict(self.limits).get(limit)


_PRO = frozenset(
    {
        Feature.COMPARE,
        Feature.EARLY_REPAYMENT,
        Feature.RATE_CHANGE,
        Feature.LOAN_FEE,
        Feature.EXPORT,
        Feature.REPORT,
    }
)

FREE = Plan(
    key="free",
    name=_("Free"),
    description=_("To look at one flat, or two."),
    sells=(_("2 saved scenarios"), _("The full repayment schedule"), _("Every formula shown")),
    limits=((Limit.SCENARIOS, 2), (Limit.REPORTS, 0)),
)
PRO_V1 = Plan(
    key="pro_v1",
    name="Pro",
    description=_("For whoever is about to sign."),
    sells=(
        _("Scenarios without limit"),
        _("Up to four side by side"),
        _("Early repayment, a new rate, fees"),
        _("Schedules and comparisons as CSV"),
        _("20 PDF reports a month"),
    ),
    features=_PRO,
    limits=((Limit.REPORTS, 20),),
    prices=(
        PlanPrice("month", 900, "eur", "pro_v1_month"),
        PlanPrice("year", 7200, "eur", "pro_v1_year"),
    ),
)
AGENT_V1 = Plan(
    key="agent_v1",
    name="Agent",
    description=_("For people who do this for others."),
    sells=(
        _("Everything in Pro"),
        _("A folder for each client"),
        _("200 PDF reports a month, with your name and logo"),
        _("Links that show a scenario to a client"),
    ),
    features=_PRO | {Feature.CLIENT_FOLDER, Feature.LETTERHEAD, Feature.SHARE},
    limits=((Limit.REPORTS, 200),),
    prices=(
        PlanPrice("month", 2900, "eur", "agent_v1_month"),
        PlanPrice("year", 22800, "eur", "agent_v1_year"),
    ),
)

PLANS: dict[str, Plan] = {plan.key: plan for plan in (FREE, PRO_V1, AGENT_V1)}
SOLD: tuple[Plan, ...] = (PRO_V1, AGENT_V1)


def plan_by_key(key: str | None) -> Plan | None:
    """The plan of that key; None for a key that we do not know, which grants nothing."""
    return PLANS.get(key or "")


def rank(plan: Plan) -> int:
    """Where a plan stands among all, the cheapest first: a later one holds whatever an earlier one does."""
    return list(PLANS).index(plan.key)


def cheapest_with(feature: Feature, sold: Sequence[Plan] = SOLD) -> Plan:
    """The plan to offer to somebody who needs this feature; Free when none has it."""
    return next((plan for plan in sold if feature in plan.features), FREE)


def cheapest_beyond(limit: Limit, used: int, sold: Sequence[Plan] = SOLD) -> Plan:
    """The plan to offer to somebody whose plan is full; Free when none holds more."""
    return next((plan for plan in sold if (room := plan.limit(limit)) is None or room > used), FREE)
