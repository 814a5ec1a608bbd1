"""One walk through every door of the app: as a stranger, and as somebody who holds another person's ids.

Whoever adds a page or a route says in `doors.txt` for whom it is: public (anybody), member (logged in), fresh (logged
in, and has lately proved who they are), paid (a member who has paid for it), admin (an administrator), signed (Stripe's
signature) or local (not there in production).
"""

import json
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.stack import Stack
from tests.socket.doors import every_door
from tests.socket.handlers import everything
from tests.socket.people import ROOT, Account, NoAnswer, connected

REVIEWED = Path(__file__).with_name("doors.txt")
HOW = """
The doors of the app are not those that were reviewed. For each new one, think of a stranger, of another member and of
somebody who has not paid; then write it into tests/socket/doors.txt with its mark:
"""
MARKS = {"public", "member", "fresh", "paid", "admin", "signed", "local"}


def marked() -> list[tuple[str, str, str]]:
    """(mark, method, path) of every door that was reviewed."""
    return [tuple(line.split()) for line in REVIEWED.read_text().splitlines()]  # type: ignore[misc]


def closed(method: str) -> list[str]:
    """The paths of the doors for members."""
    return [path for mark, kind, path in marked() if kind == method and mark in ("member", "fresh", "paid", "admin")]


def test_every_door_was_reviewed() -> None:
    found = set(every_door())
    known = {f"{method} {path}" for _, method, path in marked()}
    differences = [*(f"+ {each}" for each in sorted(found - known)), *(f"- {each}" for each in sorted(known - found))]
    assert not differences, HOW + "\n".join(differences)
    assert {mark for mark, _, _ in marked()} <= MARKS


def ask(stack: Stack, method: str, path: str, account: Account | None = None, **form: str) -> httpx.Response:
    headers = {"origin": stack.url, "x-forwarded-for": account.address if account else "10.66.66.66"}
    if account:
        headers["cookie"] = f"session={account.cookie}"
    path = path.replace("{token}", "x" * 43).replace("{provider}", "google").replace("{id}", "mail_x")
    return httpx.request(method, stack.url + path, data=form or None, headers=headers, timeout=30)


