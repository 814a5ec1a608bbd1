"""Loan scenarios: work out, save as many as the plan holds, change, copy, delete."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, func, select

from saas_app.billing import usage
from saas_app.billing.entitlements import entitlements, require, require_room
from saas_app.billing.plans import Feature, Limit
from saas_app.core.clock import now
from saas_app.core.errors import NotFound
from saas_app.core.ids import new_id
from saas_app.core.rls_session import owner_of
from saas_app.core.words import _
from saas_app.dashboard.service import Recent, Step
from saas_app.features.loans import folders
from saas_app.features.loans.forms import NAME_LENGTH, LoanForm
from saas_app.features.loans.models import Scenario
from saas_app.features.loans.schedule import Kind, Loan, Lump, RateChange
from saas_app.features.loans.views import ResultView, result_view, terms_of
from saas_app.finder.places import Place

LATEST = 3


@dataclass(frozen=True)
class ScenarioView:
    """A saved scenario with its result. A `locked` one was saved on a bigger plan: it can be read and deleted."""

    id: str
    name: str
    client: str
    notes: str
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
    clients: tuple[str, ...] = ()
    may_have_more_terms: bool = False
    may_export: bool = False


def first_scenario(session: Session) -> Step:
    """The step that gets somebody from looking to having."""
    return Step(
        title=_("Save your first scenario"),
        words=_("What does a flat cost a month, and in the end? Type the loan, see every year of it, and keep it."),
        action=_("Work out a loan"),
        href="/scenarios",
        done=session.exec(select(Scenario.id).limit(1)).first() is not None,
    )


def latest(session: Session) -> list[Recent]:
    """This person's newest scenarios: what is paid a month, and which loan it is."""
    newest = select(Scenario).order_by(col(Scenario.created_at).desc(), col(Scenario.id).desc()).limit(LATEST)
    found = list[Recent]()
    for row in session.exec(newest):
        result = result_view(loan_of(row), row.currency)
        monthly = " ".join(filter(None, (_("{payment} a month").format(payment=result.payment), result.note)))
        found.append(Recent(row.name, f"{monthly} · {result.terms}", _shown(row)))
    return found


def places(session: Session) -> list[Place]:
    """This person's scenarios, for whoever looks for one by its name."""
    clients = folders.names(session)
    return [Place(row.name, clients.get(row.folder_id, _("Scenario")), _shown(row)) for row in in_order(session)]


def _shown(row: Scenario) -> str:
    return f"/scenarios?show={row.id}"


def desk(session: Session) -> Desk:
    """This person's scenarios, oldest first, and what their plan allows."""
    found = entitlements(session)
    rows, clients = in_order(session), folders.names(session)
    holds = found.plan.limit(Limit.SCENARIOS)
    opened = found.plan.features
    return Desk(
        scenarios=tuple(
            view(row, clients, locked=holds is not None and position >= holds) for position, row in enumerate(rows)
        ),
        plan_name=found.plan.name,
        room=_("{count} of {holds} saved").format(count=len(rows), holds=holds)
        if holds is not None
        else _("{count} saved").format(count=len(rows)),
        full=holds is not None and len(rows) >= holds,
        may_compare=Feature.COMPARE in opened,
        may_repay_early=Feature.EARLY_REPAYMENT in opened,
        may_name_clients=Feature.CLIENT_FOLDER in opened,
        clients=tuple(sorted(clients.values(), key=str.casefold)),
        may_have_more_terms=Feature.RATE_CHANGE in opened and Feature.LOAN_FEE in opened,
        may_export=Feature.EXPORT in opened,
    )


def in_order(session: Session) -> list[Scenario]:
    """This person's scenarios, oldest first."""
    return list(session.exec(select(Scenario).order_by(col(Scenario.created_at), col(Scenario.id))).all())


def work_out(session: Session, form: LoanForm) -> ResultView:
    """What this loan comes to. Early repayment, a new rate and fees need a plan that has them."""
    _require_terms(session, form.loan, form.client)
    return result_view(form.loan)


def save_scenario(session: Session, form: LoanForm) -> ScenarioView:
    """Save a scenario, unless the plan is full; raises PlanFull and FeatureLocked, and saves nothing then."""
    _require_terms(session, form.loan, form.client)
    used = count_scenarios(session)
    require_room(session, Limit.SCENARIOS, used)
    row = _row(
        owner_of(session),
        form,
        form.name or _("Scenario {used}").format(used=used + 1),
        folders.id_of(session, form.client),
    )
    session.add(row)
    session.flush()
    return view(row, {row.folder_id: form.client})


