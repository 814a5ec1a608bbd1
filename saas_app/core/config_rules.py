"""What no start may get away with. Each rule names the variable, what is wrong and what to do; never a value.

A webhook secret may be missing: `stripe-setup` makes it, and needs these settings itself.
"""

from collections.abc import Iterator
from email.utils import getaddresses
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic_core import ErrorDetails

from saas_app.core import words

if TYPE_CHECKING:
    from saas_app.core.config import Settings

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SHORTEST_SECRET = 32
SANDBOX_KEY = "sk_test_sandbox_0000000000000000"  # what the sandbox is called with when no key is set


def problems(found: "Settings") -> list[str]:
    """Everything that is wrong with these settings."""
    rules = [_language, _addresses, _databases, _secrets, _stripe, _mail, _providers]
    if found.is_production:
        rules += [_production_secrets, _production_data, _production_addresses, _production_stripe, _production_mail]
    return [problem for rule in rules for problem in rule(found)]


def in_words(error: ErrorDetails) -> str:
    """A value of the wrong kind, without repeating the value."""
    name = str(error["loc"][0]).upper()
    return f"{name}: {error['msg'].removeprefix('Value error, ')}. Correct it, or remove it for the default."


def is_loopback(url: str) -> bool:
    """Whether this address is this very machine."""
    host = urlsplit(url).hostname or ""
    return host in LOOPBACK or host.endswith(".localhost")


def _language(found: "Settings") -> Iterator[str]:
    name = found.app_language.replace("_", "-")
    if name == words.PSEUDO:
        if found.is_production:
            yield f"APP_LANGUAGE: {name} is for finding texts that were forgotten, not for customers. Remove it."
    elif not words.is_english(name) and not words.file(name).is_file():
        yield f"APP_LANGUAGE: there is no saas_app/words/{name}.po. Make it (docs/translate.md), or remove the setting."