def rows(stack: Stack) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in every table that is about people."""
    database = sqlite3.connect(f"file:{stack.data / 'app.db'}?mode=ro", uri=True)
    try:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        passing = {"tries", "schedule", "mailbox", "outbox", "alembic_version", "webhook_events", "stripe_objects"}
        return {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in set(names) - passing}  # noqa: S608
    finally:
        database.close()


def rows_of(stack: Stack, account: Account) -> dict[str, list[tuple[Any, ...]]]:
    """What belongs to one person, but for when they were last seen."""
    (user_id,) = stack.rows(f"SELECT id FROM users WHERE email = '{account.email}'")[0]  # noqa: S608
    return {
        name: mine
        for name, found in rows(stack).items()
        if name != "login_sessions" and (mine := [row for row in found if user_id in row])
    }


def sessions_of(stack: Stack, account: Account) -> list[tuple[Any, ...]]:
    query = "SELECT s.id, s.digest FROM login_sessions s JOIN users u ON u.id = s.user_id WHERE u.email = '{}'"
    return stack.rows(query.format(account.email))


@pytest.mark.parametrize("cookie", [None, "made-up"])
def test_a_stranger_is_sent_to_log_in_from_every_door_of_members_and_changes_nothing(
    stack: Stack, cookie: str | None
) -> None:
    eve = Account("eve@example.com", cookie, "10.66.66.66") if cookie else None
    before = rows(stack)
    form = {"name": "x", "email": "x@example.com", "password": "seven quiet lanterns", "id": "x", "plan": "pro_v1"}
    for method in ("PAGE", "GET", "POST"):
        for path in closed(method):
            sent = {} if method != "POST" else form
            answer = ask(stack, "GET" if method == "PAGE" else method, path, eve, **sent)
            where = answer.headers.get("location", "")
            assert answer.status_code == 303, (method, path)
            assert where.startswith(("/login", "/signup")), (method, path, where)
    assert rows(stack) == before


def test_no_door_breaks_whoever_comes_with_whatever(stack: Stack, ada: Account) -> None:
    for account in (None, ada):
        for mark, method, path in marked():
            if path in ("/settings/delete", "/logout") or "sessions" in path or mark == "local":
                continue
            odd = {"id": "\x00'\"--", "next": "//evil.example", "email": "é" * 300, "token": "x", "code": "x" * 999}
            form = odd if method == "POST" else {}
            answer = ask(stack, "GET" if method == "PAGE" else method, path, account, **form)
            assert answer.status_code < 500, (method, path, answer.status_code)
            assert "evil.example" not in answer.headers.get("location", "").partition("next=")[0], (method, path)
            assert "Traceback" not in answer.text


def test_another_person_s_ids_move_nothing_of_theirs_at_any_door(stack: Stack, ada: Account, bob: Account) -> None:
    ids = [str(value) for found in rows_of(stack, bob).values() for row in found for value in row if _is_id(value)]
    ids += [session_id for session_id, _ in sessions_of(stack, bob)]
    before, sessions = rows_of(stack, bob), sessions_of(stack, bob)
    assert ids
    for path in closed("POST"):
        if path == "/settings/delete":
            continue  # takes no id: it is one's own account that goes
        for wanted in ids:
            answer = ask(stack, "POST", path, ada, id=wanted, session_id=wanted, user_id=wanted, plan=wanted)
            assert answer.status_code in (200, 303, 400, 401, 402, 403, 404, 409, 410, 422, 429), (
                path,
                answer.status_code,
            )
            if path == "/settings/sessions/others":
                break
    assert rows_of(stack, bob) == before
    assert sessions_of(stack, bob) == sessions


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value[3:4] + value[4:5] != "" and "_" in value[:5]


def test_an_old_log_in_opens_no_door_that_asks_who_it_is(stack: Stack, ada: Account) -> None:
    database = sqlite3.connect(stack.data / "app.db", timeout=10)
    with database:
        mine = "user_id = (SELECT id FROM users WHERE email = ?)"
        database.execute(f"UPDATE login_sessions SET confirmed_at = '2026-01-01 00:00:00' WHERE {mine}", (ada.email,))  # noqa: S608
    database.close()
    fresh = [(method, path) for mark, method, path in marked() if mark == "fresh"]
    assert ("POST", "/settings/delete") in fresh
    before = rows_of(stack, ada)
    for method, path in fresh:
        answer = ask(
            stack, "GET" if method == "PAGE" else method, path, ada, **({} if method != "POST" else {"id": "x"})
        )
        assert answer.status_code == 303, (method, path)
        assert answer.headers["location"].startswith("/confirm?next="), (method, path)
    assert rows_of(stack, ada) == before


def test_a_member_who_has_not_paid_opens_nothing_that_is_paid(stack: Stack, ada: Account) -> None:
    handlers = [name for name, mark in everything().items() if mark == "paid"]
    doors = [(method, path) for mark, method, path in marked() if mark == "paid"]
    assert handlers
    assert doors
    before = rows_of(stack, ada)
    for name in handlers:
        with connected(stack.url, cookie=ada.cookie) as tab:
            tab.ask(f"{ROOT}.hydrate")
            told = json.dumps(tab.ask(name))
            assert " is part of " in told, (name, told)
    for method, path in doors:
        answer = ask(stack, "GET" if method == "PAGE" else method, path, ada)
        assert answer.status_code in (303, 402, 404), path
        assert answer.headers.get("location", "/locked") in ("/locked", "/billing", "/library/book"), (
            path
        )  # where it can be had
    assert rows_of(stack, ada) == before


def test_a_member_who_is_no_administrator_finds_nothing_of_theirs(stack: Stack, ada: Account) -> None:
    for method, path in [(method, path) for mark, method, path in marked() if mark == "admin"]:
        assert ask(stack, "GET" if method == "PAGE" else method, path, ada).status_code == 404, path
    with connected(stack.url, cookie=ada.cookie) as tab:
        tab.ask(f"{ROOT}.hydrate")
        for name in [name for name, mark in everything().items() if mark == "admin"]:
            with pytest.raises(NoAnswer):  # as for a handler that does not exist
                tab.ask(name)
