"""What every public page promises, read from its tree without a build."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from jinja2 import Environment
from reflex_base.components.component import Component
from reflex_base.registry import RegistrationContext

from saas_app.auth import pages as auth_pages
from saas_app.features.loans import pages as loans_pages
from saas_app.features.loans import quick
from saas_app.features.loans.asked import FOLLOW
from saas_app.marketing import content
from saas_app.marketing import pages as marketing_pages
from saas_app.marketing.calculator import SCRIPT
from saas_app.social import pages as social_pages
from saas_app.ui import scripts

assert auth_pages
assert loans_pages
assert marketing_pages
assert social_pages
DECLARED = {
    kwargs["route"]: (draw, kwargs)
    for draw, kwargs in RegistrationContext.ensure_context().decorated_pages
    if draw.__module__ in (auth_pages.__name__, marketing_pages.__name__)
    or kwargs["route"] in ("/calculator", "/rent-or-buy", "/yield")
}
ROUTES = sorted(DECLARED)


def tree(route: str) -> Component:
    return DECLARED[route][0]()


def walk(component: Component) -> Iterator[Component]:
    yield component
    for child in component.children:
        yield from walk(child)


def tags(route: str) -> list[str]:
    return [str(part.tag) for part in walk(tree(route)) if part.tag]


def prop(part: Component, name: str) -> Any:
    value = getattr(part, name, None)
    return getattr(value, "_var_value", value)


def words(route: str) -> str:
    """All texts and the attributes that may hold slots, in the order of the page."""
    found = []
    for part in walk(tree(route)):
        found += [str(prop(part, name) or "") for name in ("href", "default_value", "aria_invalid", "contents")]
    return "\n".join(found)


@pytest.mark.parametrize(("taxed", "said"), [(False, "adds nothing"), (True, "comes on top")])
def test_what_is_said_of_tax_is_what_the_checkout_does(taxed: bool, said: str) -> None:
    asked = next(each for each in content.PRICING_QUESTIONS if "tax" in each.title)
    shown = Environment(autoescape=True).from_string(asked.words).render(taxed=taxed)
    assert said in shown
    assert ("depends" in shown) is taxed


def test_all_public_pages_are_looked_at() -> None:
    assert {"/", "/pricing", "/terms", "/privacy", "/signup", "/login", "/forgot", "/reset", "/verify"} <= set(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_a_page_says_what_it_is(route: str) -> None:
    kwargs = DECLARED[route][1]
    assert 10 <= len(kwargs["title"]) <= 65
    assert 20 <= len(kwargs["description"]) <= 160


@pytest.mark.parametrize("route", ROUTES)
def test_a_page_has_its_landmarks_and_one_headline(route: str) -> None:
    found = tags(route)
    assert [found.count(f'"{tag}"') + found.count(tag) for tag in ("main", "header", "footer", "h1")] == [1, 1, 1, 1]


@pytest.mark.parametrize("route", ROUTES)
def test_no_heading_skips_a_level(route: str) -> None:
    levels = [int(tag.strip('"')[1]) for tag in tags(route) if re.fullmatch(r'"?h[1-6]"?', tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("route", ROUTES)
def test_every_field_has_a_label(route: str) -> None:
    parts = list(walk(tree(route)))
    labelled = {prop(part, "html_for") for part in parts if str(part.tag).strip('"') == "label"}
    inputs = [part for part in parts if str(part.tag).strip('"') == "input" and prop(part, "type") != "hidden"]
    assert {prop(part, "id") for part in inputs} <= labelled


@pytest.mark.parametrize("route", ROUTES)
def test_the_slots_of_a_page_are_whole(route: str) -> None:
    Environment(autoescape=True).parse(words(route))


@pytest.mark.parametrize("route", ROUTES)
def test_the_slots_hold_nothing_that_react_would_escape(route: str) -> None:
    text = re.sub(r'\{ "@(context|type)".*', "", words(route))
    slots = re.findall(r"\{[{%].*?[%}]\}", text)
    assert [slot for slot in slots if set(slot) & set("<>&'\"")] == []


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_asks_for_what_the_policy_forbids(route: str) -> None:
    assert not any(part.style for part in walk(tree(route)))
    assert not any(part.event_triggers for part in walk(tree(route)))


@pytest.mark.parametrize(
    "code",
    [scripts.ONCE, scripts.REVEAL, scripts.RULES, scripts.WAITING, scripts.FOCUS_ERROR, SCRIPT, quick.SCRIPT, FOLLOW],
)
def test_a_script_looks_like_no_slot(code: str) -> None:
    assert not re.search(r"\{[{%#]", scripts.squeeze(code))


@pytest.mark.parametrize("route", ["/signup", "/login"])
def test_accounts_elsewhere_come_first(route: str) -> None:
    assert 0 < words(route).index("/auth/{{ there.key }}") < words(route).index("{{ form.email }}")
