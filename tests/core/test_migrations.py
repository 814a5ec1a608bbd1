"""Migrations: up, down and up again on both databases, and no difference between them and the code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

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
    from tests.conftest import LOGIN, administer

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
