"""The only kind of database session there is, and what it refuses."""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NoReturn, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import ORMExecuteState, SessionTransaction, UOWTransaction, with_loader_criteria
from sqlmodel import Session, SQLModel

from saas_app.core.errors import RowLevelSecurity
from saas_app.core.rls import Access, Actor, access
from saas_app.core.rls_statements import refuse_foreign_parts

PASS = object()  # marks statements that came through the filter; the engine refuses a user's others
USER_ROLE, SYSTEM_ROLE = "saas_user", "saas_system"


class BoundSession(Session):
    """A session of one actor. A user's session takes ORM statements about their own rows and nothing else."""

    def __init__(self, engine: Engine, actor: Actor, *, read_only: bool = False) -> None:
        if not isinstance(actor, Actor) or actor.user_id == "":  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RowLevelSecurity("a session needs somebody to work for")
        super().__init__(engine, expire_on_commit=False)
        self.info["actor"] = actor
        self.info["read_only"] = read_only

    def connection(self, *args: Any, **kwargs: Any) -> Connection:
        if not actor_of(self).is_system:
            self._refuse()
        return super().connection(*args, **kwargs)

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("bind") is not None:
            self._refuse()
        return super().get_bind(*args, **kwargs)

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RowLevelSecurity("not in this session: rows go through the unit of work")

    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _refuse  # they see neither filter nor flush


def actor_of(session: Any) -> Actor:
    """Whom this session works for."""
    return session.info["actor"]


def owner_of(session: Any) -> str:
    """The one user whose session this is, to put on new rows; the system's sessions have none."""
    user_id = actor_of(session).user_id
    if user_id is None:
        raise RowLevelSecurity("this needs the session of a user")
    return user_id


def append(session: Session, row: SQLModel) -> bool:
    """Leave a row behind; False when a row with one of its unique keys is there already, also if it came just now.

    A user's session may do so with Appended tables, the system with any. Without conflict target and RETURNING,
    since both need the right to read the table.
    """
    table: Any = sa.inspect(type(row)).local_table
    values = {column.key: getattr(row, column.key) for column in table.columns}
    if actor_of(session).is_system:
        connection = session.connection()
        statement = _appending(connection.dialect.name, table)
        return connection.execute(statement, values, execution_options={"preserve_rowcount": True}).rowcount == 1
    if table.name not in access().appendable:
        raise RowLevelSecurity(f"a user's session may not append to {table.name}")
    by_orm = _insert(session.get_bind().dialect.name)(type(row)).values(values).on_conflict_do_nothing()
    options = {"append": PASS, "preserve_rowcount": True}
    return bool(cast(Any, session).exec(by_orm, execution_options=options).rowcount == 1)


