"""Tokens, ids, clocks, addresses and logs: the small things everything else trusts."""

import io
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings, strategies
from starlette.requests import Request

from saas_app.core import clock, ids, logs, tokens
from saas_app.core.errors import AppError, BadInput, TooManyTries, in_words
from saas_app.core.types import Utc
from saas_app.core.visitors import client_ip, device_label, safe_path
from tests.conftest import Hands


def request(client: str = "192.0.2.1", **headers: str) -> Request:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "headers": pairs, "client": (client, 1)})


def test_tokens_are_long_and_kept_as_digests() -> None:
    token = tokens.new_token()
    assert len(token) == 43
    assert tokens.matches(token, tokens.digest(token))
    assert not tokens.matches(tokens.new_token(), tokens.digest(token))


def test_a_signed_value_holds_for_its_purpose_and_time(hands: Hands) -> None:
    signed = tokens.sign("known", "usr_1,usr_2", timedelta(minutes=5))
    assert tokens.unsign("known", signed) == "usr_1,usr_2"
    assert tokens.unsign("other", signed) is None
    hands.move(minutes=5)
    assert tokens.unsign("known", signed) is None


def test_keys_can_be_changed_without_voiding_what_is_out(configured: Callable[..., None]) -> None:
    configured(SECRET_KEY="a" * 32)
    signed = tokens.sign("known", "x", timedelta(minutes=5))
    configured(SECRET_KEY="b" * 32, SECRET_KEY_OLD="a" * 32)
    assert tokens.unsign("known", signed) == "x"
    configured(SECRET_KEY="b" * 32, SECRET_KEY_OLD="")
    assert tokens.unsign("known", signed) is None


@given(strategies.text())
@settings(max_examples=100)
def test_nothing_made_up_passes_as_signed(text: str) -> None:
    assert tokens.unsign("known", text) is None
    assert tokens.unsign("known", f"{text}.{text}") is None


def test_one_changed_letter_breaks_a_signature() -> None:
    signed = tokens.sign("known", "usr_1", timedelta(minutes=5))
    for place, letter in enumerate(signed):
        changed = signed[:place] + ("A" if letter != "A" else "B") + signed[place + 1 :]
        if changed[:-1] != signed[:-1]:  # the last letter of base64 has bits to spare
            assert tokens.unsign("known", changed) is None


def test_ids_say_what_they_are_and_do_not_repeat() -> None:
    made = {ids.new_id("usr") for _ in range(1000)}
    assert len(made) == 1000
    assert all(each.startswith("usr_") and len(each) == 24 for each in made)


def test_moments_are_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC
    sqlite = sa.create_engine("sqlite://").dialect
    with pytest.raises(ValueError, match="time zone"):
        Utc().process_bind_param(datetime(2026, 1, 1), sqlite)  # noqa: DTZ001
    assert Utc().process_result_value(datetime(2026, 1, 1), sqlite) == datetime(2026, 1, 1, tzinfo=UTC)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("hops", "client", "forwarded", "address"),
    [
        ("0", "192.0.2.1", "198.51.100.1", "192.0.2.1"),
        ("1", "192.0.2.1", "198.51.100.1", "198.51.100.1"),
        ("1", "192.0.2.1", "10.0.0.1, 198.51.100.1", "198.51.100.1"),
        ("2", "192.0.2.1", "10.0.0.1, 198.51.100.1, 203.0.113.1", "198.51.100.1"),
        ("2", "192.0.2.1", "198.51.100.1", "192.0.2.1"),
        ("1", "192.0.2.1", "nonsense", "unknown"),
        ("0", "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("0", "::ffff:192.0.2.1", "", "192.0.2.1"),
        ("0", "testclient", "", "unknown"),
    ],
)
def test_addresses_are_believed_only_from_our_own_proxies(
    configured: Callable[..., None], hops: str, client: str, forwarded: str, address: str
) -> None:
    configured(TRUSTED_PROXY_HOPS=hops)
    assert client_ip(request(client, x_forwarded_for=forwarded)) == address


def test_a_browser_is_named_as_its_owner_would() -> None:
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1"
    assert device_label(request(user_agent=firefox)) == "Firefox on Linux"
    assert device_label(request(user_agent=safari)) == "Safari on iPhone"
    assert device_label(request(user_agent="<script>")) == "A browser"


@given(strategies.text(alphabet="/\\%25cf2eE.a:@?# \t\n\x00"))
def test_a_way_on_is_a_path_of_ours_or_the_usual_one(wanted: str) -> None:
    found = safe_path(wanted, "/dashboard")
    assert found == "/dashboard" or (found.startswith("/") and not found.startswith(("//", "/\\")))
    assert not set(found) & set("\\ \t\n\x00")


def test_paths_of_ours_stay_as_they_are() -> None:
    for path in ("/", "/billing?plan=pro_v1", "/scenarios/scn_1#top", "/a%20b"):
        assert safe_path(path, "/dashboard") == path


def test_errors_speak_to_people() -> None:
    assert str(TooManyTries(120)) == "Too many tries. Please wait 2 minutes and try again."
    assert [in_words(seconds) for seconds in (1, 59, 91, 7200)] == ["a second", "59 seconds", "2 minutes", "2 hours"]
    wrong = BadInput({"email": "No.", "name": "No name."})
    assert (wrong.status, wrong.field, str(wrong)) == (422, "email", "No. No name.")
    assert isinstance(wrong, AppError)


def test_a_log_line_holds_only_what_is_listed() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.Lines())
    log = logging.getLogger("security")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        request_name = logs.new_request_id()
        logs.security("logged in", ip="192.0.2.1", user="usr_1", email="ada@example.com", password="s3cret")
    finally:
        log.removeHandler(handler)
        logs.request_id.set("")
    line = json.loads(written.getvalue())
    assert (line["event"], line["ip"], line["user"], line["request"]) == (
        "logged in",
        "192.0.2.1",
        "usr_1",
        request_name,
    )
    assert line["at"].endswith("+00:00")
    assert "s3cret" not in written.getvalue()
    assert "ada@" not in written.getvalue()


@pytest.mark.parametrize("name", logs.PAYLOAD_LOGGERS)
def test_payloads_that_reflex_would_log_are_left_out(name: str, caplog: pytest.LogCaptureFixture) -> None:
    logs.keep_payloads_out()
    for words in logs.PAYLOAD_WORDS:
        logging.getLogger(name).error(
            f"{words} for Event(payload={{'password': 's3cret'}})", exc_info=KeyError("s3cret")
        )
    assert "s3cret" not in caplog.text
    assert caplog.text.count("payload left out") == len(logs.PAYLOAD_WORDS)
