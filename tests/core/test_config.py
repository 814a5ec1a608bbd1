"""Settings: read once, checked all at once, and refused in words that never repeat a value."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from saas_app.core.config import SANDBOX_KEY, save_webhook_secret, settings
from saas_app.core.errors import ConfigError

Configure = Callable[..., None]


def refusal() -> str:
    with pytest.raises(ConfigError) as caught:
        settings()
    return str(caught.value)


def test_without_any_settings_the_app_runs_with_the_sandbox(data_dir: Path) -> None:
    found = settings()
    assert found.stripe_mode == "sandbox"
    assert found.stripe_secret_key == SANDBOX_KEY
    assert found.stripe_api_base == "http://127.0.0.1:4242"
    assert found.database_url == f"sqlite:///{data_dir / 'app.db'}"
    assert found.base_url == "http://localhost:3000"
    assert found.worker
    assert not found.is_https


def test_the_address_follows_the_port_so_that_every_command_speaks_of_the_same_app(configured: Configure) -> None:
    configured(PORT="3001")
    assert settings().base_url == "http://localhost:3001"
    configured(BASE_URL="https://app.example.com/")
    assert settings().base_url == "https://app.example.com"


def test_a_complete_production_is_accepted(production: dict[str, str]) -> None:
    found = settings()
    assert (found.stripe_mode, found.stripe_api_base, found.origin) == ("live", "", "https://app.example.com")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY: is missing"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY: is shorter than 32"),
        ({"SECRET_KEY": "development-only-secret-key-not-for-production"}, "SECRET_KEY: is missing or the one"),
        ({"SECRET_KEY_OLD": "short"}, "SECRET_KEY_OLD: is shorter"),
        ({"DATA_DIR": ""}, "DATA_DIR: is missing"),
        ({"DATA_DIR": "data"}, "DATA_DIR: is missing or relative"),
        ({"BASE_URL": "http://app.example.com"}, "BASE_URL: production needs https"),
        ({"BASE_URL": "http://localhost:3000"}, "BASE_URL: production needs https"),
        ({"BASE_URL": "app.example.com"}, "BASE_URL: is not a web address"),
        ({"BASE_URL": "https://app.example.com/path"}, "BASE_URL: has more than"),
        ({"STRIPE_SECRET_KEY": ""}, "STRIPE_SECRET_KEY: is missing"),
        ({"STRIPE_SECRET_KEY": "sk_test_" + "1" * 24}, "STRIPE_SECRET_KEY: is a test key"),
        ({"STRIPE_SECRET_KEY": "pk_live_" + "1" * 24}, "STRIPE_SECRET_KEY: is not a secret key"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:4242"}, "STRIPE_API_BASE: points at the sandbox"),
        ({"STRIPE_API_BASE": "http://localhost:4242"}, "STRIPE_API_BASE: points at the sandbox"),
        ({"STRIPE_API_BASE": "http://stripe.example"}, "STRIPE_API_BASE: is not https"),
        ({"STRIPE_WEBHOOK_SECRET": "secret"}, "STRIPE_WEBHOOK_SECRET: begins with whsec_"),
        ({"SMTP_URL": ""}, "SMTP_URL: is missing"),
        ({"SMTP_URL": "mail.example.com"}, "SMTP_URL: must look like"),
        ({"MAIL_FROM": ""}, "MAIL_FROM: is missing"),
        ({"MAIL_FROM": "nobody"}, "MAIL_FROM: is not a sender"),
        ({"MAIL_FROM": "App <hello@>"}, "MAIL_FROM: is not a sender"),
        ({"MAIL_FROM": "App, Inc. <hello@example.com>"}, "MAIL_FROM: is not a sender"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL: must begin with"),
        ({"DATABASE_SYSTEM_URL": "postgresql://x/y"}, "DATABASE_SYSTEM_URL: is another kind"),
        ({"REDIS_URL": "localhost"}, "REDIS_URL: must begin with"),
        ({"WEB_WORKERS": "2"}, "WEB_WORKERS: is above 1"),
        ({"PORT": "http"}, "PORT: "),
        ({"PASSWORD_MIN_LENGTH": "7"}, "PASSWORD_MIN_LENGTH: Input should be greater than or equal to 8"),
        ({"TRUSTED_PROXY_HOPS": ""}, "TRUSTED_PROXY_HOPS: is missing"),
        ({"TRUSTED_PROXY_HOPS": "-1"}, "TRUSTED_PROXY_HOPS: "),
        ({"SANDBOX_PORT": "port"}, "SANDBOX_PORT: "),
        ({"APP_ENV": "staging"}, "APP_ENV: "),
        ({"WORKER": "perhaps"}, "WORKER: "),
    ],
)
def test_a_production_with_one_thing_wrong_is_refused(
    production: dict[str, str], configured: Configure, wrong: dict[str, str], says: str
) -> None:
    configured(**wrong)
    words = refusal()
    assert says in words
    assert not any(f"“{value}”" in words or f": {value}" in words for value in wrong.values() if value)
    assert "1" * 24 not in words


def test_a_live_key_is_refused_outside_production(configured: Configure) -> None:
    configured(STRIPE_SECRET_KEY="sk_live_" + "1" * 24)
    assert "STRIPE_SECRET_KEY: is a live key outside production" in refusal()


def test_a_rehearsal_with_a_test_key_must_be_asked_for(production: dict[str, str], configured: Configure) -> None:
    configured(STRIPE_SECRET_KEY="sk_test_" + "1" * 24, ALLOW_TEST_KEY="true")
    assert settings().stripe_mode == "test"


def test_everything_that_is_wrong_is_said_at_once(production: dict[str, str], configured: Configure) -> None:
    configured(SECRET_KEY="short", SMTP_URL="", WORKER="perhaps", BASE_URL="http://a.example")
    words = refusal()
    assert [name for name in ("SECRET_KEY", "SMTP_URL", "WORKER", "BASE_URL") if f"{name}: " in words] == [
        "SECRET_KEY",
        "SMTP_URL",
        "WORKER",
        "BASE_URL",
    ]


def test_no_secret_is_in_what_is_printed(production: dict[str, str]) -> None:
    printed = repr(settings())
    for name in ("SECRET_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "SMTP_URL"):
        assert production[name] not in printed


def test_settings_come_from_a_file_and_the_environment_wins(tmp_path: Path, configured: Configure) -> None:
    file = tmp_path / "settings.env"
    file.write_text("MAIL_FROM=File <file@example.com>\nSANDBOX_PORT=5000\nPORT=8000\n")
    configured(ENV_FILE=str(file), SANDBOX_PORT="6000")
    found = settings()
    assert (found.mail_from, found.sandbox_port, found.port) == ("File <file@example.com>", 6000, 8000)


@pytest.mark.parametrize("given", ["postgres://u:p@h/d", "postgresql://u:p@h/d"])
def test_addresses_as_hosts_hand_them_out_work(configured: Configure, given: str) -> None:
    configured(DATABASE_URL=given)
    assert settings().database_url == "postgresql+psycopg://u:p@h/d"


def test_a_running_app_sees_the_webhook_secret_that_set_up_writes(data_dir: Path) -> None:
    found = settings()
    assert found.webhook_secrets() == ()
    file = save_webhook_secret("whsec_one")
    assert found.webhook_secrets() == ("whsec_one",)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.name == "stripe-sandbox.env"
    save_webhook_secret("whsec_two")
    assert found.webhook_secrets() == ("whsec_two",)
    assert [file.name for file in data_dir.iterdir()] == ["stripe-sandbox.env"]


def test_a_production_starts_before_its_webhook_secret_is_made(
    production: dict[str, str], configured: Configure, data_dir: Path
) -> None:
    configured(STRIPE_WEBHOOK_SECRET="")
    started = settings()
    assert started.webhook_secrets() == ()
    save_webhook_secret("whsec_one")
    assert started.webhook_secrets() == ("whsec_one",)
    assert [file.name for file in data_dir.iterdir()] == ["stripe-live.env"]


def test_each_mode_has_a_webhook_secret_of_its_own(configured: Configure) -> None:
    save_webhook_secret("whsec_sandbox")
    configured(STRIPE_SECRET_KEY="sk_test_" + "1" * 24)
    assert settings().webhook_secrets() == ()
    configured(STRIPE_WEBHOOK_SECRET="whsec_new, whsec_old")
    assert settings().webhook_secrets() == ("whsec_new", "whsec_old")
