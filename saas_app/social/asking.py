"""What is asked of a provider, by Authlib: where to send a browser, and who came back.

OpenID Connect Core 1.0 with discovery, PKCE (RFC 7636) and a nonce; GitHub speaks OAuth 2.0 only, so there the API is
asked who it was (https://docs.github.com/en/apps/oauth-apps).

Import this where it is used: the libraries take 15 MB, and a shop without providers never needs them.
"""

import logging
import time
from collections.abc import Mapping
from typing import Any

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from saas_app.core.config import settings
from saas_app.social.providers import Claims, Errand, Provider, ProviderFailed

log = logging.getLogger(__name__)

SECONDS = 8.0
DISCOVERY_KEPT_SECONDS = 3600.0
ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA")  # never "none", never a shared secret
LEEWAY_SECONDS = 60
GITHUB_AUTHORIZE = "https://github.com/login/oauth/authorize"
GITHUB_TOKEN = "https://github.com/login/oauth/access_token"  # noqa: S105 (an address)
GITHUB_API = "https://api.github.com"

_kept: dict[str, tuple[float, Mapping[str, Any]]] = {}


async def address_to_ask(there: Provider, errand: Errand) -> str:
    """Where to send the browser. Raises ProviderFailed."""
    where = GITHUB_AUTHORIZE if not there.issuer else (await _discovered(there))["authorization_endpoint"]
    async with _client(there) as client:
        extra = {"nonce": errand.nonce} if there.issuer else {}
        url, _ = client.create_authorization_url(where, state=errand.state, code_verifier=errand.verifier, **extra)
    return str(url)


async def who_came_back(there: Provider, errand: Errand, code: str) -> Claims:
    """Change the code for what the provider says of the person. Raises ProviderFailed."""
    try:
        async with _client(there) as client:
            if not there.issuer:
                return await _ask_github(there, client, errand, code)
            found = await _discovered(there)
            token = await client.fetch_token(found["token_endpoint"], code=code, code_verifier=errand.verifier)
            claims = _verified(there, found, await _keys(found), token.get("id_token", ""), errand.nonce)
            return _of_openid(there, claims)
    except (OAuthError, httpx2.HTTPError, JoseError, KeyError, ValueError) as error:
        log.warning("no log-in by %s: %s", there.key, type(error).__name__)
        raise ProviderFailed(there.name) from error


def _client(there: Provider) -> Any:  # Authlib makes it of httpx2.AsyncClient, which no annotation says
    return AsyncOAuth2Client(
        client_id=there.client_id,
        client_secret=there.client_secret,
        redirect_uri=f"{settings().base_url}/auth/{there.key}/callback",
        scope=there.scope,
        code_challenge_method="S256",
        timeout=SECONDS,
    )


def _verified(there: Provider, found: Mapping[str, Any], keys: KeySet, id_token: str, nonce: str) -> dict[str, Any]:
    """The claims of an ID token that this very provider signed for us, for this very trip (OIDC Core §3.1.3.7)."""
    claims = jwt.decode(id_token, keys, algorithms=list(ALGORITHMS)).claims
    rules = JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": found["issuer"]},
        sub={"essential": True},
        aud={"essential": True, "value": there.client_id},
        exp={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    rules.validate(claims)
    if claims.get("azp", there.client_id) != there.client_id:
        raise ValueError("the token was made for another client")
    return claims


def _of_openid(there: Provider, claims: Mapping[str, Any]) -> Claims:
    email = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
    return Claims(there.key, str(claims["iss"]), str(claims["sub"]), email, str(claims.get("name", "")))


async def _discovered(there: Provider) -> Mapping[str, Any]:
    """What the provider says of itself; it must be the one that was asked (OIDC Discovery §4.3)."""
    kept = _kept.get(there.issuer)
    if kept and time.monotonic() - kept[0] < DISCOVERY_KEPT_SECONDS:
        return kept[1]
    try:
        found = await _get(f"{there.issuer.rstrip('/')}/.well-known/openid-configuration")
        if str(found["issuer"]).rstrip("/") != there.issuer.rstrip("/"):
            raise ValueError("the issuer calls itself otherwise")
    except (httpx2.HTTPError, KeyError, ValueError) as error:
        log.warning("%s cannot be discovered: %s", there.key, type(error).__name__)
        raise ProviderFailed(there.name) from error
    _kept[there.issuer] = (time.monotonic(), found)
    return found


async def _keys(found: Mapping[str, Any]) -> KeySet:
    """Read for each log-in: providers change their keys, and a log-in is rare."""
    return KeySet.import_key_set(await _get(str(found["jwks_uri"])))


async def _get(url: str) -> Any:
    async with httpx2.AsyncClient(timeout=SECONDS) as client:
        answer = await client.get(url)
        answer.raise_for_status()
        return answer.json()


async def _ask_github(there: Provider, client: Any, errand: Errand, code: str) -> Claims:
    await client.fetch_token(GITHUB_TOKEN, code=code, code_verifier=errand.verifier)
    person = (await client.get(f"{GITHUB_API}/user")).raise_for_status().json()
    addresses = (await client.get(f"{GITHUB_API}/user/emails")).raise_for_status().json()
    email = next((each["email"] for each in addresses if each["primary"] and each["verified"]), "")
    name = str(person.get("name") or person["login"])
    return Claims(there.key, "https://github.com", str(person["id"]), email, name)