def _addresses(found: "Settings") -> Iterator[str]:
    parts = urlsplit(found.base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        yield "BASE_URL: is not a web address. Write it like https://app.example.com."
    elif parts.path or parts.query or parts.fragment or parts.username:
        yield "BASE_URL: has more than scheme, host and port. Write it like https://app.example.com."
    if found.stripe_api_base and urlsplit(found.stripe_api_base).scheme not in {"http", "https"}:
        yield "STRIPE_API_BASE: is not a web address. Leave it empty for Stripe's own."
    if found.redis_url and urlsplit(found.redis_url).scheme not in {"redis", "rediss", "unix"}:
        yield "REDIS_URL: must begin with redis:// or rediss://. Correct it, or leave it empty."
    if found.web_workers > 1 and not found.redis_url:
        yield "WEB_WORKERS: is above 1, and open tabs are spread over the workers. Set REDIS_URL, or remove it."


def _databases(found: "Settings") -> Iterator[str]:
    for name in ("database_url", "database_owner_url", "database_system_url"):
        value: str = getattr(found, name)
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            yield f"{name.upper()}: must begin with sqlite:/// or postgresql://. Other databases are not tested."
        elif value and value.startswith("sqlite") != found.is_sqlite:
            yield f"{name.upper()}: is another kind of database than DATABASE_URL. Use the same for both."


def _secrets(found: "Settings") -> Iterator[str]:
    if len(found.secret_key.encode()) < SHORTEST_SECRET:
        yield f"SECRET_KEY: is shorter than {SHORTEST_SECRET} bytes. {_MAKE_ONE}"
    if found.secret_key_old and len(found.secret_key_old.encode()) < SHORTEST_SECRET:
        yield f"SECRET_KEY_OLD: is shorter than {SHORTEST_SECRET} bytes. Put the former SECRET_KEY here, or nothing."


def _stripe(found: "Settings") -> Iterator[str]:
    key = found.stripe_secret_key
    if not key.startswith(("sk_test_", "rk_test_", "sk_live_", "rk_live_")):
        yield "STRIPE_SECRET_KEY: is not a secret key. It begins with sk_test_ or sk_live_ (not pk_)."
    elif "_live_" in key[:8] and not found.is_production:
        yield (
            "STRIPE_SECRET_KEY: is a live key outside production, where it would charge real cards. "
            "Use a test key, or leave it empty for the sandbox."
        )
    if any(not each.startswith("whsec_") for each in found.webhook_secrets()):
        yield "STRIPE_WEBHOOK_SECRET: begins with whsec_. Copy it from the webhook endpoint in Stripe."


def _mail(found: "Settings") -> Iterator[str]:
    parts = urlsplit(found.smtp_url)
    if found.smtp_url and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
        yield "SMTP_URL: must look like smtp://user:password@host:587 or smtps://…:465."
    if not _is_one_sender(found.mail_from):
        yield 'MAIL_FROM: is not a sender. Write it like App <hello@example.com> or "App, Inc." <hello@example.com>.'


def _is_one_sender(text: str) -> bool:
    """A comma in a name without quotes makes two of it, and mails would leave from the first."""
    found = [address for _, address in getaddresses([text])]
    return len(found) == 1 and all(found[0].rpartition("@")) and not set(text) & set("\r\n")


def _providers(found: "Settings") -> Iterator[str]:
    for name in ("google", "github", "oidc"):
        have = [bool(getattr(found, f"{name}_client_{part}")) for part in ("id", "secret")]
        if any(have) and not all(have):
            yield f"{name.upper()}_CLIENT_SECRET: id and secret belong together. Set both, or neither."
    parts = urlsplit(found.oidc_issuer)
    if bool(found.oidc_client_id) != bool(found.oidc_issuer):
        yield "OIDC_ISSUER: belongs with OIDC_CLIENT_ID. Set all of OIDC_*, or none."
    elif found.oidc_issuer and parts.scheme != "https" and not is_loopback(found.oidc_issuer):
        yield "OIDC_ISSUER: must begin with https://. Copy it from your provider."


def _production_secrets(found: "Settings") -> Iterator[str]:
    if "secret_key" not in found.model_fields_set or found.secret_key.startswith("development-only"):
        yield f"SECRET_KEY: is missing or the one from development. {_MAKE_ONE}"


def _production_data(found: "Settings") -> Iterator[str]:
    if not found.data_dir.is_absolute():
        yield "DATA_DIR: is missing or relative, so a new release would start without data. Write it like /srv/data."


def _production_addresses(found: "Settings") -> Iterator[str]:
    if not found.is_https:
        yield "BASE_URL: production needs https, or cookies travel in the clear. Write it like https://app.example.com."
    if "trusted_proxy_hops" not in found.model_fields_set:
        yield (
            "TRUSTED_PROXY_HOPS: is missing, and behind a proxy all visitors would share its limits. "
            "Set 1 behind a proxy that sets X-Forwarded-For, 0 without one."
        )


def _production_stripe(found: "Settings") -> Iterator[str]:
    if found.stripe_secret_key == SANDBOX_KEY:
        yield "STRIPE_SECRET_KEY: is missing. The sandbox takes no money; copy the live key from Stripe."
    elif found.stripe_mode == "sandbox":
        yield "STRIPE_API_BASE: points at the sandbox on this machine. Remove it for Stripe's own."
    elif found.stripe_mode == "test" and not found.allow_test_key:
        yield (
            "STRIPE_SECRET_KEY: is a test key, so nobody would be charged. "
            "Use the live key, or set ALLOW_TEST_KEY=true for a rehearsal."
        )
    if found.stripe_api_base.startswith("http://") and found.stripe_mode != "sandbox":
        yield "STRIPE_API_BASE: is not https, so the key would travel in the clear. Remove it for Stripe's own."


def _production_mail(found: "Settings") -> Iterator[str]:
    if not found.smtp_url:
        yield "SMTP_URL: is missing, so no mail would leave. Write it like smtp://user:password@host:587."
    if "mail_from" not in found.model_fields_set:
        yield "MAIL_FROM: is missing. Write it like Your App <hello@example.com>."


_MAKE_ONE = "Make one: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
