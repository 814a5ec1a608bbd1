"""People with plans and scenarios, made the short way."""

from decimal import Decimal

from saas_app.core import db
from saas_app.core.viewer import Viewer
from saas_app.features.loans import service
from saas_app.features.loans.forms import LoanForm
from saas_app.features.loans.schedule import Loan
from tests.billing.rows import subscription
from tests.factories import a_user, as_system

LOAN = Loan(200_000_00, Decimal(3), 25)


def on_plan(plan: str, name: str = "Ada") -> Viewer:
    """Somebody who pays for this plan."""
    viewer = a_user(name)
    as_system(lambda session: session.add(subscription(viewer.id, id=f"sub_{name}", plan_key=plan)))
    return viewer


def a_scenario(viewer: Viewer, name: str = "River", loan: Loan = LOAN, client: str = "", notes: str = "") -> str:
    """A saved scenario of theirs; gives its id."""
    with db.session_for(viewer) as session:
        return service.save_scenario(session, LoanForm(name, client, loan, notes)).id
