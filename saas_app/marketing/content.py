"""The words of the public pages. What a plan holds is read from the plans, so that no promise is typed twice."""

from dataclasses import dataclass

from saas_app import site
from saas_app.billing.plans import FREE, PLANS, SOLD, Feature, Limit, Plan, named
from saas_app.core.words import _
from saas_app.core.written import sentence
from saas_app.ui.slots import if_else

HEADLINE = _("See what your flat will really cost.")
PROMISE = _(
    "A loan is signed in an hour and paid for thirty years. Put in your numbers, compare your options, and "
    "check every step of the arithmetic before you sign."
)


FREE_ROOM = FREE.limit(Limit.SCENARIOS)
NO_CARD = _("No card needed. {sells}, free for good.").format(sells=FREE.sells[0])


# Said once more at the end of a page.
LAST_WORD = _("Thirty years are long. Ten minutes are not.")
LAST_WORD_ON_PRICES = _("{free_room} scenarios, every formula, no card.").format(free_room=FREE_ROOM)


@dataclass(frozen=True)
class Passage:
    """A title, or a question, and what stands under it."""

    title: str
    words: str


STEPS = (
    Passage(_("Type three numbers"), _("Amount, interest, years. The payment and the interest are there at once.")),
    Passage(
        _("Save each offer"),
        _("Each bank, each flat, each idea is a scenario. {free_room} are free for good.").format(free_room=FREE_ROOM),
    ),
    Passage(
        _("Compare and decide"),
        _("Side by side: what you pay a month, what you pay in all, and what paying early saves."),
    ),
)

PROOF = (
    Passage(
        _("Every formula is shown"),
        _(
            "This is the one for the payment: r is the interest a month, n the number of payments. Try it on "
            "paper; the cents agree. Inside, its formula stands beside each result."
        ),
    ),
    Passage(
        _("Numbers you can check"),
        _(
            "100,000 at 5 % over 30 years is 536.82 a month and 93,255.78 of interest. 200,000 at 3 % over 25 "
            "years is 948.42 and 84,526.79. Ask your bank."
        ),
    ),
    Passage(
        _("Nobody pays us but you"),
        _(
            "No bank, broker or advertiser is behind a result, and we sell no loans. {disclaimer} It is "
            "arithmetic, done right."
        ).format(disclaimer=site.DISCLAIMER),
    ),
)

LANDING_QUESTIONS = (
    Passage(
        _("Is this financial advice?"),
        _("No. We do the sums and show them. What you sign is your decision, or your adviser’s."),
    ),
    Passage(
        _("Do I need a card to sign up?"),
        _("No. The free plan stays free and asks for an e-mail address and a password."),
    ),
    Passage(
        _("Which loans does it know?"),
        _(
            "Loans with equal payments, the usual kind for a home; loans with equal repayment, whose payments "
            "fall; and loans that begin with some years of interest only. Early repayment, a new rate during "
            "the term and fees are part of Pro."
        ),
    ),
    Passage(
        _("What happens to my numbers?"),
        _("They are yours. Nobody else can open them, we do not sell them, and you can delete them."),
    ),
)

PRICING_QUESTIONS = (
    Passage(
        _("Can I switch plans?"),
        _(
            "Whenever you like. Going up takes effect at once and you pay the difference; going down waits for "
            "the end of what you have paid."
        ),
    ),
    Passage(
        _("How do I cancel?"),
        _(
            "On the billing page, without writing to anybody. You keep what you paid for until its last day. "
            "After that you are on Free: all you saved stays readable, nothing is deleted."
        ),
    ),
    Passage(
        _("Can I get my money back?"),
        _("Write to {support_email} within {refund_days} days of your first payment and we return it in full.").format(
            support_email=site.SUPPORT_EMAIL, refund_days=site.REFUND_DAYS
        ),
    ),
    Passage(
        _("How do I pay?"),
        _(
            "By card, or by another method that the checkout offers in your country. Payments are handled by "
            "Stripe; your card number never reaches us. Each payment comes with an invoice."
        ),
    ),
    Passage(
        _("Is tax included?"),
        if_else(
            "taxed",
            _(
                "That depends on where you live: it is part of the price, or comes on top. The checkout works it out "
                "from your address and shows the whole sum before you pay."
            ),
            _("Yes. The price you see here is the one you pay; the checkout adds nothing to it."),
        ),
    ),
    Passage(_("I have a promotion code."), _("There is a field for it at the checkout.")),
)

_LIMIT_WORDS: dict[str, str] = {Limit.SCENARIOS: _("Saved scenarios"), Limit.REPORTS: _("PDF reports a month")}
_FEATURE_WORDS: dict[str, str] = {
    Feature.COMPARE: _("Up to four side by side"),
    Feature.EARLY_REPAYMENT: _("Early repayment"),
    Feature.RATE_CHANGE: _("A new rate during the term"),
    Feature.LOAN_FEE: _("Fees, in the loan or beside it"),
    Feature.EXPORT: _("Schedules and comparisons as CSV"),
    Feature.CLIENT_FOLDER: _("A folder for each client"),
    Feature.REPORT: _("Reports as PDF, to hand to a bank"),
    Feature.LETTERHEAD: _("Your name and logo on reports"),
    Feature.SHARE: _("Links that show a scenario to a client"),
}
_EVERYBODY = (_("Full repayment schedule"), _("Every formula shown"))


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
    words = _LIMIT_WORDS if isinstance(thing, Limit) else _FEATURE_WORDS
    return words.get(thing, sentence(named(thing)))


def sold_keys() -> tuple[str, ...]:
    """The plans that cost something, the cheapest first."""
    return tuple(plan.key for plan in SOLD if plan.key in PLANS)
