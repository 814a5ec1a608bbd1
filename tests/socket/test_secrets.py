"""What no browser, log or database may hold in clear."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from passlib.totp import TOTP

from saas_app.core.config import DEVELOPMENT_SECRET
from tests.e2e.stack import Stack
from tests.socket.handlers import named, ours
from tests.socket.people import PASSWORD, ROOT, Account, connected

T = TypeVar("T")
MARKS = ("$argon2", "whsec_", "sk_test_", "sk_live_", "rk_live_", DEVELOPMENT_SECRET, PASSWORD)


@pytest.fixture
def used(stack: Stack, ada: Account) -> str:
    """All that the server told Ada while she used every handler there is."""
    with connected(stack.url, cookie=ada.cookie) as tab:
        tab.ask(f"{ROOT}.hydrate")
        for name in ours():
            tab.say(name, {"form": {"principal": "1000", "rate": "1", "years": "1"}} if "form" in name else None)
        tab.until_silent()
        return "\n".join(tab.frames)


def test_no_secret_is_in_what_a_browser_is_told(used: str, stack: Stack, ada: Account) -> None:
    digest = stack.rows("SELECT digest FROM login_sessions ORDER BY rowid DESC LIMIT 1")[0][0]
    assert ada.email in used
    found = [mark for mark in (*MARKS, ada.cookie, digest) if mark in used]
    assert found == []


def test_no_secret_is_in_the_files_of_the_build(built_app: Path) -> None:
    files = [path for path in built_app.rglob("*") if path.suffix in (".js", ".html", ".css", ".json", ".txt", ".map")]
    assert len(files) > 20
    found = [(path.name, mark) for path in files for mark in MARKS if mark in path.read_text(errors="replace")]
    assert found == []


def test_a_session_is_nowhere_kept_in_clear(used: str, stack: Stack, ada: Account) -> None:
    kept = [path for path in stack.folder.rglob("*") if path.is_file()]
    assert any(path.name == "app.db" for path in kept)
    holders = [path.name for path in kept if ada.cookie.encode() in path.read_bytes()]
    assert holders == []


def test_a_password_is_nowhere_kept_in_clear(stack: Stack, ada: Account) -> None:
    holders = [
        path.name for path in stack.folder.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()
    ]
    assert holders == []


def test_what_is_sent_over_the_socket_does_not_reach_the_log(stack: Stack, ada: Account) -> None:
    canary = f"canary-{ada.email}"
    with connected(stack.url, cookie=ada.cookie) as tab:
        tab.ask(f"{ROOT}.hydrate")
        tab.say("no_such_state.no_such_handler", {"password": canary})
        tab.say(named("scenarios_state.work_out"), {"form": [canary]})
        tab.say(named("scenarios_state.delete"), {"nothing": canary})
        tab.ask(named("account_state.load"))
    assert canary not in stack.logs()
    assert tab.token not in stack.logs()


def mailed(stack: Stack, to: str, about: str, pattern: str) -> str:
    """What the newest mail about this holds, once it is there."""
    query = f"SELECT text FROM mailbox WHERE \"to\" = '{to}' AND subject LIKE '%{about}%' ORDER BY rowid DESC"  # noqa: S608
    found = until(lambda: [re.search(pattern, text) for (text,) in stack.rows(query)[:1]])[0]
    assert found, f"the mail about {about} says something else"
    return found[0]


def until(look: Callable[[], T]) -> T:
    """What is there once it is: the worker of another process writes it."""
    for _ in range(300):
        if found := look():
            return found
        time.sleep(0.05)  # noqa: TID251
    raise AssertionError("it never came")


def test_what_proves_who_somebody_is_reaches_no_log_and_no_table(stack: Stack, ada: Account) -> None:
    """Codes, links, secrets of an app, recovery codes, wrong passwords. Mails hold some, and only while they wait."""
    wrong = f"wrong-{ada.email}"
    headers = {"origin": stack.url, "x-forwarded-for": ada.address}
    with httpx.Client(base_url=stack.url, headers=headers, cookies={"session": ada.cookie}) as browser:
        verify = mailed(stack, ada.email, "onfirm", r"(?<=/verify/)\S{43}")
        browser.get(f"/verify/{verify}")
        assert browser.post("/verify").headers["location"] == "/dashboard"
        page = browser.get("/settings/authenticator").text
        key = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)[1]  # type: ignore[index]
        code = TOTP(key.replace(" ", "")).generate().token
        codes = re.findall(
            r"(?<=>)[a-z0-9]{4}(?:-[a-z0-9]{4}){3}(?=<)",
            browser.post("/settings/authenticator", data={"code": code}).text,
        )
        assert len(set(codes)) == 10
    with httpx.Client(base_url=stack.url, headers=headers) as other:
        other.post("/login", data={"email": ada.email, "password": wrong})
        other.post("/forgot", data={"email": ada.email})
        reset = mailed(stack, ada.email, "password", r"(?<=/reset/)\S{43}")
        other.get(f"/reset/{reset}")
        other.post("/login/code", data={"email": ada.email})
        mailed_code = mailed(stack, ada.email, "is your code", r"\b\d{6}\b")
        assert other.post("/login/enter", data={"code": mailed_code}).headers["location"].startswith("/login/second")
        half = other.cookies["step-second"]
        assert other.post("/login/second", data={"recovery": codes[0]}).status_code == 303
        token = other.cookies["session"]
    until(lambda: not stack.rows("SELECT 1 FROM outbox WHERE status = 'pending'"))
    canaries = {verify, reset, key.replace(" ", ""), key, wrong, half, token, *codes, PASSWORD}
    assert [canary for canary in canaries if canary in stack.logs()] == []
    held = [
        (table, cell)
        for table, found in everything(stack, but={"mailbox"}).items()
        for row in found
        for cell in map(str, row)
        if cell in (mailed_code, code) or any(canary in cell for canary in canaries)
    ]
    assert any(verify in text for (text,) in stack.rows("SELECT text FROM mailbox")), "or nothing could be found at all"
    assert held == []


def everything(stack: Stack, *, but: set[str]) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    names = {name for (name,) in stack.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {name: stack.rows(f"SELECT * FROM {name}") for name in names - but}  # noqa: S608
