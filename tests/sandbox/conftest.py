"""A real sandbox process, Stripe's own SDK in front of it, and the contract between them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from stripe_sandbox import testing
from stripe_sandbox.contract import contract
from tests.sandbox.checked import CheckedClient, client
from tests.sandbox.shop import Receiver, Shop

_OURS = (
    r"/v1/(account|billing_portal|charges|checkout|coupons|credit_notes|customers|disputes|entitlements|events|invoice"
    r"|payment_|prices|products|promotion|refunds|setup_|subscription|test_helpers|webhook)"
)


@pytest.fixture(scope="session")
def published() -> contract.Contract:
    return contract.from_spec()


@pytest.fixture(scope="session")
def sdk_types() -> contract.Contract:
    return contract.from_sdk(_OURS)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with testing.running_sandbox(tmp_path_factory.mktemp("sandbox") / "stripe.db") as url:
        yield url


@pytest.fixture
def fresh(sandbox: str) -> str:
    """The sandbox with nothing in it and its clock on time."""
    httpx.post(f"{sandbox}/_sandbox/reset").raise_for_status()
    return sandbox


@pytest.fixture
def http(published: contract.Contract, sdk_types: contract.Contract) -> Iterator[CheckedClient]:
    checked = CheckedClient(published, sdk_types)
    yield checked
    checked.close()
    assert checked.problems == []


@pytest.fixture
def api(fresh: str, http: CheckedClient) -> Any:
    """Stripe's SDK, pointed at the sandbox."""
    return client(fresh, http)


@pytest.fixture
def browser(fresh: str) -> Iterator[httpx.Client]:
    """Somebody with a browser: their own origin, no redirects followed unseen."""
    with httpx.Client(headers={"Origin": fresh, "Sec-Fetch-Site": "same-origin"}) as made:
        yield made


@pytest.fixture
def shop(api: Any, fresh: str, browser: httpx.Client) -> Shop:
    return Shop(api, fresh, browser)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "stripe.db"
