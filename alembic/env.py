"""How migrations run: as the owner of the tables, in one transaction, on the database of the settings."""

import logging
from logging.config import fileConfig

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from row_policies import grant_logins
from saas_app import models
from saas_app.core.config import settings
from saas_app.core.errors import ConfigError
from saas_app.core.types import Utc

assert models  # imported for the tables it brings  # noqa: S101

if context.config.config_file_name and not logging.getLogger().handlers:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)


def run() -> None:
    """Migrate, or compare, on a connection of our own: row-level security guards sessions, not the owner."""
    found = settings()
    url = found.database_owner_url or found.database_url
    if found.is_sqlite:
        found.data_dir.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    if found.is_sqlite:  # its DDL is transactional too, once the driver stops beginning on its own
        sa.event.listen(engine, "connect", lambda connection, record: setattr(connection, "isolation_level", None))
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.connect() as connection:
        if not found.is_sqlite:
            # Under FORCEd policies an UPDATE would quietly match nothing; now it fails and says so.
            connection.execute(sa.text("SET row_security = off"))
            connection.execute(sa.text("SET lock_timeout = '10s'"))
            connection.commit()
        _configure(connection)
        with context.begin_transaction():
            context.run_migrations()
        if not found.is_sqlite:
            _grant(connection, users=found.database_url, system=found.database_system_url)
            connection.commit()
    engine.dispose()


def _grant(connection: Connection, *, users: str, system: str) -> None:
    """Since PostgreSQL 16 only the login that made a role may grant it, and another installation may have made ours."""
    try:
        grant_logins(connection, users=users, system=system)
    except sa.exc.ProgrammingError as error:
        login = connection.dialect.identifier_preparer.quote(connection.engine.url.username or "")
        raise ConfigError(
            [
                "DATABASE_URL: its login may not grant the roles saas_user and saas_system, which belong to another "
                "login of this server. As a superuser run: GRANT saas_user, saas_system TO "
                f"{login} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; and then migrate again."
            ]
        ) from error


def _configure(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        compare_type=True,
        render_item=_render_item,
        user_module_prefix="sa.",
    )


def _render_item(kind: str, item: object, autogen: object) -> str | bool:
    """Migrations are frozen, so they name no types of ours."""
    if kind == "type" and isinstance(item, Utc):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and type(item).__name__ == "AutoString":
        return "sa.String()"
    return False


if context.is_offline_mode():
    raise SystemExit("Migrations need a connection: roles and policies depend on what is there.")
run()
