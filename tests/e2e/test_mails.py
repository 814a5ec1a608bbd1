"""Every mail of billing as it looks: on a phone and on a desk, by day and by night, readable and never wider."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from saas_app.core.jobs import Outbox
from tests.billing import gallery
from tests.billing.shop import rows
from tests.conftest import Hands
from tests.e2e.conftest import OpenBrowser
from tests.factories import as_system

pytestmark = pytest.mark.e2e


@pytest.fixture
def mails(sqlite: str, hands: Hands) -> dict[str, str]:
    """Subject and HTML of each."""
    as_system(gallery.catalogue)
    ada = gallery.bound()
    for case in gallery.cases(hands.at):
        for found in (case.before, case.after):
            if found:
                gallery.hear(ada, found)
    return {row.payload["subject"]: row.payload["html"] for row in rows(Outbox) if row.kind == "mail"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 700])
def test_a_mail_is_readable_and_fits(mails: dict[str, str], open_browser: OpenBrowser, width: int, scheme: str) -> None:
    assert len(mails) >= 15
    tab = open_browser(viewport={"width": width, "height": 800}, color_scheme=scheme).new_tab()
    for subject, html in mails.items():
        tab.set_content(html)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, subject
        ground = tab.evaluate("getComputedStyle(document.querySelector('.paper')).backgroundColor")
        assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(35, 27, 23)")
        found = Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa"]})
        assert found.violations_count == 0, f"{subject}: {found.generate_report()}"
