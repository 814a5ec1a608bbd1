"""Secrets that travel: random tokens known only by their digest, and short values with our signature."""

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta

from saas_app.core import clock
from saas_app.core.config import settings


def new_token() -> str:
    """256 random bits, fit for a cookie or a link."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What the database keeps instead of the token. The token is random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def matches(token: str, kept_digest: str) -> bool:
    """Whether this token is the one behind the digest, in constant time."""
    return hmac.compare_digest(digest(token), kept_digest)


def keyed_digest(purpose: str, value: str) -> str:
    """A digest only we can make: for guessable things (addresses, e-mails) that need not be stored in clear."""
    return _mac(settings().signing_keys[0], purpose, value.encode()).hex()


def derived_keys(purpose: str) -> tuple[str, ...]:
    """Keys for one purpose: the one that encrypts, then the one before, with which there may be something to read."""
    return tuple(_mac(key, purpose, b"derived key").hex() for key in settings().signing_keys)


def sign(purpose: str, value: str, lasts: timedelta) -> str:
    """A value a browser may carry but not change, reuse elsewhere or keep for ever."""
    body = f"{int((clock.now() + lasts).timestamp())}.{value}".encode()
    return f"{_encode(body)}.{_encode(_mac(settings().signing_keys[0], purpose, body))}"


def unsign(purpose: str, signed: str) -> str | None:
    """The value, if we signed it for this purpose, with this key or the one before, and it has not expired."""
    try:
        body, mac = (_decode(part) for part in signed.split("."))
        expires, _, value = body.decode().partition(".")
        in_time = clock.now().timestamp() < int(expires)
    except ValueError:
        return None
    known = [hmac.compare_digest(mac, _mac(key, purpose, body)) for key in settings().signing_keys]
    return value if any(known) and in_time else None


def _mac(key: bytes, purpose: str, body: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\x00" + body, "sha256")


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
