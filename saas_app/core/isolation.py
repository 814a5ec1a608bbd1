"""Whether this database, with these logins, would keep users apart if our own code failed to."""

import logging

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from saas_app.core.errors import ConfigError, NotMigrated
from saas_app.core.rls import OWNER, access
from saas_app.core.rls_session import SYSTEM_ROLE, USER_ROLE

log = logging.getLogger(__name__)


def check(connection: Connection, *, is_production: bool, two_logins: bool) -> None:
    """Raise NotMigrated or ConfigError. On SQLite each new connection has checked itself already."""
    if connection.dialect.name != "postgresql":
        return
    have = set(sa.inspect(connection).get_table_names())
    for table in SQLModel.metadata.tables:
        if table not in have:
            raise NotMigrated(table)
    problems = _open_tables(connection)
    roles = _mighty_roles(connection)
    if is_production:
        problems += roles
    elif roles:
        log.warning("not fit for production: %s", " ".join(roles))
    if two_logins:
        problems += _crossing_login(connection)
    if problems:
        raise ConfigError(problems)


def _mighty_roles(connection: Connection) -> list[str]:
    """PostgreSQL skips every policy for these, silently."""
    rows = connection.execute(
        sa.text(
            "SELECT rolname FROM pg_roles WHERE (rolsuper OR rolbypassrls)"
            " AND rolname IN (session_user, :user, :system)"
        ),
        {"user": USER_ROLE, "system": SYSTEM_ROLE},
    )
    return [
        f"DATABASE_URL: the role {name} bypasses row-level security. "
        f"Use one that is neither superuser nor BYPASSRLS (ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS)."
        for (name,) in rows
    ]


def _open_tables(connection: Connection) -> list[str]:
    """Tables that belong to users, and are not closed to other users."""
    rows = connection.execute(
        sa.text(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AND EXISTS"
            " (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS is_closed,"
            " EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = :owner"
            " AND NOT a.attisdropped) AS has_owner"
            " FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
        ),
        {"owner": OWNER},
    )
    owned = access().owner_columns
    return [
        f"DATABASE_URL: the table {table} has no enforced policy. Its migration must call row_policies.owned(…)."
        for table, is_closed, has_owner in rows
        if (has_owner or table in owned) and not is_closed
    ]


def _crossing_login(connection: Connection) -> list[str]:
    """With two logins, the users' one must not be able to become the system."""
    may_cross, is_users = connection.execute(
        sa.text(
            "SELECT pg_has_role(session_user, :system, 'MEMBER') AND NOT rolsuper,"
            " pg_has_role(session_user, :user, 'MEMBER') FROM pg_roles WHERE rolname = session_user"
        ),
        {"user": USER_ROLE, "system": SYSTEM_ROLE},
    ).one()
    if may_cross and is_users:
        return [f"DATABASE_URL: its login may act as {SYSTEM_ROLE}. REVOKE {SYSTEM_ROLE} from it."]
    return []
