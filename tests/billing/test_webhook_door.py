"""What gets into the inbox, what is refused, and what each answer is. Stripe retries everything but a 2xx."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from saas_app.billing import webhooks
from saas_app.billing.models import WebhookEvent
from saas_app.core import db, engines
from saas_app.core.config import settings
from tests.billing.shop import do_waiting_work, event, rows, signed

DOOR = "/api/stripe/webhook"
SECRET = "whsec_of_this_test"
OTHER = "whsec_of_somebody_else"


@pytest.fixture(autouse=True)
def known_secret(configured: Callable[..., None]) -> None:
    configured(STRIPE_WEBHOOK_SECRET=SECRET)


def _statuses() -> dict[str, str]:
    return {row.id: row.status for row in rows(WebhookEvent)}


def test_a_signed_event_is_stored_before_it_is_answered(database: str, doors: TestClient) -> None:
    body = event()
    assert doors.post(DOOR, content=body, headers=signed(body)).status_code == 200
    assert [row.payload for row in rows(WebhookEvent)] == [body]


def _refusals() -> dict[str, tuple[bytes, dict[str, str]]]:
    """Bodies and headers that nobody but a forger or a broken clock sends."""
    body, now = event(), time.time()
    return {
        "signed with another secret": (body, signed(body, secret=OTHER)),
        "signed with nothing": (body, signed(body, secret="")),
        "another body than was signed": (event("evt_2"), signed(body, secret=SECRET)),
        "signed too long ago": (body, signed(body, at=now - 310, secret=SECRET)),
        "signed in the future": (body, signed(body, at=now + 310, secret=SECRET)),
        "no header": (body, {}),
        "an empty header": (body, {"stripe-signature": ""}),
        "a header of another kind": (body, {"stripe-signature": "Bearer abc"}),
        "a time that is no number": (body, {"stripe-signature": "t=soon,v1=00"}),
        "an older scheme only": (body, {"stripe-signature": signed(body, secret=SECRET)["stripe-signature"][:-64]}),
        "no JSON": (b"hello", signed(b"hello", secret=SECRET)),
        "a JSON list": (b"[]", signed(b"[]", secret=SECRET)),
        "null": (b"null", signed(b"null", secret=SECRET)),
        "no event": (b"{}", signed(b"{}", secret=SECRET)),
        "bytes that are no text": (b"\xff\xfe", signed(b"\xff\xfe", secret=SECRET)),
    }


@pytest.mark.parametrize("why", list(_refusals()))
def test_what_stripe_did_not_sign_just_now_is_refused_and_not_kept(why: str, sqlite: str, doors: TestClient) -> None:
    body, headers = _refusals()[why]
    assert doors.post(DOOR, content=body, headers=headers).status_code == 400
    assert rows(WebhookEvent) == []


def test_a_signature_of_almost_five_minutes_is_good_in_both_directions(sqlite: str, doors: TestClient) -> None:
    for number, skew in enumerate((-280, 280)):
        body = event(f"evt_{number}")
        headers = signed(body, at=time.time() + skew)
        assert doors.post(DOOR, content=body, headers=headers).status_code == 200


def test_during_a_rotation_either_secret_is_good(
    sqlite: str, doors: TestClient, configured: Callable[..., None]
) -> None:
    configured(STRIPE_WEBHOOK_SECRET=f"{OTHER},{SECRET}")
    for number, secret in enumerate((SECRET, OTHER)):
        body = event(f"evt_{number}")
        assert doors.post(DOOR, content=body, headers=signed(body, secret=secret)).status_code == 200


def test_one_good_signature_among_several_is_enough(sqlite: str, doors: TestClient) -> None:
    body = event()
    header = signed(body)["stripe-signature"]
    both = header.replace(",v1=", f",v1={'0' * 64},v1=")
    assert doors.post(DOOR, content=body, headers={"stripe-signature": both}).status_code == 200


def test_without_a_secret_there_is_no_door(sqlite: str, doors: TestClient, configured: Callable[..., None]) -> None:
    configured(STRIPE_WEBHOOK_SECRET="")
    assert settings().webhook_secrets() == ()
    body = event()
    assert doors.post(DOOR, content=body, headers=signed(body, secret="")).status_code == 404
    assert rows(WebhookEvent) == []


def test_the_same_event_twice_is_one_row_and_two_good_answers(database: str, doors: TestClient) -> None:
    body = event()
    answers = [doors.post(DOOR, content=body, headers=signed(body)).status_code for _ in range(2)]
    assert answers == [200, 200]
    assert len(rows(WebhookEvent)) == 1


async def test_the_same_event_many_times_at_once_is_one_row(database: str) -> None:
    body = event()
    header = signed(body)["stripe-signature"]
    kept = await asyncio.gather(*(webhooks.receive(body, header, (SECRET,)) for _ in range(16)))
    assert sum(kept) == 1
    assert len(rows(WebhookEvent)) == 1


async def test_unknown_types_and_customers_are_stored_and_need_nothing(database: str, doors: TestClient) -> None:
    for id, type in (("evt_type", "nobody.knows.this"), ("evt_customer", "customer.subscription.updated")):
        body = event(id, type=type)
        assert doors.post(DOOR, content=body, headers=signed(body)).status_code == 200
    await do_waiting_work()
    assert _statuses() == {"evt_type": "ignored", "evt_customer": "ignored"}


def test_an_event_of_the_other_mode_is_kept_and_ignored(database: str, doors: TestClient) -> None:
    body = event(livemode=True)
    assert doors.post(DOOR, content=body, headers=signed(body)).status_code == 200
    assert _statuses() == {"evt_1": "ignored"}


def test_an_event_about_a_customer_in_full_is_kept_by_the_customers_id(sqlite: str, doors: TestClient) -> None:
    expanded = {"id": "sub_1", "object": "subscription", "customer": {"id": "cus_7", "object": "customer"}}
    body = event(about=expanded, type="customer.subscription.created")
    doors.post(DOOR, content=body, headers=signed(body))
    assert [row.stripe_customer_id for row in rows(WebhookEvent)] == ["cus_7"]


def test_a_locked_database_makes_stripe_send_it_again(
    sqlite: str, doors: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_MILLISECONDS", 100)
    file = settings().database_url.removeprefix("sqlite:///")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    body = event()
    assert doors.post(DOOR, content=body, headers=signed(body)).status_code == 503
    other.execute("ROLLBACK")
    other.close()
    assert doors.post(DOOR, content=body, headers=signed(body)).status_code == 200


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_that_is_away_makes_stripe_send_it_again(
    kind: str, doors: TestClient, configured: Callable[..., None], tmp_path: Path
) -> None:
    away = {
        "sqlite": f"sqlite:///{tmp_path / 'no such folder' / 'app.db'}",
        "postgresql": "postgresql+psycopg://nobody@127.0.0.1:9/nothing",
    }
    configured(DATABASE_URL=away[kind])
    body = event()
    answer = doors.post(DOOR, content=body, headers=signed(body))
    db.stop()
    assert answer.status_code == 503
    assert json.dumps(answer.text).isascii()
