"""The list of faults names tests; each of them is there."""

import re

from tests.e2e.stack import ROOT
from tests.release.test_checklist import NAMED

WITHOUT_A_TEST = [46]


def tables() -> list[list[str]]:
    """The lines of the two tables: faults, and mistakes of others."""
    faults, mistakes = (ROOT / "docs" / "faults.md").read_text().split("## Mistakes that others made")
    return [[line for line in part.splitlines() if re.match(r"\| \d+ \|", line)] for part in (faults, mistakes)]


def test_every_test_that_the_list_of_faults_names_is_there() -> None:
    missing = [
        f"{file}::{name}"
        for lines in tables()
        for line in lines
        for file, name in NAMED.findall(line)
        if f"def {name}(" not in (ROOT / "tests" / file).read_text()
    ]
    assert not missing


def test_every_fault_is_held_by_a_test_or_says_why_not() -> None:
    faults, mistakes = tables()
    assert [int(line.split("|")[1]) for line in faults] == list(range(1, 59))
    assert [int(line.split("|")[1]) for line in mistakes] == list(range(1, 14))
    reasons = [line for line in (*faults, *mistakes) if not NAMED.search(line)]
    assert [int(line.split("|")[1]) for line in reasons] == WITHOUT_A_TEST
    assert all(len(line.split("|")[4]) > 40 for line in reasons)
