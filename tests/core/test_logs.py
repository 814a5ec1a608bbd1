"""The log of a server: lines a machine can read, one request under one name, and nothing about anybody."""

import io
import json
import logging
from collections.abc import Generator
from typing import Any

import pytest

from saas_app.core import logs


@pytest.fixture
def written() -> Generator[io.StringIO]:
    """What a server would write to standard error; logging is put back as it was."""
    root, security = logging.getLogger(), logging.getLogger("security")
    before = (root.handlers[:], root.level, security.level)
    page = io.StringIO()
    logs.start(production=True, to=page)
    yield page
    root.handlers[:], root.level, security.level = before
    for name in logs.CHATTY:
        logging.getLogger(name).setLevel(logging.NOTSET)


def lines(page: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in page.getvalue().splitlines()]


def test_what_belongs_to_one_request_carries_its_name(written: io.StringIO) -> None:
    name = logs.new_request_id()
    logging.getLogger("saas_app.x").warning("first")
    logs.security("logged in", ip="192.0.2.1", user="usr_1")
    first, second = lines(written)
    assert first["request"] == second["request"] == name
    assert (first["says"], first["level"]) == ("first", "warning")
    assert (second["event"], second["user"], second["ip"]) == ("logged in", "usr_1", "192.0.2.1")


def test_a_field_that_is_not_listed_is_not_written(written: io.StringIO) -> None:
    logs.security("log-in failed", ip="192.0.2.1", email="ada@example.com", password="canary")
    logging.getLogger("saas_app.x").error("broke", extra={"token": "canary", "status": 500})
    assert "canary" not in written.getvalue()
    assert "ada@" not in written.getvalue()
    assert lines(written)[1]["status"] == 500


def test_a_trace_stays_on_one_line(written: io.StringIO) -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("saas_app.x").exception("broke")
    (line,) = lines(written)
    assert "two\nlines" in line["trace"]


def test_libraries_that_tell_of_every_call_are_quiet(written: io.StringIO) -> None:
    logging.getLogger("stripe").info("Request to Stripe api path=/v1/customers/cus_1")
    logging.getLogger("httpx").info("HTTP Request: POST https://api.stripe.com/v1/customers")
    assert written.getvalue() == ""
