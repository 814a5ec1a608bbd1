"""Each mail of billing as a reader gets it: the change that brings it, complete in both versions, and no way astray."""

import re
from urllib.parse import urlsplit

import pytest

from saas_app import site
from saas_app.core.jobs import Outbox
from tests.billing import gallery
from tests.billing.gallery import Case
from tests.billing.shop import rows
from tests.conftest import Hands
from tests.factories import as_system

OURS, STRIPES = "localhost:3000", {"invoice.stripe.com", "pay.stripe.com"}
HOW_MANY = len(gallery.cases(Hands().at))


def _written(case: Case) -> list[Outbox]:
    """What the last look of a case writes, after whatever came before it."""
    ada = gallery.bound()
    as_system(gallery.catalogue)
    if case.before:
        gallery.hear(ada, case.before)
    before = {row.id for row in rows(Outbox)}
    gallery.hear(ada, case.after)
    gallery.hear(ada, case.after)
    return [row for row in rows(Outbox) if row.id not in before and row.kind == "mail"]


@pytest.mark.parametrize("number", range(HOW_MANY))
def test_each_change_brings_its_mail_once_and_the_mail_is_whole(sqlite: str, hands: Hands, number: int) -> None:
    case = gallery.cases(hands.at)[number]
    found = _written(case)
    assert sorted(row.key.split(":")[1] for row in found) == sorted(case.kind.split())
    for row in found:
        _look_at(row.payload)


def _look_at(mail: dict[str, str]) -> None:
    text, html = mail["text"], mail["html"]
    links = [*re.findall(r"https?://\S+", text), *re.findall(r'href="([^"]+)"', html)]
    assert {urlsplit(link).netloc for link in links} <= {OURS, *STRIPES}
    assert f"http://{OURS}/billing" in text
    assert f"http://{OURS}/billing" in html
    assert html.count('class="button"') == 1
    assert mail["reply_to"] == site.SUPPORT_EMAIL
    for version in (text, html):
        assert f"a customer of {site.PRODUCT}" in version
        assert "Hello Ada," in version
        assert not re.search(r"\d{12,}|None|\{|  +,", re.sub(r"<style>.*?</style>", "", version, flags=re.S))
    shown = dict(re.findall(r"<th[^>]*>(.*?)</th><td[^>]*>(.*?)</td>", html))
    for label, fact in shown.items():
        assert f"{label}: {fact}" in text


@pytest.mark.parametrize(
    ("kind", "nth", "says"),
    [
        ("failed", 0, ["€72", "Visa ending in 0341", "try again on November 26, 2026", "open until November 30, 2026"]),
        ("last", 0, ["We do not try again by ourselves", "open until November 30, 2026", "Pay €72"]),
        ("last", 1, ["to open Pro again", "What you saved is there to read"]),
        ("action", 0, ["Your bank wants you to confirm €72", "Confirm €72", gallery.PAGE]),
        ("action", 1, ["Your change to Agent", "€12.34", "dropped on November 24, 2026"]),
        ("recovered receipt", 0, ["Your payment of €72 has gone through"]),
        ("recovered", 0, ["Nothing is due any more"]),
        ("receipt", 0, ["LADR-0042", "€72", "November 23, 2026", gallery.PDF]),
        ("refunded", 0, ["We have returned €20", "a part of what you paid", "Pro stays open"]),
        ("refunded", 1, ["We have returned €52", "the rest of what you paid", "Returned in all: €72"]),
        ("subscribed", 1, ["free until December 7, 2026", "goes on for €72 a year", "0341"]),
        ("subscribed", 2, ["add a card before that day", "nothing is charged"]),
        ("trial_ending", 0, ["November 26, 2026", "€72", "cancel before that day"]),
        ("trial_ending", 1, ["no card for it", "add a card before"]),
        ("renewal", 0, ["€57.60", "December 7, 2026", "cancel before that day"]),
        ("ended", 1, ["because it was not paid"]),
        ("ended", 2, ["You had two subscriptions, by mistake", "The other goes on: Pro, "]),
        ("changed", 0, ["from Pro for €72 a year to Agent for €29 a month"]),
        (
            "planned",
            0,
            ["Your plan changes on November 13, 2027", "Now: Pro, €72 a year", "Then it is Pro, for €9 a month"],
        ),
        ("unplanned", 1, ["The change to Agent was not paid", "Nothing was charged"]),
        ("locked", 0, ["Pro is locked until it is paid", "Pay €72"]),
    ],
)
def test_a_mail_says_what_its_reader_wants_to_know(
    sqlite: str, hands: Hands, kind: str, nth: int, says: list[str]
) -> None:
    case = [each for each in gallery.cases(hands.at) if each.kind == kind][nth]
    whole = "\n".join(f"{row.payload['subject']}\n{row.payload['text']}" for row in _written(case))
    assert [words for words in says if words not in whole] == []
