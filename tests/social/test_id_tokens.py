"""What an ID token must be before it says who somebody is (OpenID Connect Core 1.0, section 3.1.3.7)."""

import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey, RSAKey

from saas_app.social.asking import _of_openid, _verified
from saas_app.social.providers import Provider

ISSUER = "https://login.example"
THERE = Provider("oidc", "Example", "ours", "a secret", ISSUER)
KEY = RSAKey.generate_key(2048, {"kid": "theirs"})
KEYS = KeySet([KEY])


def token(*, key: Any = KEY, alg: str = "RS256", **changes: Any) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": "ada", "aud": "ours", "exp": now + 300, "iat": now, "nonce": "this trip's"}
    kept = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": "theirs"}, kept, key, algorithms=[alg])


def verified(id_token: str) -> dict[str, Any]:
    return _verified(THERE, {"issuer": ISSUER}, KEYS, id_token, "this trip's")


def test_a_token_made_for_us_on_this_trip_says_who_it_is() -> None:
    assert verified(token())["sub"] == "ada"
    assert verified(token(aud=["ours", "another"], azp="ours"))["sub"] == "ada"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"nonce": "another trip's"},
        {"nonce": None},
        {"sub": None},
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"azp": "another"},
        {"key": RSAKey.generate_key(2048, {"kid": "theirs"})},
        {"key": OctKey.import_key("a secret that is long enough for HMAC"), "alg": "HS256"},
    ],
    ids=[
        *("another client", "no client", "another issuer", "no issuer", "another trip", "no trip", "nobody", "too old"),
        *("no end", "made for another", "another key", "a shared secret"),
    ],
)
def test_any_other_token_says_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises((JoseError, ValueError)):
        verified(token(**changes))


@pytest.mark.parametrize("text", ["", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ."])
def test_what_nobody_signed_says_nothing(text: str) -> None:
    with pytest.raises((JoseError, ValueError)):
        verified(text)


@pytest.mark.parametrize(("said", "believed"), [(True, "a@example.com"), (False, ""), ("true", ""), (None, "")])
def test_only_a_verified_address_counts(said: Any, believed: str) -> None:
    claims = {"iss": ISSUER, "sub": "ada", "email": "a@example.com", "email_verified": said}
    assert _of_openid(THERE, claims).email == believed
