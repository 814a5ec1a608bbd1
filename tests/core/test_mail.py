"""Mail: as lasting as what it is about, in one look, and readable on the spot while developing."""

import os
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlmodel import select
from starlette.applications import Starlette

from saas_app.core import mailbox_api, mailer
from saas_app.core.jobs import Outbox
from saas_app.core.worker import Worker
from tests.conftest import Hands
from tests.core.mail_server import CERTIFICATE, Server
from tests.factories import a_user, as_system

NOTE = {
    "to": "ada@example.com",
    "name": "Ada <b>",
    "subject": "Hello\r\nBcc: eve@example.com",
    "words": "One & two.\n\nThree.",
    "link": "https://app.example.com/x",
    "label": "Open it",
}


@pytest.fixture
def trusted(mail_server: Server, configured: Callable[..., None]) -> Server:
    """The same server, with a certificate that this machine believes and a password it wants."""
    mail_server.can_encrypt = True
    configured(SSL_CERT_FILE=str(CERTIFICATE), SMTP_URL=f"smtp://app:secret@127.0.0.1:{mail_server.server_address[1]}")
    return mail_server


def write(**changes: Any) -> bool:
    return as_system(lambda session: mailer.send_note(session, **{**NOTE, **changes}))


async def test_without_a_server_mails_are_kept_here(database: str) -> None:
    write()
    await Worker().drain()
    mail = as_system(mailer.latest)
    assert mail is not None
    assert (mail.to, mail.subject) == ("ada@example.com", "Hello Bcc: eve@example.com")
    assert "Hello Ada <b>,\n\nOne & two.\n\nThree.\n\nOpen it:\nhttps://app.example.com/x" in mail.text
    assert "Ada &lt;b&gt;" in mail.html
    assert "One &amp; two." in mail.html
    assert 'href="https://app.example.com/x"' in mail.html


@pytest.mark.parametrize(
    ("sender", "signature"),
    [("Ada's Bricks <ada@example.com>", "-- \nAda's Bricks\nhttp"), ("ada@example.com", "-- \nhttp")],
)
def test_a_mail_signs_with_the_name_of_its_sender_if_that_has_one(
    sqlite: str, configured: Callable[..., None], sender: str, signature: str
) -> None:
    configured(MAIL_FROM=sender)
    write()
    written = as_system(lambda session: session.exec(select(Outbox)).one()).payload
    assert signature in written["text"]
    assert written["html"].count("Bricks") == signature.count("Bricks")
    assert "> · " not in written["html"]


async def test_a_mail_is_sent_once_per_key(database: str) -> None:
    assert write(key="welcome") is True
    assert write(key="welcome") is False
    await Worker().drain()
    assert len(as_system(mailer.kept)) == 1


async def test_a_member_s_own_session_may_write_a_mail(database: str) -> None:
    from saas_app.core import db

    with db.session_for(a_user()) as session:
        mailer.send_note(session, **NOTE)
    await Worker().drain()
    assert len(as_system(mailer.kept)) == 1


async def test_with_a_server_mails_leave_and_nothing_of_them_stays(sqlite: str, mail_server: Server) -> None:
    write()
    await Worker().drain()
    (message,) = mail_server.taken
    assert (message["To"], message["From"]) == ("ada@example.com", "App <app@example.com>")
    assert message["Subject"] == "Hello Bcc: eve@example.com"
    assert message["Bcc"] is None
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "https://app.example.com/x" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert as_system(lambda session: session.exec(select(Outbox)).one()).payload == {}
    assert as_system(mailer.kept) == []


@pytest.mark.parametrize("sender", ['"App, Inc." <app@example.com>', "App Inc. <app@example.com>", "app@example.com"])
async def test_mails_leave_from_the_sender_that_the_settings_accept(
    sqlite: str, mail_server: Server, configured: Callable[..., None], sender: str
) -> None:
    configured(MAIL_FROM=sender)
    write()
    await Worker().drain()
    (message,) = mail_server.taken
    assert message["From"].addresses[0].addr_spec == "app@example.com"
    assert message["From"].addresses[0].display_name in sender
    assert message["Message-ID"].endswith("@example.com>")


async def test_password_and_mail_go_encrypted_to_a_server_that_can(sqlite: str, trusted: Server) -> None:
    write()
    await Worker().drain()
    assert [mail["To"] for mail in trusted.taken] == ["ada@example.com"]
    assert trusted.in_the_clear == ["EHLO", "STARTTLS"]
    assert trusted.encrypted == ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]


