"""The security checklist names tests; each of them is there."""

import re

from tests.e2e.stack import ROOT

NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def lines() -> list[str]:
    text = (ROOT / "docs" / "security-checklist.md").read_text()
    return [line for line in text.splitlines() if re.match(r"\| \d+ \|", line)]


def test_every_test_that_the_checklist_names_is_there() -> None:
    missing = [
        f"{file}::{name}"
        for line in lines()
        for file, name in NAMED.findall(line)
        if f"def {name}(" not in (ROOT / "tests" / file).read_text()
    ]
    assert not missing


def test_every_line_of_the_checklist_is_held_by_a_test_or_says_why_not() -> None:
    numbers = [int(line.split("|")[1]) for line in lines()]
    assert numbers == list(range(1, 65))
    reasons = [line for line in lines() if not NAMED.search(line)]
    assert [int(line.split("|")[1]) for line in reasons] == [7, 59]
    assert all(len(line.split("|")[4]) > 40 for line in reasons)
