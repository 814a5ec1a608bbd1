"""What a statement of a user's session may be made of.

The criteria of row-level security attach to ORM entities. So everything that could name a table in another way
(text, Core tables, bare columns, strings inside operators) is refused before it is run.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import QueryableAttribute
from sqlalchemy.sql import Select, elements, selectable
from sqlalchemy.sql.visitors import HasTraverseInternals

from saas_app.core.errors import RowLevelSecurity
from saas_app.core.rls import access

_PLAIN_OPERATOR = re.compile(r"[^\w\s'\"();]*")
_HARMLESS_LITERAL = re.compile(r"\*|\d+")  # count(*), and the 1 in exists (select 1 …)
_RAW_TEXT = (elements.TextClause, selectable.TextualSelect)
_RAW_SLOTS = ("_prefixes", "_suffixes", "_hints", "_statement_hints")


@dataclass(frozen=True, slots=True)
class _Around:
    """What surrounds a part: the tables that are filtered there, and the only one a write may name there."""

    filtered: frozenset[str] = frozenset()
    target: str = ""
    made_by_orm: bool = False


def refuse_foreign_parts(statement: Any, *, made_by_orm: bool) -> None:
    """Let a statement pass only if all it is made of is filtered or harmless."""
    if statement.is_dml:  # criteria reach the table that is written, and not others in its WHERE
        name = statement.table.name
        around = _Around(frozenset([name]), target=name)
    elif made_by_orm:  # lazy loads and refreshes carry bare columns of tables that are entities in them
        around = _Around(access().readable, made_by_orm=True)
    else:
        around = _Around()
    _check(statement, around)


def _check(part: Any, around: _Around) -> None:
    _refuse_raw(part)
    if isinstance(part, elements.ColumnClause):
        _check_column(part, around)
    elif isinstance(part, selectable.TableClause):
        _check_table(part, around, is_filtered=_is_entity(part))
    elif _is_alias_of_table(part):
        _check_table(part.element, around, is_filtered=_is_entity(part))
    elif isinstance(part, Select):
        inside = around if around.made_by_orm else _Around(_entities(part))
        for child in _parts_of_select(part):
            _check(child, inside)
    else:
        for child in part.get_children():
            _check(child, around)


def _refuse_raw(part: Any) -> None:
    if isinstance(part, _RAW_TEXT) or any(getattr(part, slot, None) for slot in _RAW_SLOTS):
        raise RowLevelSecurity("raw SQL is refused in a user's session")
    if getattr(part, "is_literal", False) and not _HARMLESS_LITERAL.fullmatch(str(part.name)):
        raise RowLevelSecurity("raw SQL is refused in a user's session")
    if not _PLAIN_OPERATOR.fullmatch(getattr(getattr(part, "operator", None), "opstring", "")):
        raise RowLevelSecurity("an operator made of words is refused in a user's session")


def _check_table(table: Any, around: _Around, *, is_filtered: bool) -> None:
    if not isinstance(table, Table) or table.name not in access().readable:
        raise RowLevelSecurity(f"a user's session may not read {table.name}")
    if not is_filtered and not around.made_by_orm:
        raise RowLevelSecurity("only mapped classes may be queried in a user's session")
    if around.target not in ("", table.name):
        raise RowLevelSecurity("a write may name other tables in a subquery only")


def _check_column(column: Any, around: _Around) -> None:
    """A column brings its table along, or the subquery it comes from, which is looked at here."""
    source = column.table
    if source is None:
        return
    is_known = _is_entity(column) or "_orm_adapt" in column._annotations  # the latter: session.get
    if isinstance(source, selectable.TableClause):
        _check_table(source, around, is_filtered=is_known or source.name in around.filtered)
    elif _is_alias_of_table(source):
        _check_table(source.element, around, is_filtered=is_known)
    else:
        _check(source, _Around())


def _parts_of_select(select: Any) -> Iterator[Any]:
    """What was written into it. Its own get_children adds bare tables that it has derived from the columns."""
    yield from HasTraverseInternals.get_children(select, omit_attrs=("_setup_joins",))
    for target, onclause, source, _ in select._setup_joins:
        for part in (target, onclause, source):
            if part is not None and not isinstance(part, QueryableAttribute):  # a relationship leads to an entity
                yield part


def _entities(select: Any) -> frozenset[str]:
    """The tables that are entities of this select itself, and so get their condition."""
    sources: list[Any] = [*select._raw_columns, *select._from_obj, *(join[0] for join in select._setup_joins)]
    return frozenset(part.name for part in sources if isinstance(part, Table) and _is_entity(part)) | frozenset(
        part.table.name for part in sources if isinstance(getattr(part, "table", None), Table) and _is_entity(part)
    )


def _is_alias_of_table(part: Any) -> bool:
    return isinstance(part, selectable.AliasedReturnsRows) and isinstance(part.element, selectable.TableClause)


def _is_entity(part: Any) -> bool:
    return "parententity" in part._annotations
