"""Links that show one scenario to whoever has them, until they are revoked, or the scenario or the plan is gone."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select, update

from saas_app.auth.models import User
from saas_app.billing.entitlements import require
from saas_app.billing.plans import Feature
from saas_app.core import tokens, written
from saas_app.core.clock import now
from saas_app.core.config import settings
from saas_app.core.errors import Conflict, NotFound
from saas_app.core.rls_session import owner_of
from saas_app.core.words import _, ngettext
from saas_app.features.loans.models import Scenario
from saas_app.features.loans.service import find, loan_of
from saas_app.features.loans.views import ResultView, result_view, terms_of
from saas_app.features.reports.models import ShareLink

MOST_LINKS = 200
GONE = _("This link shows nothing (any more).")


@dataclass(frozen=True)
class LinkView:
    """A link in words. The address itself is known only to who made it and who got it."""

    id: str
    scenario: str
    recipient: str
    made: str
    views: str


@dataclass(frozen=True)
class Shared:
    """What a stranger sees: figures, and nothing about whose they are."""

    name: str
    terms: str
    result: ResultView


def share(session: Session, scenario_id: str, recipient: str) -> str:
    """Make a link, and give its address; we keep the digest alone. Raises FeatureLocked, NotFound, Conflict."""
    require(session, Feature.SHARE)
    scenario = find(session, scenario_id)
    if session.exec(select(func.count(col(ShareLink.id)))).one() >= MOST_LINKS:
        raise Conflict(_("You have {most} links. Please revoke one that is no longer needed.").format(most=MOST_LINKS))
    token = tokens.new_token()
    session.add(
        ShareLink(
            user_id=owner_of(session),
            digest=tokens.digest(token),
            scenario_id=scenario.id,
            recipient=recipient,
            created_at=now(),
        )
    )
    return f"{settings().base_url}/s/{token}"


def links(session: Session) -> tuple[LinkView, ...]:
    """This person's links, newest first."""
    both = select(ShareLink, Scenario.name).join(Scenario, col(Scenario.id) == col(ShareLink.scenario_id))
    newest = both.order_by(col(ShareLink.created_at).desc(), col(ShareLink.id))
    return tuple(_view(row, name) for row, name in session.exec(newest))


def revoke(session: Session, link_id: str) -> None:
    """From now on the link shows nothing; raises NotFound."""
    row = session.exec(select(ShareLink).where(ShareLink.id == link_id)).first()
    if row is None:
        raise NotFound(_("This link does not exist (any more)."))
    session.delete(row)


def whose(session: Session, token: str) -> tuple[str, str]:
    """Behind which account and row a link leads, over everybody's; raises NotFound, also when its owner is leaving."""
    mine = select(ShareLink).join(User, col(User.id) == col(ShareLink.user_id))
    row = session.exec(mine.where(ShareLink.digest == tokens.digest(token), col(User.leaving_at).is_(None))).first()
    if row is None:
        raise NotFound(GONE)
    return row.user_id, row.id


def shown(session: Session, link_id: str) -> Shared:
    """What the link shows now, in its owner's session; raises NotFound, and FeatureLocked when the plan has ended."""
    require(session, Feature.SHARE)
    row = session.exec(select(ShareLink).where(ShareLink.id == link_id)).first()
    if row is None:
        raise NotFound(GONE)
    scenario = find(session, row.scenario_id)
    loan = loan_of(scenario)
    return Shared(scenario.name, terms_of(loan, scenario.currency), result_view(loan, scenario.currency))


def count_view(session: Session, link_id: str) -> None:
    """Somebody has looked."""
    seen = update(ShareLink).where(col(ShareLink.id) == link_id)
    session.exec(seen.values(views=ShareLink.views + 1, viewed_at=now()))


def _view(row: ShareLink, scenario: str) -> LinkView:
    times = (
        ngettext("seen {views} time", "seen {views} times", row.views).format(views=row.views)
        if row.views
        else _("not seen yet")
    )
    last = _(", last on {day}").format(day=written.day_of_month(row.viewed_at)) if row.viewed_at else ""
    return LinkView(row.id, scenario, row.recipient, written.day(row.created_at), f"{times}{last}")
