"""A folder for each client: made with the first scenario that goes into it, gone with the last."""

from sqlmodel import Session, select

from saas_app.core.clock import now
from saas_app.core.ids import new_id
from saas_app.core.rls_session import owner_of
from saas_app.features.loans.models import ClientFolder, Scenario


def names(session: Session) -> dict[str, str]:
    """The names of this person's clients by the id of their folder."""
    return {row.id: row.name for row in session.exec(select(ClientFolder)).all()}


def id_of(session: Session, client: str) -> str:
    """The folder of this client, made if there is none; '' for no client."""
    if not client:
        return ""
    row = session.exec(select(ClientFolder).where(ClientFolder.name == client)).first()
    if row is None:
        row = ClientFolder(id=new_id("fld"), user_id=owner_of(session), name=client, created_at=now())
        session.add(row)
        session.flush()
    return row.id


def drop_empty(session: Session) -> None:
    """Delete the folders in which nothing is left."""
    session.flush()
    used = set(session.exec(select(Scenario.folder_id)).all())
    for folder in session.exec(select(ClientFolder)).all():
        if folder.id not in used:
            session.delete(folder)
