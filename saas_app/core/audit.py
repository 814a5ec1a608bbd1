"""What happened to an account, for the person it belongs to and for whoever has to find out afterwards.

Written in the transaction that does the thing, and never changed: the database takes no UPDATE and no DELETE of these
rows from the app. They outlive the account, and then name it by nothing but its id.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, Session, SQLModel, col, select

from saas_app.core import clock
from saas_app.core.ids import new_id
from saas_app.core.types import Utc


class AuditEvent(SQLModel, table=True):
    """One thing that happened, from where, and by which device. Its person may read it; nobody may change it."""

    __tablename__ = "audit_events"  # pyright: ignore[reportAssignmentType]
    __owner__: ClassVar[str] = "user_id"
    __user_writes__: ClassVar[bool] = False
    __outlives_account__: ClassVar[bool] = True

    id: str = Field(default_factory=lambda: new_id("aud"), primary_key=True)
    at: datetime = Field(default_factory=clock.now, sa_type=Utc, index=True)
    user_id: str = Field(index=True)  # no foreign key: the row stays when the account goes
    event: str
    device: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class AuditView:
    """A line of somebody's own history."""

    at: datetime
    event: str
    device: str
    network: str


def record(session: Session, user_id: str, event: str, *, ip: str = "", device: str = "") -> None:
    """Write down what is being done, together with it."""
    row = AuditEvent(user_id=user_id, event=event, device=device[:120], network=network_of(ip))
    session.add(row)


def recent(session: Session, limit: int = 20) -> list[AuditView]:
    """The newest of what happened to the account whose session this is."""
    newest = select(AuditEvent).order_by(col(AuditEvent.at).desc(), col(AuditEvent.id)).limit(limit)
    return [AuditView(row.at, row.event, row.device, row.network) for row in session.exec(newest)]


def network_of(ip: str) -> str:
    """The part of an address that says about where it is, and not which house: the last byte, or /64, left out."""
    try:
        address = ipaddress.ip_interface(ip).ip
    except ValueError:
        return ""
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))
