"""Everything that people read, in a language in which each text stands in ⟦brackets⟧. What has none was forgotten.

`test_words.py` runs this file in a process of its own, since a text is looked up once: TEST_LANGUAGE=en-XA.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from reflex_base.components.component import BaseComponent
from reflex_base.registry import RegistrationContext
from sqlmodel import Session

from saas_app import saas_app, site
from saas_app.account import emails as account_emails
from saas_app.auth import emails as auth_emails
from saas_app.auth.models import User
from saas_app.core import happened, words
from saas_app.core.jobs import Outbox
from saas_app.factors import emails as factors_emails
from tests.billing import gallery
from tests.billing.shop import rows
from tests.conftest import Hands
from tests.factories import as_system

assert saas_app  # declares every page

PAGES = {page["route"]: (draw, page) for draw, page in RegistrationContext.ensure_context().decorated_pages}
# Attributes that are seen or heard.
SEEN = {"aria-label", "placeholder", "title", "alt", "label", "data-busy", "data-ask", "data-confirm", "aria-valuetext"}
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`')
COMPARED = re.compile(r'[!=]==?\s*"[^"]*"|\?\.\["[^"]*"\]|"[^"]*"\?\.valueOf\?\.\(\)')
# What is the same in every language, comes from Stripe or from people, or is a date as this language has it.
SAME = re.compile(
    "|".join(
        (
            *map(re.escape, (site.PRODUCT, site.COMPANY_ADDRESS, site.SUPPORT_EMAIL)),
            r"\b(Ada|Pro|Agent|GitHub|Google|Stripe|Visa|PDF|EPUB|CSV|JSON|PNG|JPEG|UTC|pdf|kB)\b",
            r"\(at \S+ / (month|year)\)|LADR-0042",
            r"(January|February|March|April|May|June|July|August|September|October|November|December) \d+",
            r"https?://\S+|\S+@\S+",
        )
    )
)
LETTERS = re.compile(r"[^\W\d_]{2,}")


def left_over(text: str) -> str:
    """What of a text is in no brackets and would have to be translated; '' when nothing."""
    text = re.sub(
        r"\{% set \w+ %\}.*?\{% endset %\}|\{\{.*?\}\}|\{%.*?%\}|\$\{.*?\}|<reflex\.Var>.*?</reflex\.Var>|&\w+;",
        "",
        text,
        flags=re.S,
    )
    while "⟦" in text:
        text, before = re.sub(r"⟦[^⟦⟧]*⟧", "", text), text
        if text == before:
            break
    text = SAME.sub("", text)
    return text.strip() if LETTERS.search(text) else ""


def seen(part: Any) -> Iterator[str]:
    """The texts of a rendered tree: what stands in it, and the attributes that are seen or heard."""
    if isinstance(part, dict):
        if isinstance(part.get("contents"), str) and part.get("name") not in ('"script"', '"style"'):
            yield from said(part["contents"])
        if part.get("name") in ('"script"', '"style"'):
            return
        for prop in part.get("props", ()):
            name, _, value = str(prop).partition(":")
            if name.strip('"') in SEEN:
                yield from said(value)
        for key, value in part.items():
            if key not in ("props", "contents", "cond_state"):
                yield from seen(value)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from seen(each)


def said(expression: str) -> Iterator[str]:
    """The texts of a JavaScript expression, without what is only compared; a sentence around values is one."""
    found = LITERAL.findall(COMPARED.sub("", expression))
    yield " ".join(json.loads(each) if each.startswith('"') else each.strip("`") for each in found)


def test_the_language_of_this_run_is_the_one_with_brackets() -> None:
    assert words.language() == words.PSEUDO


@pytest.mark.parametrize("route", sorted(set(PAGES) - {"/dev/kit"}))
def test_a_page_says_nothing_that_was_forgotten(route: str) -> None:
    draw, page = PAGES[route]
    tree = draw()
    assert isinstance(tree, BaseComponent)
    texts = [str(page["title"]), str(page.get("description") or ""), *seen(tree.render())]
    if route in ("/terms", "/privacy", "/library/sample"):  # the book, and what has a file for each language
        texts = texts[:2]
    assert [text for text in map(left_over, texts) if text] == []


def all_mails(session: Session, ada: User) -> None:
    """Every mail that is not about a plan."""
    auth_emails.write_verification(session, ada, "t", "123456")
    auth_emails.write_already_a_member(session, ada)
    auth_emails.write_reset(session, ada, "t")
    auth_emails.write_password_changed(session, ada)
    auth_emails.write_code(session, ada, "123456")
    auth_emails.write_new_device(session, ada, "", "192.0.2.0/24")
    account_emails.write_confirm_new(session, ada, "new@example.com", "t")
    account_emails.write_address_changed(session, ada, "old@example.com", "t")
    account_emails.write_goodbye(session, ada.email, ada.id)
    for left in (0, 1, 5):
        factors_emails.write_code_used(session, ada, left)
    factors_emails.write_wrong_codes(session, ada)


def test_no_mail_says_anything_that_was_forgotten(sqlite: str) -> None:
    ada = gallery.bound()
    as_system(gallery.catalogue)
    as_system(lambda session: all_mails(session, session.get_one(User, ada.id)))
    mails = [row.payload for row in rows(Outbox) if row.kind == "mail"]
    assert len(mails) >= 11
    assert [left for mail in mails for left in forgotten_in(mail)] == []


@pytest.mark.parametrize("number", range(len(gallery.cases(Hands().at))))
def test_no_mail_about_a_plan_says_anything_that_was_forgotten(sqlite: str, hands: Hands, number: int) -> None:
    case, ada = gallery.cases(hands.at)[number], gallery.bound()
    as_system(gallery.catalogue)
    if case.before:
        gallery.hear(ada, case.before)
    gallery.hear(ada, case.after)
    mails = [row.payload for row in rows(Outbox) if row.kind == "mail"]
    assert [left for mail in mails for left in forgotten_in(mail)] == []


def forgotten_in(mail: dict[str, str]) -> list[str]:
    preview = r'<div style="display:none[^>]*>.*?</div>'  # the first paragraph once more, cut out of its sentence
    html = re.sub(rf"<style>.*?</style>|{preview}", "", mail["html"], flags=re.S)
    texts = (mail["subject"], mail["text"], re.sub(r"<[^>]+>", "\n", html))
    return [left for left in map(left_over, texts) if left]


@pytest.mark.parametrize("event", ["signed up", "logged in by password and a passkey", "accepted the terms of 2026"])
def test_the_history_is_said_in_the_language_and_kept_in_english(event: str) -> None:
    assert left_over(happened.event(event)) == ""
