"""A sandbox that was kept goes back to that moment as often as wanted."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from stripe_sandbox import testing
from tests.sandbox.checked import CheckedClient, client


@pytest.fixture
def own(tmp_path: Path) -> Iterator[str]:
    """A sandbox for one test, which has kept nothing."""
    with testing.running_sandbox(tmp_path / "stripe.db") as url:
        yield url


def test_what_came_after_it_was_kept_is_forgotten_again_and_again(own: str, http: CheckedClient) -> None:
    api = client(own, http)
    api.products.create({"name": "Pro"})
    kept = httpx.get(f"{own}/_sandbox/health").json()["offset"]
    httpx.post(f"{own}/_sandbox/keep").raise_for_status()
    for _ in range(2):
        api.customers.create({"email": "ann@example.com"})
        httpx.post(f"{own}/_sandbox/advance", json={"seconds": 86400}).raise_for_status()
        httpx.post(f"{own}/_sandbox/reset", json={"to": "kept"}).raise_for_status()
        assert [each.name for each in api.products.list().data] == ["Pro"]
        assert api.customers.list().data == []
        assert [each.type for each in api.events.list().data] == ["product.created"]
        assert httpx.get(f"{own}/_sandbox/health").json()["offset"] == kept


def test_a_reset_forgets_what_was_kept_before_it_only_for_now(own: str, http: CheckedClient) -> None:
    api = client(own, http)
    api.products.create({"name": "Pro"})
    httpx.post(f"{own}/_sandbox/keep").raise_for_status()
    httpx.post(f"{own}/_sandbox/reset").raise_for_status()
    assert api.products.list().data == []
    httpx.post(f"{own}/_sandbox/reset", json={"to": "kept"}).raise_for_status()
    assert [each.name for each in api.products.list().data] == ["Pro"]


def test_where_nothing_was_kept_the_answer_says_so_and_nothing_is_lost(own: str, http: CheckedClient) -> None:
    api = client(own, http)
    api.products.create({"name": "Pro"})
    answer = httpx.post(f"{own}/_sandbox/reset", json={"to": "kept"})
    assert (answer.status_code, answer.json()) == (400, {"error": "Nothing was kept."})
    assert [each.name for each in api.products.list().data] == ["Pro"]
