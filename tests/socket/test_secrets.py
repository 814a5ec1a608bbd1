"""What no browser, log or database may hold in clear."""

from pathlib import Path

import pytest

from saas_app.core.config import DEVELOPMENT_SECRET
from tests.e2e.stack import Stack
from tests.socket.handlers import named, ours
from tests.socket.people import PASSWORD, ROOT, Account, connected

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
