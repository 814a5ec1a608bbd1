"""The calculator for everybody: what the address asks for, answered in words before any script runs.

It reads the plain terms of a loan and nothing else, so that nothing which is sold can be had by an address.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from saas_app import site
from saas_app.billing.money import in_column
from saas_app.core.words import _
from saas_app.features.loans.forms import LONGEST, Reading, read_loan
from saas_app.features.loans.schedule import Kind
from saas_app.features.loans.views import IN_WORDS, ResultView, YearView, result_view
from saas_app.ui.scripts import FIGURES, TYPED, spoken

# The same words as those of `views.py`.
SCRIPT = (
    TYPED
    + FIGURES
    + spoken(
        Path(__file__).with_name("quick.js").read_text(),
        end=_("at first, {amount} at the end"),
        later=_("at first, {amount} from payment {month}"),
        picture=IN_WORDS,
    )
)
USUAL = {"amount": "100,000", "rate": "5", "years": "30", "kind": Kind.ANNUITY.value, "resting": "5"}
KINDS = {
    Kind.ANNUITY: _("Equal payments"),
    Kind.LINEAR: _("Equal repayment, falling payments"),
    Kind.INTEREST_FIRST: _("Interest only at first"),
}
NOTHING = ResultView("–", "", "–", "–", "–", 0, years=(YearView(1, "–", "–", "–"),))


def carried(address: Mapping[str, object]) -> dict[str, str]:
    """The terms of a loan that an address brings along to the desk, by the names of the form there; {} for none."""
    found = {field: str(address.get(field, ""))[:LONGEST] for field in USUAL}
    return {"principal": found.pop("amount"), **found} if found["amount"] else {}


def answer(typed: Mapping[str, str]) -> dict[str, Any]:
    """The slots of the page: `quick` with what was asked, what is wrong by field, and what the loan comes to.

    `written` shows the script how sums are written for this reader.
    """
    asked = {field: typed.get(field, "").strip() or usual for field, usual in USUAL.items()}
    reading = Reading(asked)
    loan = read_loan(reading, "amount")
    chosen = Kind(asked["kind"]) if asked["kind"] in set(Kind) else Kind.ANNUITY
    found = {
        "asked": asked,
        "wrong": {field: reading.errors.get(field, "") for field in USUAL},
        "chosen": {kind.value: kind is chosen for kind in Kind},
        "result": NOTHING if loan is None else result_view(loan),
        "written": in_column(1_234_567_89, site.CURRENCY),
    }
    return {"quick": found}
