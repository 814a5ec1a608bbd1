"""A real OpenID Connect provider, as a program of its own; whoever names a subject there is that person."""

import sys
from pathlib import Path
from typing import Any

import httpx

from stripe_sandbox import testing
from tests.e2e.stack import Server, surroundings


def provider(folder: Path) -> tuple[str, Server]:
    """Its address, and the program, which is not running yet."""
    port = testing.free_port()
    address = f"http://localhost:{port}"
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    ready = f"{address}/.well-known/openid-configuration"
    return address, Server(command, ready, env=surroundings(), log=folder / "provider.log")


def tell(issuer: str, subject: str, **claims: Any) -> None:
    """What the provider says of somebody from now on."""
    known = {"email": "ada@example.com", "email_verified": True, "name": "Ada Lovelace", **claims}
    httpx.put(f"{issuer}/users/{subject}", json=known).raise_for_status()
