"""The words of the public pages. What a plan holds is read from the plans, so that no promise is typed twice."""

from dataclasses import dataclass

from saas_app import site
from saas_app.billing.plans import FREE, PLANS, SOLD, Feature, Limit, Plan
from saas_app.ui.slots import if_else

HEADLINE = "See what your flat will really cost."
PROMISE = (
    "A loan is signed in an hour and paid for thirty years. Put in your numbers, compare your options, "
    "and check every step of the arithmetic before you sign."
)


FREE_ROOM = FREE.limit(Limit.SCENARIOS)
NO_CARD = f"No card needed. {FREE.sells[0]}, free for good."


# Said once more at the end of a page.
LAST_WORD = "Thirty years are long. Ten minutes are not."
LAST_WORD_ON_PRICES = f"{FREE_ROOM} scenarios, every formula, no card."


@dataclass(frozen=True)
class Passage:
    """A title, or a question, and what stands under it."""

    title: str
    words: str


STEPS = (
    Passage("Type three numbers", "Amount, interest, years. The payment and the interest are there at once."),
    Passage("Save each offer", f"Each bank, each flat, each idea is a scenario. {FREE_ROOM} are free for good."),
    Passage(
        "Compare and decide", "Side by side: what you pay a month, what you pay in all, and what paying early saves."
    ),
)

PROOF = (
    Passage(
        "Every formula is shown",
        "This is the one for the payment: r is the interest a month, n the number of payments. "
        "Try it on paper; the cents agree. Inside, its formula stands beside each result.",
    ),
    Passage(
        "Numbers you can check",
        "100,000 at 5 % over 30 years is 536.82 a month and 93,255.78 of interest. "
        "200,000 at 3 % over 25 years is 948.42 and 84,526.79. Ask your bank.",
    ),
    Passage(
        "Nobody pays us but you",
        "No bank, broker or advertiser is behind a result, and we sell no loans. "
        f"{site.DISCLAIMER} It is arithmetic, done right.",
    ),
)

LANDING_QUESTIONS = (
    Passage(
        "Is this financial advice?",
        "No. We do the sums and show them. What you sign is your decision, or your adviser’s.",
    ),
    Passage(
        "Do I need a card to sign up?", "No. The free plan stays free and asks for an e-mail address and a password."
    ),
    Passage(
        "Which loans does it know?",
        "Loans with equal payments, the usual kind for a home; loans with equal repayment, whose payments fall; "
        "and loans that begin with some years of interest only. Early repayment, a new rate during the term and fees "
        "are part of Pro.",
    ),
    Passage(
        "What happens to my numbers?",
        "They are yours. Nobody else can open them, we do not sell them, and you can delete them.",
    ),
)

PRICING_QUESTIONS = (
    Passage(
        "Can I switch plans?",
        "Whenever you like. Going up takes effect at once and you pay the difference; going down waits "
        "for the end of what you have paid.",
    ),
    Passage(
        "How do I cancel?",
        "On the billing page, without writing to anybody. You keep what you paid for until its last day. "
        "After that you are on Free: all you saved stays readable, nothing is deleted.",
    ),
    Passage(
        "Can I get my money back?",
        f"Write to {site.SUPPORT_EMAIL} within {site.REFUND_DAYS} days of your first payment and we return it in full.",
    ),
    Passage(
        "How do I pay?",
        "By card, or by another method that the checkout offers in your country. Payments are handled by Stripe; "
        "your card number never reaches us. Each payment comes with an invoice.",
    ),
    Passage(
        "Is tax included?",
        if_else(
            "taxed",
            "That depends on where you live: it is part of the price, or comes on top. The checkout works it out from "
            "your address and shows the whole sum before you pay.",
            "Yes. The price you see here is the one you pay; the checkout adds nothing to it.",
        ),
    ),
    Passage("I have a promotion code.", "There is a field for it at the checkout."),
)

_LIMIT_WORDS: dict[str, str] = {Limit.SCENARIOS: "Saved scenarios", Limit.REPORTS: "PDF reports a month"}
_FEATURE_WORDS: dict[str, str] = {
    Feature.COMPARE: "Up to four side by side",
    Feature.EARLY_REPAYMENT: "Early repayment",
    Feature.RATE_CHANGE: "A new rate during the term",
    Feature.LOAN_FEE: "Fees, in the loan or beside it",
    Feature.EXPORT: "Schedules and comparisons as CSV",
    Feature.CLIENT_FOLDER: "A folder for each client",
    Feature.REPORT: "Reports as PDF, to hand to a bank",
    Feature.LETTERHEAD: "Your name and logo on reports",
    Feature.SHARE: "Links that show a scenario to a client",
}
_EVERYBODY = ("Full repayment schedule", "Every formula shown")


def compared_plans() -> tuple[Plan, ...]:
    """The columns of the comparison."""
    return (FREE, *SOLD)


def shared_lines() -> tuple[str, ...]:
    """What is in every plan."""
    return _EVERYBODY


def lines_apart() -> list[tuple[str, Limit | Feature]]:
    """What tells the plans apart: what the code counts and opens."""
    return [(words_for(each), each) for each in (*Limit, *Feature)]


def words_for(thing: Limit | Feature) -> str:
    """A limit or a feature in plain words."""
    named = _LIMIT_WORDS if isinstance(thing, Limit) else _FEATURE_WORDS
    return named.get(thing, thing.value.replace("_", " ").capitalize())


def sold_keys() -> tuple[str, ...]:
    """The plans that cost something, the cheapest first."""
    return tuple(plan.key for plan in SOLD if plan.key in PLANS)
