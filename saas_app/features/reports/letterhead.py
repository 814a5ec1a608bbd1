"""Whose name stands on a report."""

import base64
from dataclasses import dataclass

from sqlmodel import Session, select

from saas_app.billing.entitlements import entitlements, require
from saas_app.billing.plans import Feature
from saas_app.core.rls_session import owner_of
from saas_app.features.reports.content import Sender
from saas_app.features.reports.models import Letterhead


@dataclass(frozen=True)
class LetterheadView:
    """The letterhead as the settings show it: `logo` is a data URL or empty; `is_open`: the plan has one."""

    is_open: bool
    name: str = ""
    address: str = ""
    logo: str = ""


def letterhead(session: Session) -> LetterheadView:
    """What somebody has, whether it counts at the moment or not."""
    is_open, row = Feature.LETTERHEAD in entitlements(session).plan.features, _row(session)
    if row is None:
        return LetterheadView(is_open)
    logo = f"data:image/png;base64,{base64.b64encode(row.logo).decode()}" if row.logo else ""
    return LetterheadView(is_open, row.name, row.address, logo)


def keep_letterhead(session: Session, name: str, address: str, logo: bytes | None) -> None:
    """Keep all of it; a `logo` of None leaves the one that is there. Raises FeatureLocked."""
    require(session, Feature.LETTERHEAD)
    row = _row(session) or Letterhead(user_id=owner_of(session))
    row.name, row.address = name, address
    if logo is not None:
        row.logo = logo
    session.add(row)


def sender(session: Session) -> Sender:
    """Who a report is from: the letterhead on plans that have one, else nobody in particular."""
    row = _row(session)
    if row is None or Feature.LETTERHEAD not in entitlements(session).plan.features:
        return Sender()
    return Sender(row.name, row.address, row.logo)


def _row(session: Session) -> Letterhead | None:
    return session.exec(select(Letterhead)).first()
