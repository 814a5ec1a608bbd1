"""Everything we have of somebody, as one file they can take along (GDPR, articles 15 and 20)."""

import base64
import json
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from saas_app.core import clock
from saas_app.core.rls import access

SECRET = frozenset({"password_hash", "digest"})  # of use to nobody but a thief


def collect(session: Session) -> str:
    """The rows of whoever's session this is, table by table, as JSON. Their own session sees no others."""
    tables = {
        model.__table__.name: [_plain(row) for row in session.exec(select(model)).all()]
        for model in sorted(access().owned, key=lambda model: model.__table__.name)
    }
    found = {"exported_at": clock.now().isoformat(), "tables": tables}
    return json.dumps(found, indent=2, ensure_ascii=False)


def _plain(row: Any) -> dict[str, Any]:
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in SECRET}
    return {name: _as_json(value) for name, value in values.items()}


def _as_json(value: Any) -> Any:
    """Moments by ISO 8601, and files in base64."""
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
