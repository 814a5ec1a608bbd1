"""The commands at the server's prompt, as an operator runs them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from saas_app.auth.models import User
from saas_app.billing.models import WebhookEvent
from saas_app.core.clock import now
from saas_app.core.jobs import Outbox
from tests.factories import a_user, as_system

ROOT = Path(__file__).parents[2]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """`python -m saas_app COMMAND` with the settings of this test."""
    return subprocess.run(  # noqa: S603 (our own)
        [sys.executable, "-m", "saas_app", *command], cwd=ROOT, env=os.environ, capture_output=True, text=True
    )


@pytest.fixture
def new_production(production: dict[str, str], configured: Callable[..., None], data_dir: Path) -> Path:
    """A production at its first start: its settings are right, and nothing was made yet. Gives its data folder."""
    configured(STRIPE_WEBHOOK_SECRET="", STRIPE_API_BASE="https://stripe.invalid")
    return data_dir


def test_a_new_production_can_be_migrated_and_set_up(new_production: Path) -> None:
    migrated = run("migrate")
    assert (migrated.returncode, (new_production / "app.db").is_file()) == (0, True), migrated.stderr
    set_up = run("stripe-setup")  # comes as far as asking Stripe, which no test does
    assert "does not answer" in set_up.stderr
    assert "settings" not in set_up.stderr


def test_the_doctor_sees_work_of_every_kind_that_died_and_one_command_revives_it(sqlite: str) -> None:
    event = WebhookEvent(id="evt_1", type="invoice.paid", stripe_created_at=now(), payload=b"{}", status="dead")
    as_system(lambda session: session.add_all([event, Outbox(kind="mail", status="dead")]))
    assert "WRONG  background work: 0 due, 2 dead: when its cause is mended, run retry\n" in run("doctor").stdout
    assert run("retry").stdout == "2 will be tried again.\n"
    assert "ok     background work: 2 due, 0 dead\n" in run("doctor").stdout


def test_an_administrator_is_made_of_a_proved_account_only(sqlite: str) -> None:
    ada = a_user("Ada")
    a_user("Eve", email_verified_at=None)
    assert "Ada is an administrator now" in run("make-admin", "ADA@example.com").stdout
    assert as_system(lambda session: session.get_one(User, ada.id).is_admin)
    for nobody in ("eve@example.com", "nonsense"):
        done = run("make-admin", nobody)
        assert (done.returncode, done.stderr) == (1, f"No account has proved the address {nobody}.\n")


@pytest.mark.parametrize("command", ["migrate", "worker"])
def test_a_database_that_is_away_is_said_in_words(configured: Callable[..., None], command: str) -> None:
    configured(DATABASE_URL="postgresql://app:s3cret@127.0.0.1:9/app")
    done = run(command)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "port 9 failed: Connection refused" in done.stderr
    assert "s3cret" not in done.stderr


def test_a_data_folder_that_cannot_be_made_is_said_in_words(configured: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    configured(DATA_DIR=str(tmp_path / "file" / "data"))
    assert "DATA_DIR:" in (done := run("migrate")).stderr
    assert "Traceback" not in done.stderr


def test_the_doctor_goes_on_without_a_database() -> None:
    done = run("doctor")
    assert "Run: python -m saas_app migrate" in done.stdout
    assert "STRIPE_WEBHOOK_SECRET" in done.stdout
    assert done.returncode == 1


def test_the_doctor_speaks_to_machines_too(sqlite: str) -> None:
    done = run("doctor", "--json")
    said = json.loads(done.stdout)
    assert (said["ok"], done.returncode) == (False, 1)
    about = {each["about"]: each for each in said["findings"]}
    assert (about["settings"]["state"], about["webhook secret"]["state"]) == ("ok", "wrong")
    assert about["webhook secret"]["todo"] == "run: python -m saas_app stripe-setup"


def test_without_stripe_nothing_is_compared_and_cron_is_told_so(sqlite: str, configured: Callable[..., None]) -> None:
    configured(STRIPE_API_BASE="http://127.0.0.1:9")
    done = run("reconcile")
    assert (done.returncode, "does not answer" in done.stderr) == (2, True)


def test_events_are_listed_and_played_again_from_the_prompt(sqlite: str) -> None:
    came = {"stripe_created_at": now(), "payload": b"{}", "type": "invoice.paid"}
    dead = WebhookEvent(id="evt_1", status="dead", attempts=12, error="KeyError", **came)
    as_system(lambda session: session.add_all([dead, WebhookEvent(id="evt_2", status="done", **came)]))
    listed = run("events").stdout.splitlines()
    assert len(listed) == 2
    (line,) = run("events", "--failed").stdout.splitlines()
    assert "dead     12 tries  evt_1  invoice.paid  KeyError" in line
    assert run("events", "--replay", "evt_1").stdout == "evt_1 (invoice.paid) will be handled again.\n"
    assert run("events", "--failed").stdout == "No event has failed.\n"
    assert as_system(lambda session: session.get_one(WebhookEvent, "evt_1").status) == "pending"
