"""Every setting of the app: read once, checked all at once, refused with words an operator can act on."""

import os
import secrets
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from saas_app.core import config_rules
from saas_app.core.config_rules import SANDBOX_KEY as SANDBOX_KEY
from saas_app.core.errors import ConfigError

StripeMode = Literal["sandbox", "test", "live"]

DEVELOPMENT_SECRET = "development-only-secret-key-not-for-production"  # noqa: S105  refused in production


class Settings(BaseSettings):
    """The environment, then `.env`, then these defaults; names are the variables in lower case."""

    model_config = SettingsConfigDict(
        env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    app_env: Literal["development", "test", "production"] = "development"
    app_language: str = Field(default="en", pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")  # read by core/words.py
    base_url: str = ""
    data_dir: Path = Path("data")
    host: str = "0.0.0.0"  # noqa: S104  what a container's port leads to
    port: int = Field(default=3000, ge=1, le=65535)

    database_url: str = Field(default="", repr=False)
    database_owner_url: str = Field(default="", repr=False)
    database_system_url: str = Field(default="", repr=False)
    database_threads: int = Field(default=8, ge=1, le=64)

    secret_key: str = Field(default=DEVELOPMENT_SECRET, repr=False)
    secret_key_old: str = Field(default="", repr=False)

    stripe_secret_key: str = Field(default="", repr=False)
    stripe_webhook_secret: str = Field(default="", repr=False)
    stripe_api_base: str = ""
    sandbox_port: int = Field(default=4242, ge=1, le=65535)
    allow_test_key: bool = False
    stripe_tax: bool = False
    stripe_receipts: bool = False
    dispute_freezes: bool = True
    trial_days: int = Field(default=0, ge=0, le=730)
    trial_needs_card: bool = True

    google_client_id: str = ""
    google_client_secret: str = Field(default="", repr=False)
    github_client_id: str = ""
    github_client_secret: str = Field(default="", repr=False)
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = Field(default="", repr=False)
    oidc_name: str = "single sign-on"

    smtp_url: str = Field(default="", repr=False)
    mail_from: str = "hello@localhost"
    redis_url: str = Field(default="", repr=False)
    web_workers: int = Field(default=1, ge=1)
    worker: bool = True
    trusted_proxy_hops: int = Field(default=0, ge=0, le=5)

    password_min_length: int = Field(default=12, ge=8, le=64)
    session_idle_hours: int = Field(default=12, ge=1)
    session_absolute_hours: int = Field(default=24, ge=1)
    remember_idle_days: int = Field(default=14, ge=1)
    remember_absolute_days: int = Field(default=30, ge=1)

    @field_validator("base_url", "stripe_api_base")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.strip().rstrip("/")

    @field_validator("database_url", "database_owner_url", "database_system_url")
    @classmethod
    def _by_psycopg(cls, value: str) -> str:
        """Hosts hand out `postgres://`; the driver we ship is psycopg 3."""
        for scheme in ("postgres://", "postgresql://"):
            if value.startswith(scheme):
                return "postgresql+psycopg://" + value.removeprefix(scheme)
        return value

    def model_post_init(self, context: Any) -> None:
        if not self.base_url:
            self.base_url = f"http://localhost:{self.port}"
        if not self.database_url:
            self.database_url = f"sqlite:///{self.data_dir / 'app.db'}"
        if not self.stripe_secret_key:
            self.stripe_secret_key = SANDBOX_KEY
        if self.stripe_mode == "sandbox" and not self.stripe_api_base:
            self.stripe_api_base = f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def is_production(self) -> bool:
        return self.app_env == "production"

    @property
    def is_https(self) -> bool:
        """Decides about Secure cookies; by configuration, since a proxy hides the scheme."""
        return self.base_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Exactly what a browser sends as Origin."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def stripe_mode(self) -> StripeMode:
        """Which Stripe this is: ours on this machine, Stripe's test mode, or real money."""
        if self.stripe_secret_key == SANDBOX_KEY or config_rules.is_loopback(self.stripe_api_base):
            return "sandbox"
        return "live" if self.stripe_secret_key.startswith(("sk_live_", "rk_live_")) else "test"

    @property
    def stripe_file(self) -> Path:
        """Where set-up leaves the webhook secret of the current mode; other modes have their own file."""
        return self.data_dir / f"stripe-{self.stripe_mode}.env"

    def webhook_secrets(self) -> tuple[str, ...]:
        """Secrets a webhook may be signed with: the environment's (two during a rotation), and the set-up's.

        Looked at each time, so that an app which is already running sees what set-up has just written.
        """
        kept = _read_env_file(self.stripe_file).get("STRIPE_WEBHOOK_SECRET", "")
        return tuple(dict.fromkeys(f"{self.stripe_webhook_secret},{kept}".replace(",", " ").split()))

    @property
    def signing_keys(self) -> tuple[bytes, ...]:
        """The key that signs, then the one that is only still accepted."""
        return tuple(key.encode() for key in (self.secret_key, self.secret_key_old) if key)

    @classmethod
    def read(cls) -> Self:
        """The settings of this process, or a ConfigError that lists everything that is wrong."""
        env_file = os.environ.get("ENV_FILE", ".env")
        try:
            found, problems = cls(_env_file=env_file), list[str]()  # pyright: ignore[reportCallIssue]
        except ValidationError as error:
            problems = [config_rules.in_words(each) for each in error.errors()]
            wrong = {str(each["loc"][0]) for each in error.errors()}
            usable = {name: cls.model_fields[name].get_default() for name in wrong}
            found = cls(_env_file=env_file, **usable)  # pyright: ignore[reportCallIssue]
        problems += config_rules.problems(found)
        if problems:
            raise ConfigError(problems)
        return found


@cache
def settings() -> Settings:
    """The settings of this process; nothing is read before the first call."""
    return Settings.read()


def save_webhook_secret(secret: str) -> Path:
    """Keep the webhook secret of the current mode for this and every other process: 0600, whole or not at all."""
    file = settings().stripe_file
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = {**_read_env_file(file), "STRIPE_WEBHOOK_SECRET": secret}
    draft = file.with_suffix(f".{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as writing:
        writing.writelines(f"{name}={value}\n" for name, value in kept.items())
        writing.flush()
        os.fsync(writing.fileno())
    return draft.replace(file)


def _read_env_file(path: Path) -> dict[str, str]:
    try:
        now = path.stat()
        return _read_once(path, now.st_ino, now.st_mtime_ns, now.st_size)
    except (FileNotFoundError, NotADirectoryError):
        return {}


@lru_cache(maxsize=8)
def _read_once(path: Path, *_as_it_is: int) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}
