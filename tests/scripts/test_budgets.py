"""A page that has become too heavy, or loads what it should not, stops `make check` with words that say so."""

import hashlib
from pathlib import Path

import pytest

from scripts import budgets

LIMITS = {"island": {"landing": 0.1, "others": 9.0}, "script": {"others": 1.0}, "style": {"others": 1.0}}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "islands").mkdir()
    (tmp_path / "client" / "assets").mkdir(parents=True)
    (tmp_path / "client" / "billing" / "return").mkdir(parents=True)
    return tmp_path


def noise(size: int) -> str:
    """Words of this length that pack to no less than half of it."""
    return hashlib.shake_128(b"a page").hexdigest(size // 2)


def test_pages_within_their_budgets_are_passed_over_in_silence(built: Path) -> None:
    (built / "islands" / "landing.html").write_text("<p>short</p>")
    assert [*budgets.faults(built, LIMITS)] == []


def test_a_page_that_has_become_too_heavy_is_named_with_its_weight_and_its_limit(built: Path) -> None:
    (built / "islands" / "landing.html").write_text(noise(4000))
    (fault,) = budgets.faults(built, LIMITS)
    assert fault.startswith("landing: island of ")
    assert "0.1 are allowed" in fault


def test_the_script_of_a_page_is_weighed_with_all_that_it_loads(built: Path) -> None:
    for name in ("a.js", "b.js"):
        (built / "client" / "assets" / name).write_text(name + noise(1200))
    links = '<link rel="later" href="/assets/a.js"><script src="/assets/b.js"></script>'
    (built / "client" / "billing" / "return" / "index.html").write_text(links)
    (fault,) = budgets.faults(built, LIMITS)
    assert fault.startswith("billing-return: script of ")


@pytest.mark.parametrize("loads", ['<script type="module">import "/a.js"</script>', '<script src="/a.js"></script>'])
def test_a_public_page_that_loads_the_framework_is_told_of(built: Path, loads: str) -> None:
    (built / "islands" / "terms.html").write_text(loads)
    (fault,) = budgets.faults(built, LIMITS)
    assert fault.startswith("terms is a public page and loads a script of the framework")