def change_scenario(session: Session, scenario_id: str, name: str, notes: str, client: str) -> ScenarioView:
    """Rename, write notes, put into a client's folder or take out of it. A locked scenario stays as it is."""
    row = find(session, scenario_id)
    require_room(session, Limit.SCENARIOS, [each.id for each in in_order(session)].index(row.id))
    names = folders.names(session)
    if client != names.get(row.folder_id, ""):
        if client:
            require(session, Feature.CLIENT_FOLDER)
        row.folder_id = folders.id_of(session, client)
    row.name, row.notes = name or row.name, notes
    session.add(row)
    folders.drop_empty(session)
    return view(row, {row.folder_id: client})


def change_loan(session: Session, scenario_id: str, loan: Loan) -> ScenarioView:
    """Other numbers under the same name. A locked scenario stays as it is, and terms need a plan that has them."""
    row = find(session, scenario_id)
    require_room(session, Limit.SCENARIOS, [each.id for each in in_order(session)].index(row.id))
    _require_terms(session, loan, "")
    for name, value in _columns(loan).items():
        setattr(row, name, value)
    session.add(row)
    return view(row, folders.names(session))


def copy_scenario(session: Session, scenario_id: str) -> ScenarioView:
    """The same once more, to change it from there; raises as saving does."""
    row = find(session, scenario_id)
    client = folders.names(session).get(row.folder_id, "")
    name = _("Copy of {name}").format(name=row.name)[:NAME_LENGTH]
    return save_scenario(session, LoanForm(name, client, loan_of(row), row.notes))


def delete_scenario(session: Session, scenario_id: str) -> None:
    """Delete one of this person's scenarios, and the folder that it leaves empty."""
    session.delete(find(session, scenario_id))
    folders.drop_empty(session)


def count_scenarios(session: Session) -> int:
    """How many this person has saved."""
    return session.exec(select(func.count(col(Scenario.id)))).one()


usage.held[Limit.SCENARIOS] = count_scenarios


def find(session: Session, scenario_id: str) -> Scenario:
    """One of this person's scenarios; NotFound looks the same for somebody else's and for none."""
    row = session.exec(select(Scenario).where(Scenario.id == scenario_id)).first()
    if row is None:
        raise NotFound(_("This scenario does not exist (any more)."))
    return row


def loan_of(row: Scenario) -> Loan:
    """The loan that was saved."""
    return Loan(
        principal=row.principal,
        rate=Decimal(row.rate_milli) / 1000,
        years=row.years,
        extra=row.extra,
        kind=Kind(row.kind),
        resting=row.resting,
        fee=row.fee,
        fee_in_loan=row.fee_in_loan,
        change=RateChange(row.change_month, Decimal(row.new_rate_milli) / 1000) if row.change_month else None,
        lump=Lump(row.lump_month, row.lump) if row.lump_month else None,
        lowers=row.lowers,
    )


def view(row: Scenario, clients: dict[str, str], *, locked: bool = False) -> ScenarioView:
    """A row in words; `clients` are the names of folders by id."""
    loan = loan_of(row)
    result = result_view(loan, row.currency)
    return ScenarioView(
        id=row.id,
        name=row.name,
        client=clients.get(row.folder_id, ""),
        notes=row.notes,
        terms=terms_of(loan, row.currency),
        payment=result.payment,
        total_interest=result.total_interest,
        total_paid=result.total_paid,
        locked=locked,
    )


def _row(user_id: str, form: LoanForm, name: str, folder_id: str) -> Scenario:
    return Scenario(
        id=new_id("scn"),
        user_id=user_id,
        name=name,
        folder_id=folder_id,
        notes=form.notes,
        created_at=now(),
        **_columns(form.loan),
    )


def _columns(loan: Loan) -> dict[str, Any]:
    """What `loan_of` reads again."""
    change, lump = loan.change, loan.lump
    return {
        "principal": loan.principal,
        "rate_milli": int(loan.rate * 1000),
        "years": loan.years,
        "extra": loan.extra,
        "kind": loan.kind.value,
        "resting": loan.resting,
        "fee": loan.fee,
        "fee_in_loan": loan.fee_in_loan,
        "change_month": change.month if change else 0,
        "new_rate_milli": int(change.rate * 1000) if change else 0,
        "lump": lump.amount if lump else 0,
        "lump_month": lump.month if lump else 0,
        "lowers": loan.lowers,
    }


def _require_terms(session: Session, loan: Loan, client: str) -> None:
    asked: Iterable[tuple[object, Feature]] = (
        (loan.extra or loan.lump, Feature.EARLY_REPAYMENT),
        (loan.change, Feature.RATE_CHANGE),
        (loan.fee, Feature.LOAN_FEE),
        (client, Feature.CLIENT_FOLDER),
    )
    for there, feature in asked:
        if there:
            require(session, feature)