async def test_a_server_with_somebody_elses_certificate_gets_nothing(
    sqlite: str, trusted: Server, configured: Callable[..., None]
) -> None:
    configured(SSL_CERT_FILE=os.devnull)
    write()
    await Worker().drain()
    assert (trusted.in_the_clear, trusted.encrypted, trusted.taken) == (["EHLO", "STARTTLS"], [], [])


@pytest.mark.parametrize("needs_it", ["a password", "production"])
async def test_a_distant_server_that_cannot_encrypt_gets_neither_password_nor_mail(
    sqlite: str, mail_server: Server, production: dict[str, str], configured: Callable[..., None], needs_it: str
) -> None:
    login = "app:secret@" if needs_it == "a password" else ""
    # Leads to this machine, but is not named like it.
    configured(SMTP_URL=f"smtp://{login}0.0.0.0:{mail_server.server_address[1]}")
    if needs_it == "a password":
        configured(APP_ENV="test", STRIPE_SECRET_KEY="")
    write()
    await Worker().drain()
    assert (mail_server.in_the_clear, mail_server.taken) == (["EHLO", "QUIT"], [])
    row = as_system(lambda session: session.exec(select(Outbox)).one())
    assert row.status == "pending"
    assert row.error.startswith("MailRefused: The mail server offers no encryption")


async def test_a_mail_to_an_address_that_does_not_exist_is_given_up_and_forgotten(
    sqlite: str, mail_server: Server
) -> None:
    mail_server.says_to_addresses = "550 5.1.1 no such person as ada@example.com"
    write()
    await Worker().drain()
    row = as_system(lambda session: session.exec(select(Outbox)).one())
    assert (row.status, row.error, row.payload) == ("ignored", "refused for good: 550", {})


@pytest.mark.parametrize("refusal", ["450 4.2.1 come back later", "554 5.7.1 relay access denied"])
async def test_a_mail_that_is_refused_for_now_or_for_our_own_fault_is_tried_again(
    sqlite: str, mail_server: Server, refusal: str
) -> None:
    mail_server.says_to_addresses = refusal
    write()
    await Worker().drain()
    row = as_system(lambda session: session.exec(select(Outbox)).one())
    assert (row.status, row.payload["to"]) == ("pending", "ada@example.com")
    assert row.error == f"MailRefused: The mail server did not take the address ({refusal[:3]})."


async def test_a_refused_mail_is_tried_again_under_the_same_name(
    sqlite: str, mail_server: Server, hands: Hands
) -> None:
    mail_server.refusals = 1
    write()
    await Worker().drain()
    row = as_system(lambda session: session.exec(select(Outbox)).one())
    assert (row.status, row.attempts) == ("pending", 1)
    assert row.error == "MailRefused: The mail server did not take it (SMTPSenderRefused)."
    hands.move(seconds=7)
    await Worker().drain()
    first = mail_server.taken[0]["Message-ID"]
    as_system(lambda session: session.add(Outbox.model_validate(row.model_dump() | {"id": row.id + "x"})))
    assert first == mailer._message_id(row.id)
    assert first.endswith("@example.com>")


async def test_a_server_that_is_away_costs_nobody_else_anything(sqlite: str, configured: Callable[..., None]) -> None:
    configured(SMTP_URL="smtp://127.0.0.1:1", MAIL_FROM="App <app@example.com>")
    write()
    await Worker().drain()
    assert as_system(lambda session: session.exec(select(Outbox.status)).one()) == "pending"


def mailbox() -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(Starlette(routes=mailbox_api.routes())), base_url="http://localhost:3000"
    )


async def test_the_local_mailbox_shows_mails_and_marks_links(database: str) -> None:
    async with mailbox() as browser:
        assert "Nothing yet" in (await browser.get("/dev/mailbox")).text
        write()
        await Worker().drain()
        shown = await browser.get("/dev/mailbox", params={"to": "ada@example.com"})
        assert "script-src 'sha256-" in shown.headers["content-security-policy"]
        assert "Hello Bcc" in shown.text
        assert "Hello Bcc" not in (await browser.get("/dev/mailbox", params={"to": "eve@example.com"})).text
        mail = as_system(mailer.latest)
        assert mail is not None
        page = await browser.get(f"/dev/mailbox/{mail.id}")
        assert '<a href="https://app.example.com/x">https://app.example.com/x</a>' in page.text
        assert "<iframe sandbox " in page.text
        assert "Hello Ada &lt;b&gt;" in page.text
        assert "<script" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert (await browser.get("/dev/mailbox/none")).status_code == 404


async def test_production_has_no_local_mailbox(production: dict[str, str]) -> None:
    assert mailbox_api.routes() == []
