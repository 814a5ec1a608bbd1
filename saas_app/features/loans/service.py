"""Loan scenarios: calculate for everybody, save as many as the plan holds, compare on the plans that have it."""

from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, func, select

from saas_app.billing import usage
from saas_app.billing.entitlements import Entitlements, entitlements, require, require_room
from saas_app.billing.money import money
from saas_app.billing.plans import Feature, Limit
from saas_app.core.clock import now
from saas_app.core.errors import NotFound
from saas_app.core.ids import new_id
from saas_app.core.rls_session import owner_of
from saas_app.features.loans.forms import LoanForm
from saas_app.features.loans.models import Scenario
from saas_app.features.loans.schedule import Loan, calculate
from saas_app.features.loans.views import ResultView, result_view


@dataclass(frozen=True)
class ScenarioView:
    """A saved scenario with its result. A `locked` one was saved on a bigger plan: it can be read and deleted."""

    id: str
    name: str
    client: str
    terms: str
    payment: str
    total_interest: str
    total_paid: str
    locked: bool


@dataclass(frozen=True)
class Desk:
    """Everything the scenario page shows of a person's rows and plan."""

    scenarios: tuple[ScenarioView, ...]
    plan_name: str
    room: str
    full: bool
    may_compare: bool
    may_repay_early: bool
    may_name_clients: bool


def desk(session: Session) -> Desk:
    """This person's scenarios, oldest first, and what their plan allows."""
    found = entitlements(session)
    rows = session.exec(select(Scenario).order_by(col(Scenario.created_at), col(Scenario.id))).all()
    holds = found.plan.limit(Limit.SCENARIOS)
    return Desk(
        scenarios=tuple(
            _view(row, locked=holds is not None and position >= holds) for position, row in enumerate(rows)
        ),
        plan_name=found.plan.name,
        room=f"{len(rows)} of {holds} saved" if holds is not None else f"{len(rows)} saved",
        full=holds is not None and len(rows) >= holds,
        may_compare=Feature.COMPARE in found.plan.features,
        may_repay_early=Feature.EARLY_REPAYMENT in found.plan.features,
        may_name_clients=Feature.CLIENT_NAMES in found.plan.features,
    )


def work_out(session: Session, form: LoanForm) -> ResultView:
    """What this loan comes to. Early repayment needs a plan that has it."""
    _require_fields(session, form)
    return result_view(form.loan)


def save_scenario(session: Session, form: LoanForm) -> ScenarioView:
    """Save a scenario, unless the plan is full; raises PlanFull and FeatureLocked, and saves nothing then."""
    _require_fields(session, form)
    used = count_scenarios(session)
    require_room(session, Limit.SCENARIOS, used)
    row = Scenario(
        id=new_id("scn"),
        user_id=owner_of(session),
        name=form.name or f"Scenario {used + 1}",
        client=form.client,
        principal=form.loan.principal,
        rate_milli=int(form.loan.rate * 1000),
        years=form.loan.years,
        extra=form.loan.extra,
        created_at=now(),
    )
    session.add(row)
    session.flush()
    return _view(row, locked=False)


def count_scenarios(session: Session) -> int:
    """How many this person has saved."""
    return session.exec(select(func.count(col(Scenario.id)))).one()


usage.held[Limit.SCENARIOS] = count_scenarios


def delete_scenario(session: Session, scenario_id: str) -> None:
    """Delete one of this person's scenarios; NotFound looks the same for somebody else's and for none."""
    row = session.exec(select(Scenario).where(Scenario.id == scenario_id)).first()
    if row is None:
        raise NotFound("This scenario does not exist (any more).")
    session.delete(row)


def compare(session: Session) -> tuple[ScenarioView, ...]:
    """Every scenario side by side, cheapest interest first; raises FeatureLocked on plans without comparison."""
    require(session, Feature.COMPARE)
    rows = session.exec(select(Scenario)).all()
    cheapest = sorted(rows, key=lambda row: calculate(_loan(row)).total_interest)
    return tuple(_view(row, locked=False) for row in cheapest)


def _require_fields(session: Session, form: LoanForm) -> Entitlements:
    if form.loan.extra or form.loan.lump:
        require(session, Feature.EARLY_REPAYMENT)
    if form.client:
        require(session, Feature.CLIENT_NAMES)
    return entitlements(session)


def _loan(row: Scenario) -> Loan:
    return Loan(row.principal, Decimal(row.rate_milli) / 1000, row.years, row.extra)


def _view(row: Scenario, *, locked: bool) -> ScenarioView:
    result = calculate(_loan(row))
    rate = f"{Decimal(row.rate_milli) / 1000:f}".rstrip("0").rstrip(".") or "0"
    terms = f"{money(row.principal, row.currency)} at {rate} % over {row.years} years"
    return ScenarioView(
        id=row.id,
        name=row.name,
        client=row.client,
        terms=terms + (f", {money(row.extra, row.currency)} extra a month" if row.extra else ""),
        payment=money(result.payment, row.currency),
        total_interest=money(result.total_interest, row.currency),
        total_paid=money(result.total_paid, row.currency),
        locked=locked,
    )
