"""What a migration says about who may touch a table, as PostgreSQL statements. On SQLite there is nothing to do.

Frozen like the migrations that call it: to do something differently, add a function; never change one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection, make_url

ME = "(SELECT nullif(current_setting('app.user_id', true), ''))"  # one evaluation per statement; '' is nobody


def create_roles() -> None:
    """The two roles that sessions take on. Roles belong to the whole server, so they may be there already."""
    if not _is_postgresql():
        return
    for role in ("saas_user", "saas_system"):
        op.execute(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN "
            f"CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS; END IF; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    op.execute("GRANT USAGE ON SCHEMA public TO saas_user, saas_system")


def owned(table: str, *, owner: str = "user_id", writes: bool = True) -> None:
    """A user reads, and perhaps writes, the rows that are theirs."""
    _closed(table)
    rights = "SELECT, INSERT, UPDATE, DELETE" if writes else "SELECT"
    command = "ALL" if writes else "SELECT"
    check = f"WITH CHECK ({owner} = {ME})" if writes else ""
    _run(
        f"GRANT {rights} ON {table} TO saas_user",
        f"CREATE POLICY {table}_owner ON {table} FOR {command} TO saas_user USING ({owner} = {ME}) {check}",
    )


def system_only(table: str) -> None:
    """No user's session ever sees this table, though its rows are about users."""
    _closed(table)


def never_changed(table: str, *, owner: str = "user_id") -> None:
    """A user reads their own rows, the system adds rows and reads all, and neither changes or deletes any."""
    _run(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"GRANT SELECT ON {table} TO saas_user",
        f"GRANT SELECT, INSERT ON {table} TO saas_system",
        f"CREATE POLICY {table}_owner ON {table} FOR SELECT TO saas_user USING ({owner} = {ME})",
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO saas_system USING (true)",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO saas_system WITH CHECK (true)",
    )
    if not _is_postgresql():
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END"
            )


def shared(table: str) -> None:
    """Everybody reads, the system writes."""
    _run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO saas_system", f"GRANT SELECT ON {table} TO saas_user")


def appended(table: str) -> None:
    """Everybody may leave a row behind; only the system sees it again."""
    _run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO saas_system", f"GRANT INSERT ON {table} TO saas_user")


def internal(table: str) -> None:
    """The system's own table, with nothing of users in it."""
    _run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO saas_system")


def grant_logins(connection: Connection, *, users: str, system: str) -> None:
    """Let the logins of the settings take on their roles: one login both, of two logins each its own."""
    user_login, system_login = make_url(users).username, make_url(system).username if system else None
    wanted = [(user_login, "saas_user"), (system_login or user_login, "saas_system")]
    for login, role in wanted:
        if login is None or _may_become(connection, login, role):
            continue
        quoted = connection.dialect.identifier_preparer.quote(login)
        inherit = " WITH INHERIT FALSE, SET TRUE" if connection.dialect.server_version_info >= (16,) else ""
        connection.execute(sa.text(f"GRANT {role} TO {quoted}{inherit}"))


def _may_become(connection: Connection, login: str, role: str) -> bool:
    how = "SET" if connection.dialect.server_version_info >= (16,) else "MEMBER"
    query = sa.text("SELECT pg_has_role(:login, :role, :how)")
    return bool(connection.execute(query, {"login": login, "role": role, "how": how}).scalar())


def _closed(table: str) -> None:
    _run(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO saas_system",
        f"CREATE POLICY {table}_system ON {table} TO saas_system USING (true) WITH CHECK (true)",
    )


def _run(*statements: str) -> None:
    if _is_postgresql():
        for statement in statements:
            op.execute(statement)


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
