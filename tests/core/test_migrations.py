"""Migrations: up, down and up again on both databases, and no difference between them and the code."""

import os
import re
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from saas_app.auth.models import User
from saas_app.core import engines
from saas_app.core.errors import ConfigError
from tests import scratch_tables
from tests.conftest import administer, migrate, pointing_at
from tests.factories import as_system

ROOT = Path(__file__).parents[2]


def alembic(url: str, *arguments: str) -> str:
    """As an operator runs it, so without the tables that only tests have."""
    done = subprocess.run(  # noqa: S603
        [str(Path(sys.executable).with_name("alembic")), *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    from tests.conftest import LOGIN

    request.getfixturevalue("postgresql_template")  # makes the login
    admin: sa.URL = request.getfixturevalue("postgresql_admin")
    administer(admin, f"CREATE DATABASE empty OWNER {LOGIN}")
    yield admin.set(username=LOGIN, password="test", database="empty").render_as_string(hide_password=False)
    administer(admin, "DROP DATABASE empty WITH (FORCE)")


def test_migrations_and_models_agree_and_can_be_taken_back(empty_url: str) -> None:
    alembic(empty_url, "upgrade", "head")
    assert "No new upgrade operations" in alembic(empty_url, "check")
    alembic(empty_url, "downgrade", "base")
    alembic(empty_url, "upgrade", "head")


def test_a_fresh_database_has_nobody_in_it(empty_url: str) -> None:
    alembic(empty_url, "upgrade", "head")
    engine = sa.create_engine(empty_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET ROLE saas_system"))
        assert connection.execute(sa.text("SELECT count(*) FROM users")).scalar() == 0


def test_our_folder_of_migrations_does_not_hide_the_library() -> None:
    import alembic as library

    assert not (ROOT / "alembic" / "__init__.py").exists()
    assert "site-packages" in (library.__file__ or "")


def test_there_is_one_line_of_migrations() -> None:
    assert len(alembic("sqlite:///unused.db", "heads").splitlines()) == 1


def test_a_second_installation_on_one_server_is_told_the_grant_that_it_needs(
    postgresql_admin: sa.URL, postgresql_template: str
) -> None:
    """The roles are there already, made by the login of the first."""
    login = f"second_{uuid.uuid4().hex[:12]}"
    administer(
        postgresql_admin,
        f"CREATE ROLE {login} LOGIN CREATEROLE PASSWORD 'test' NOSUPERUSER NOBYPASSRLS NOINHERIT",
        f"CREATE DATABASE {login} OWNER {login}",
    )
    url = postgresql_admin.set(username=login, password="test", database=login).render_as_string(hide_password=False)
    try:
        with pytest.raises(ConfigError) as refused:
            migrate(url)
        (statement,) = re.findall(r"GRANT .*?;", str(refused.value))
        administer(postgresql_admin, statement)
        migrate(url)
        with pointing_at(url):
            scratch_tables.create(url)
            engines.check_isolation()
            assert as_system(lambda session: session.exec(select(User)).all()) == []
    finally:
        administer(
            postgresql_admin,
            f"DROP DATABASE {login} WITH (FORCE)",
            f"REVOKE saas_user, saas_system FROM {login} CASCADE",
            f"DROP ROLE {login}",
        )
