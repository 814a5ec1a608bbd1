"""What the pages of second factors promise, read from their trees without a build."""

from collections.abc import Iterator

import pytest
from reflex_base.components.component import Component
from reflex_base.registry import RegistrationContext

from saas_app.auth import pages as auth_pages
from saas_app.factors import pages
from saas_app.factors.scripts import PASSKEYS

NAMES = (auth_pages.__name__, pages.__name__)
DRAWN = {
    kwargs["route"]: draw
    for draw, kwargs in RegistrationContext.ensure_context().decorated_pages
    if draw.__module__ in NAMES
}


def walk(component: Component) -> Iterator[Component]:
    yield component
    for child in component.children:
        yield from walk(child)


@pytest.mark.parametrize("route", sorted(DRAWN))
def test_no_script_and_no_style_depends_on_who_looks(route: str) -> None:
    """A page's policy is made of what it had when it was first served."""
    depth = 0
    for part in walk(DRAWN[route]()):
        words = str(getattr(part, "contents", ""))
        depth += words.count("{% if") + words.count("{% for") - words.count("{% endif") - words.count("{% endfor")
        assert depth == 0 or part.tag != "script", route
        assert not getattr(part, "style", None), "Reflex makes a style element of it"
    assert depth == 0


@pytest.mark.parametrize("route", ["/login", "/login/second", "/confirm", "/settings/passkeys"])
def test_a_form_for_a_passkey_has_its_script(route: str) -> None:
    assert sum("navigator.credentials" in str(part.render()) for part in walk(DRAWN[route]()) if part.tag == "script")


def test_the_script_holds_nothing_that_a_template_would_read() -> None:
    assert not any(mark in PASSKEYS for mark in ("{{", "{%", "{#"))
