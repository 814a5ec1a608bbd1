"""What a statement of a user's session may be made of.

The criteria of row-level security attach to ORM entities. So everything that could name a table in another way
(text, Core tables, bare columns, strings inside operators) is refused before it is run.
"""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import elements, selectable

from saas_app.core.errors import RowLevelSecurity
from saas_app.core.rls import access

_PLAIN_OPERATOR = re.compile(r"[^\w\s'\"();]*")
_RAW_TEXT = (elements.TextClause, selectable.TextualSelect)


def refuse_foreign_parts(statement: Any, *, made_by_orm: bool) -> None:
    """Let a statement pass only if all it is made of is filtered or harmless."""
    for part in _parts(statement):
        if isinstance(part, _RAW_TEXT) or getattr(part, "is_literal", False):
            raise RowLevelSecurity("raw SQL is refused in a user's session")
        if getattr(part, "_prefixes", ()) or getattr(part, "_suffixes", ()) or getattr(part, "_hints", None):
            raise RowLevelSecurity("raw SQL is refused in a user's session")
        operator = getattr(getattr(part, "operator", None), "opstring", "")
        if not _PLAIN_OPERATOR.fullmatch(operator):
            raise RowLevelSecurity("an operator made of words is refused in a user's session")
        if isinstance(part, selectable.TableClause):
            _refuse_unfiltered_table(part, made_by_orm)
        if isinstance(part, elements.ColumnClause) and not made_by_orm:
            table = part.table
            if isinstance(table, selectable.TableClause) and not _is_entity(part):
                raise RowLevelSecurity("only mapped classes may be queried in a user's session")


def _refuse_unfiltered_table(table: selectable.TableClause, made_by_orm: bool) -> None:
    if not isinstance(table, sa.Table) or table.name not in access().readable:
        raise RowLevelSecurity(f"a user's session may not read {table.name}")
    if not made_by_orm and not _is_entity(table):
        raise RowLevelSecurity("only mapped classes may be queried in a user's session")


def _parts(part: Any) -> Iterator[Any]:
    """Everything inside; an alias of an entity stands for its table, which carries no mark of its own."""
    yield part
    if isinstance(part, selectable.AliasedReturnsRows) and _is_entity(part):
        if isinstance(part.element, sa.Table):
            if part.element.name not in access().readable:
                raise RowLevelSecurity(f"a user's session may not read {part.element.name}")
            return
    for child in part.get_children():
        yield from _parts(child)


def _is_entity(part: Any) -> bool:
    return "parententity" in part._annotations
