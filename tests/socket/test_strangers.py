"""A stranger with a program of their own gets in nowhere, sees nothing and writes nothing."""

import uuid
from typing import Any

import httpx
import pytest

from tests.e2e.stack import Stack
from tests.socket.handlers import everything, named, ours
from tests.socket.people import ROOT, Account, Socket, Update, become_a_customer, connected, knock

LOAN = {"principal": "100000", "rate": "5", "years": "30"}
TABLES = ("users", "scenarios", "customers", "subscriptions", "invoices", "checkout_attempts", "outbox")
PAYLOADS: tuple[Any, ...] = ({}, {"form": LOAN}, {"scenario_id": "scn_1"}, {"form": [1]}, {"vars": {}}, {"value": True})


def _counts(stack: Stack) -> dict[str, int]:
    return {table: stack.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}  # noqa: S608 (our names)


def _sent_to_log_in(update: Update) -> bool:
    events = update.get("events") or []
    paths = [event["payload"].get("path") for event in events]
    return paths == ["/login"] and not update.get("delta")


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://localhost", "http://localhost:1", "http://localhost.evil"]
)
def test_a_socket_from_another_site_is_not_opened(stack: Stack, ada: Account, origin: str | None) -> None:
    assert knock(stack.url, token=str(uuid.uuid4()), origin=origin, cookie=ada.cookie) == 403


@pytest.mark.parametrize("token", ["", "x", "../../etc/passwd", "0" * 36, str(uuid.UUID(int=7)), "a" * 5000])
def test_a_tab_that_is_not_named_as_reflex_names_them_is_not_opened(stack: Stack, token: str) -> None:
    assert knock(stack.url, token=token, origin=stack.url) == 403


@pytest.mark.parametrize("cookie", ["", "made-up", "a" * 64])
def test_without_a_session_every_handler_leads_to_the_log_in_and_does_nothing(stack: Stack, cookie: str) -> None:
    before = _counts(stack)
    for name in ours():
        with connected(stack.url, cookie=cookie) as stranger:
            stranger.ask(f"{ROOT}.hydrate")
            answers = [stranger.ask(name, payload) for payload in PAYLOADS]
            assert all(_sent_to_log_in(answer) for answer in answers), name
    assert _counts(stack) == before


def test_reflexs_own_doors_do_nothing_for_a_stranger(stack: Stack) -> None:
    refused = [name for name, mark in everything().items() if mark == "refused"]
    with connected(stack.url) as stranger:
        stranger.ask(f"{ROOT}.hydrate")
        for name in refused:
            assert _sent_to_log_in(stranger.ask(name, {"var_name": "said", "value": "mine"})), name


def test_a_stranger_who_loads_a_member_page_gets_an_empty_one(stack: Stack, ada: Account) -> None:
    with connected(stack.url, path="/dashboard") as stranger:
        stranger.ask(f"{ROOT}.hydrate")
        _only_empty_values(stranger)


def _only_empty_values(stranger: Socket) -> None:
    said = "\n".join(stranger.frames)
    assert "@example.com" not in said
    assert '"loaded_rx_state_":true' not in said.replace(" ", "")


@pytest.mark.parametrize("still_there", [True, False])
@pytest.mark.parametrize("thief", ["stranger", "bob"])
def test_the_name_of_somebodys_tab_opens_nothing(
    stack: Stack, ada: Account, bob: Account, thief: str, still_there: bool
) -> None:
    cookie = bob.cookie if thief == "bob" else ""
    victim = Socket(stack.url, cookie=ada.cookie)
    victim.open()
    victim.ask(f"{ROOT}.hydrate")
    victim.ask(named("account_state.load"))
    assert ada.email in "".join(victim.frames)
    if not still_there:
        victim.close()
    with connected(stack.url, cookie=cookie, token=victim.token) as stolen:
        stolen.say(named("account_state.load"))
        stolen.ask(f"{ROOT}.hydrate")
        stolen.ask(named("account_state.load"))
        assert ada.email not in "".join(stolen.frames)
    if still_there:
        victim.close()


def test_logging_out_ends_an_open_socket_at_its_next_event(stack: Stack, ada: Account) -> None:
    with connected(stack.url, cookie=ada.cookie) as tab:
        tab.ask(f"{ROOT}.hydrate")
        assert tab.ask(named("scenarios_state.load")).get("delta")
        _log_out(stack, ada)
        assert _sent_to_log_in(tab.ask(named("scenarios_state.load")))


def test_nothing_is_pushed_to_a_tab_whose_session_has_ended(stack: Stack, ada: Account) -> None:
    with connected(stack.url, cookie=ada.cookie) as ended, connected(stack.url, cookie=_again(stack, ada)) as live:
        for tab in (ended, live):
            tab.ask(f"{ROOT}.hydrate")
            tab.ask(named("account_state.load"))
        _log_out(stack, ada)
        become_a_customer(stack.url, live.cookie)
        assert '"has_customer": true' in str(live.hear()).replace("'", '"').replace("True", "true")
        assert _sent_to_log_in(ended.ask(named("account_state.load")))


def _log_out(stack: Stack, who: Account) -> None:
    gone = httpx.post(f"{stack.url}/logout", headers={"origin": stack.url, "cookie": f"session={who.cookie}"})
    assert gone.status_code == 303


def _again(stack: Stack, who: Account) -> str:
    """The same person's cookie in a second browser."""
    form = {"email": who.email, "password": who.password}
    sent = httpx.post(f"{stack.url}/login", data=form, headers={"origin": stack.url, "x-forwarded-for": who.address})
    return sent.cookies["session"]
