"""Restart, SIGKILL, and starting at all."""

import subprocess
import sys
from pathlib import Path

import httpx

from stripe_sandbox import testing
from tests.sandbox.shop import Receiver

KEY = {"Authorization": "Bearer sk_test_x"}


def test_everything_is_there_after_a_restart(database: Path) -> None:
    with testing.running_sandbox(database) as url:
        made = httpx.post(f"{url}/v1/customers", data={"email": "a@example.com"}, headers=KEY).json()
        before = httpx.get(f"{url}/_sandbox/health").json()["now"]
        httpx.post(f"{url}/_sandbox/advance", json={"seconds": 86400}).raise_for_status()
    with testing.running_sandbox(database) as url:
        assert httpx.get(f"{url}/v1/customers/{made['id']}", headers=KEY).json() == made
        assert httpx.get(f"{url}/_sandbox/health").json()["now"] >= before + 86400


def test_a_kill_loses_nothing_that_was_answered_and_sends_what_was_not_sent(database: Path, receiver: Receiver) -> None:
    process = testing.start(database)
    receiver.answers = [500]  # not accepted the first time
    form = {"url": receiver.url, "enabled_events[]": "customer.created"}
    httpx.post(f"{process.url}/v1/webhook_endpoints", data=form, headers=KEY).raise_for_status()
    ids = [
        httpx.post(f"{process.url}/v1/customers", data={"email": f"{n}@example.com"}, headers=KEY).json()["id"]
        for n in range(5)
    ]
    process.kill()
    with testing.running_sandbox(database) as url:
        listed = httpx.get(f"{url}/v1/customers", headers=KEY).json()["data"]
        assert [each["id"] for each in listed] == ids[::-1]
        httpx.post(f"{url}/_sandbox/settle", json={"timeout": 15}, timeout=20).raise_for_status()
        deliveries = httpx.get(f"{url}/_sandbox/deliveries").json()["data"]
    assert len(deliveries) == 5
    assert {each["state"] for each in deliveries} == {"delivered"}


def test_it_listens_to_this_machine_only(database: Path) -> None:
    command = [sys.executable, "-m", "stripe_sandbox", "--host", "0.0.0.0", "--db", str(database)]  # noqa: S104
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    assert done.returncode != 0
    assert "this machine only" in done.stderr


def test_two_sandboxes_never_share_a_port(database: Path, sandbox: str) -> None:
    port = sandbox.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "stripe_sandbox", "--port", port, "--db", str(database)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    assert done.returncode != 0
    assert "taken" in done.stderr


def test_it_never_imports_the_app(database: Path) -> None:
    strangers = "('saas_app', 'stripe', 'reflex')"
    names = f"any(name.split('.')[0] in {strangers} for name in sys.modules)"
    code = f"import sys, stripe_sandbox.app; sys.exit({names})"
    done = subprocess.run([sys.executable, "-c", code], timeout=20, check=False)  # noqa: S603
    assert done.returncode == 0
