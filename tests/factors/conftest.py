"""A browser in front of the forms and the door, an authenticator app, and passkeys of software."""

import asyncio
import hashlib
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import cbor2
import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from passlib.totp import TOTP
from starlette.applications import Starlette
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from saas_app.account import api as account_api
from saas_app.auth import api as auth_api
from saas_app.auth import code_api, passwords
from saas_app.auth.sessions import find_viewer
from saas_app.core import clock, db, mailer, tokens
from saas_app.core.config import settings
from saas_app.core.errors import AppError
from saas_app.core.viewer import Viewer
from saas_app.core.worker import Worker
from saas_app.edge import islands
from saas_app.edge.broken import refused
from saas_app.edge.door import Edge
from saas_app.edge.pages import declared
from saas_app.factors import api, pages
from tests.factories import a_user

PASSWORD = "long winding river stones"
PAGES = ("login", "login-code", "login-enter", "login-second", "confirm", "settings", "settings-delete")
SAYS = (
    "{{ notice }}|{{ errors.form }}|{{ errors.code }}|{{ errors.recovery }}|{{ errors.app }}|"
    "{{ errors.name }}|{{ form.app }}"
)
OWN = {
    "settings-authenticator": "{% if app_key %}key:{{ app_key }}:key {{ app_picture }}{% endif %}",
    "settings-recovery": "codes:{{ codes|join(' ') }}: left:{{ factors.codes_left }}:",
    "settings-passkeys": "{% for key in keys %}key:{{ key.id }}:{{ key.name }}:{{ key.used }}\n{% endfor %}",
}
OWN["settings"] = "{{ factors.admin_needs_one }}"
assert pages


class Browser(httpx.AsyncClient):
    """Keeps cookies, follows nothing by itself, and has an authenticator app."""

    app: Any = None
    codes: tuple[str, ...] = ()

    async def log_in(self, email: str = "ada@example.com", password: str = PASSWORD, **more: str) -> httpx.Response:
        return await self.post("/login", data={"email": email, "password": password, **more})

    async def who(self) -> Viewer | None:
        return await find_viewer(tokens.digest(self.cookies.get("session", "")))

    async def scan(self) -> None:
        """Open the page that sets an app up, and scan what it shows."""
        page = (await self.get("/settings/authenticator")).text
        found = re.search(r"key:([A-Z2-7 ]+):key", page)
        assert found, page
        self.app = TOTP(found[1].replace(" ", ""))

    def code(self, **later: float) -> str:
        """What the app shows now, or later."""
        return self.app.generate(time=clock.now() + timedelta(**later)).token

    async def set_up_app(self) -> httpx.Response:
        """All of it; the browser keeps the recovery codes."""
        await self.scan()
        answer = await self.post("/settings/authenticator", data={"code": self.code()})
        self.codes = codes_in(answer)
        return answer

    async def second(self, code: str = "", recovery: str = "", **more: str) -> httpx.Response:
        return await self.post("/login/second", data={"code": code, "recovery": recovery, **more})

    async def ask(self, path: str) -> dict[str, Any]:
        answer = await self.post(f"{path}/options")
        assert answer.status_code == 200, answer.status_code
        return answer.json()

    async def add_passkey(self, key: "SoftKey", name: str = "Laptop") -> httpx.Response:
        made = key.make(await self.ask("/settings/passkeys"))
        answer = await self.post("/settings/passkeys", data={"name": name, "credential": made})
        self.codes = self.codes or codes_in(answer)
        return answer

    async def mails(self) -> list[mailer.Mailbox]:
        await Worker().drain()
        return await db.read_system("mailbox", mailer.kept, None)


def codes_in(answer: httpx.Response) -> tuple[str, ...]:
    found = re.search(r"codes:([a-z0-9 -]*):", answer.text)
    return tuple(found[1].split()) if found else ()


class SoftKey:
    """A passkey as the specification has it, without a device. What it says can be bent."""

    def __init__(self, origin: str = "", *, verified: bool = True, counts: bool = True) -> None:
        self.origin = origin or settings().origin
        self.verified, self.counts = verified, counts
        self.count = 1 if counts else 0
        self.id = secrets.token_bytes(16)
        self.handle = b""
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: dict[str, Any]) -> str:
        """What the browser sends when the passkey was made."""
        self.handle = base64url_to_bytes(options["user"]["id"])
        numbers = self._key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        body = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        data = self._data(options["rp"]["id"], 0x40) + body
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options)
        return self._sent(clientDataJSON=client, attestationObject=attestation, transports=["internal", "odd"])

    def sign(self, options: dict[str, Any], **bent: Any) -> str:
        """What the browser sends when the passkey has signed."""
        self.count += 1 if self.counts else 0
        data = self._data(bent.get("host", options["rpId"]), 0)
        client = self._client("webauthn.get", options)
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        handle = bent.get("handle", self.handle)
        return self._sent(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=handle)

    def _data(self, host: str, flags: int) -> bytes:
        flags |= 0x01 | (0x04 if self.verified else 0)
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _sent(self, **response: Any) -> str:
        name = bytes_to_base64url(self.id)
        text = {key: bytes_to_base64url(each) if isinstance(each, bytes) else each for key, each in response.items()}
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}, "response": text}
        )


OpenBrowser = Callable[..., Browser]


@pytest.fixture
async def open_browser(tmp_path: Path) -> AsyncIterator[OpenBrowser]:
    """`open_browser()` is another person's browser; `ip` is where it stands."""
    for name in {*PAGES, *OWN}:
        (tmp_path / f"{name}.html").write_text(f"<p>{name}|{SAYS}|{OWN.get(name, '')}</p>")

    async def fill() -> islands.Slots:
        return islands.Slots()

    known = {name: route for name, route in declared.islands.items() if name in {*PAGES, *OWN}}
    members = {name: route for name, route in declared.members.items() if name in known}
    shown = islands.Islands(tmp_path, fill, lambda typed, kind: {}, (), known)
    islands.install(shown)
    routes = [*auth_api.routes, *code_api.routes, *account_api.routes, *api.routes]
    app = Edge(
        Starlette(routes=routes, exception_handlers={AppError: refused}),
        islands=shown,
        island_routes=known,
        members=members,
        find_viewer=find_viewer,
        base_url=settings().origin,
        build=tmp_path,
        form_targets=(),
    )
    opened: list[Browser] = []

    def open_one(ip: str = "192.0.2.1") -> Browser:
        transport = httpx.ASGITransport(app, client=(ip, 50000))
        opened.append(Browser(transport=transport, base_url=settings().base_url, headers={"content-length": "0"}))
        return opened[-1]

    yield open_one
    await asyncio.gather(*(browser.aclose() for browser in opened))


@pytest.fixture
def browser(open_browser: OpenBrowser) -> Browser:
    """The browser of the one person in the test."""
    return open_browser()


@pytest.fixture
def ada(database: str) -> Viewer:
    """Somebody with a password and a proved address."""
    return a_user("Ada", password_hash=passwords.hash_now(PASSWORD, "ada@example.com"))


@pytest.fixture
async def protected(ada: Viewer, browser: Browser) -> Browser:
    """Ada's browser, logged in, with an authenticator app set up."""
    await browser.log_in()
    await browser.set_up_app()
    return browser