def append_all(session: Session, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """Leave many rows behind in one statement, as the system; those whose unique keys are there already are left out.

    Each row has a value for every column that has no default in the database.
    """
    if not actor_of(session).is_system:
        raise RowLevelSecurity("only the system writes many rows at once")
    connection = session.connection()
    connection.execute(_appending(connection.dialect.name, sa.inspect(table).local_table), rows)


@cache
def _appending(dialect: str, table: Any) -> Any:
    return _insert(dialect)(table).on_conflict_do_nothing()


def _insert(dialect: str) -> Callable[..., Any]:
    """The database's own way to insert what may be there already."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    return insert


def _filter(state: ORMExecuteState) -> None:
    """Give every statement of a user's session the condition that the rows are theirs, or refuse it."""
    actor = actor_of(state.session)
    if actor.is_system:
        return
    if state.is_insert:
        if state.execution_options.get("append") is not PASS:
            raise RowLevelSecurity("bulk insert is refused in a user's session; use session.add")
        state.update_execution_options(row_filter=PASS)
        return
    made_by_orm = state.is_relationship_load or state.is_column_load
    if not state.is_orm_statement or (state.is_from_statement and not made_by_orm):
        raise RowLevelSecurity("only ORM statements in a user's session")
    if state.is_update or state.is_delete:
        _refuse_foreign_write(state)
    statement: Any = state.statement
    refuse_foreign_parts(statement, made_by_orm=made_by_orm)
    owned = access().owned
    refreshes = state.is_select and state.load_options._refresh_state is not None  # pyright: ignore[reportPrivateUsage]
    if (state.is_column_load or refreshes) and state.bind_mapper and state.bind_mapper.class_ in owned:
        statement = statement.where(owned[state.bind_mapper.class_] == actor.user_id)  # criteria skip refreshes
    state.statement = statement.options(*_criteria(actor.user_id, access()))
    state.update_execution_options(row_filter=PASS)


@lru_cache(maxsize=128)  # the statements of one event, and of people who click often, share theirs
def _criteria(me: str | None, rules: Access) -> list[Any]:
    """The condition as a function of the entity: a plain expression would not reach aliases in joins."""
    mine: dict[str, Callable[[Any], Any]] = {"user_id": lambda cls: cls.user_id == me, "id": lambda cls: cls.id == me}
    return [with_loader_criteria(each, mine[owner.key], include_aliases=True) for each, owner in rules.owned.items()]


def _refuse_foreign_write(state: ORMExecuteState) -> None:
    statement: Any = state.statement
    if statement.table.name not in access().writable:
        raise RowLevelSecurity(f"a user's session may not write {statement.table.name}")
    if isinstance(state.parameters, (list, tuple)):
        raise RowLevelSecurity("executemany is refused in a user's session")
    if state.is_update:
        ordered = getattr(statement, "_ordered_values", None) or ()
        named: list[Any] = [*(statement._values or ()), *(pair[0] for pair in ordered), *(state.parameters or ())]
        if access().owner_columns[statement.table.name] in {getattr(each, "key", each) for each in named}:
            raise RowLevelSecurity("a row keeps its owner")


def _check_flush(session: Any, context: UOWTransaction, instances: Any) -> None:
    """Nothing is written for anybody else, whatever the objects were made to look like."""
    actor = actor_of(session)
    if actor.is_system:
        return
    for row in session.new:
        owner = _owner_column(row)
        if getattr(row, owner, None) is None:
            setattr(row, owner, actor.user_id)
        if getattr(row, owner) != actor.user_id:
            raise RowLevelSecurity("a row for another user")
    for row in [*session.dirty, *session.deleted]:
        owner = _owner_column(row)
        history = sa.inspect(row).attrs[owner].history
        before = [*history.deleted, *history.unchanged] or [getattr(row, owner)]
        if {before[0], getattr(row, owner)} != {actor.user_id}:
            raise RowLevelSecurity("a row of another user")


def _owner_column(row: Any) -> str:
    table = row.__table__.name
    if table not in access().writable:
        raise RowLevelSecurity(f"a user's session may not write {table}")
    return access().owner_columns[table]


def _check_attached(session: Any, row: Any) -> None:
    """A row comes into a user's session by being read there or made there: one that is brought along may say of itself
    what it likes."""
    if not actor_of(session).is_system and sa.inspect(row).key is not None:
        raise RowLevelSecurity("a row that was not read in this session")


def _bind_connection(session: Any, transaction: SessionTransaction, connection: Connection) -> None:
    """Tell the database for whom this transaction works."""
    if transaction.nested:
        return
    actor = actor_of(session)
    connection.connection.info["actor"] = actor
    if connection.dialect.name == "postgresql":
        connection.execute(
            _BIND,
            {
                "access": "on" if session.info["read_only"] else "off",
                "role": SYSTEM_ROLE if actor.is_system else USER_ROLE,
                "user": actor.user_id or "",
            },
            execution_options={"row_filter": PASS},
        )
        if actor.user_id and not session.info["read_only"]:
            connection.execute(_ALONE, {"user": actor.user_id}, execution_options={"row_filter": PASS})


# One user's writing transactions come one after another, as they do on SQLite, so that "may I add one more?" and
# adding it cannot be overtaken by the same question from another tab.
_ALONE = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:user, 0))")

# One round trip. All three are gone with the transaction, so a pooled connection remembers nobody.
_BIND = sa.text(
    "SELECT set_config('transaction_read_only', :access, true), set_config('role', :role, true),"
    " set_config('app.user_id', :user, true)"
)

event.listen(BoundSession, "do_orm_execute", _filter)
event.listen(BoundSession, "before_flush", _check_flush)
event.listen(BoundSession, "before_attach", _check_attached)
event.listen(BoundSession, "after_begin", _bind_connection)
