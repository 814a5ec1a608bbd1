"""Codes from an authenticator app (RFC 6238), by passlib. Secrets leave this module encrypted, or for their owner."""

import hashlib
import logging
import string
from dataclasses import dataclass
from typing import Any

from passlib.exc import TokenError

from saas_app import site
from saas_app.core import clock, tokens

STEP_SECONDS = 30

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Right:
    """A code that was right: the step it belongs to, and the secret, which may be encrypted anew."""

    counter: int
    secret: str


def new_secret() -> str:
    """160 random bits, encrypted."""
    return _app().new().to_json()


def to_type(secret: str) -> str:
    """The secret as its owner types it, in groups of four."""
    return _app().from_json(secret).pretty_key(sep=" ")


def picture(secret: str, email: str) -> str:
    """The secret as its owner scans it: a QR code, as an address for an image."""
    import segno  # here, since few processes ever need it

    uri = _app().from_json(secret).to_uri(label=email.replace(":", ""))
    return segno.make(uri, error="m", micro=False).svg_data_uri(scale=4, border=4, dark="#000", light="#fff")


def check(secret: str, code: str, last_counter: int | None) -> Right | None:
    """Whether the code is right now, or was up to a step ago or will be, and is newer than the last one used."""
    try:
        app = _app().from_json(secret)
    except KeyError:
        log.error("an authenticator's secret was encrypted with a SECRET_KEY that is gone; put it into SECRET_KEY_OLD")
        return None
    digits = "".join(each for each in code if each in string.digits)
    try:
        found = app.match(digits, time=clock.now(), window=STEP_SECONDS, last_counter=last_counter)
    except TokenError:
        return None
    return Right(found.counter, app.to_json() if app.changed else secret)


def _app() -> Any:
    """passlib's class, with our keys: the first encrypts, the one before it is still read."""
    from passlib.totp import TOTP  # here, since few processes ever need it

    keys = {hashlib.sha256(key.encode()).hexdigest()[:12]: key for key in tokens.derived_keys("authenticator")}
    return TOTP.using(
        secrets=keys, default_tag=next(iter(keys)), issuer=site.PRODUCT, now=lambda: clock.now().timestamp()
    )
