"""What the engine itself refuses: statements that came past the session, and on SQLite writes to others' rows."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.sql.elements import ReleaseSavepointClause, RollbackToSavepointClause, SavepointClause
from sqlmodel import SQLModel

from saas_app.core.errors import NotMigrated, RowLevelSecurity
from saas_app.core.rls import Actor, access
from saas_app.core.rls_session import PASS

_SAVEPOINTS = (SavepointClause, RollbackToSavepointClause, ReleaseSavepointClause)
_NOT_THEIRS = "row_actor() IS NOT '*' AND (row_actor() IS NULL OR {row}.{owner} IS NOT row_actor())"


def guard(engine: Engine) -> None:
    """Put an engine under row-level security. Only guarded engines are ever handed to sessions."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _protect_writes)
    event.listen(engine, "checkin", _belongs_to_nobody)
    event.listen(engine, "before_cursor_execute", _refuse_strangers)


def _refuse_strangers(
    connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
) -> None:
    """A user's connection runs filtered statements and the unit of work; nobody's connection runs nothing."""
    actor: Actor | None = connection.connection.info.get("actor")
    if actor is not None and actor.is_system:
        return
    if context is not None and context.execution_options.get("row_filter") is PASS:
        return
    if actor is not None and context is not None and context.compiled is not None:
        inside = context.compiled.statement
        if isinstance(inside, _SAVEPOINTS):
            return
        if (context.isinsert or context.isupdate or context.isdelete) and inside.table.name in access().writable:
            return  # rows are checked at the flush, and by triggers or policies
    raise RowLevelSecurity("a statement outside row-level security")


def _belongs_to_nobody(connection: Any, record: Any) -> None:
    record.info["actor"] = None


def _protect_writes(connection: Any, record: Any) -> None:
    """SQLite has no policies; temporary triggers on each connection refuse writes to rows of others."""
    record.info["actor"] = None

    def row_actor() -> str | None:
        actor: Actor | None = record.info.get("actor")
        return None if actor is None else "*" if actor.is_system else actor.user_id

    connection.create_function("row_actor", 0, row_actor)
    have = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in SQLModel.metadata.tables:
        if table not in have:
            raise NotMigrated(table)
    for table, owner in access().owner_columns.items():
        for verb, rows in (("INSERT", ["NEW"]), ("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"])):
            for row in rows:
                connection.execute(
                    f"CREATE TEMP TRIGGER own_{table}_{verb}_{row} BEFORE {verb} ON main.{table} "
                    f"WHEN {_NOT_THEIRS.format(row=row, owner=owner)} "
                    "BEGIN SELECT RAISE(ABORT, 'row-level security'); END"
                )
