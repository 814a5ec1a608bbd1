"""What was billed, what is billed next, and to whom: the paper side of somebody's billing, from the local mirror."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from saas_app.billing.entitlements import entitlements
from saas_app.billing.models import Customer, Invoice, Subscription, UpcomingInvoice
from saas_app.billing.money import money
from saas_app.billing.words import day, each, once
from saas_app.core.frozen import Frozen
from saas_app.core.words import _

SHOWN_FIRST = 12


@dataclass(frozen=True)
class InvoiceView:
    """One line of the invoice list; `url` is Stripe's page of it, with the way to pay what is open."""

    date: str
    number: str
    description: str
    amount: str
    status: str
    tone: str
    url: str
    pdf: str
    receipt: str


@dataclass(frozen=True)
class InvoiceList(Frozen):
    """The newest invoices, and how many older ones there are."""

    shown: tuple[InvoiceView, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Line:
    """Words and what they come to."""

    words: str
    amount: str


@dataclass(frozen=True)
class NextCharge(Frozen):
    """What is charged next, by its lines; without a `title` nothing is to come."""

    title: str = ""
    date: str = ""
    lines: tuple[Line, ...] = ()
    amount: str = ""
    note: str = ""


@dataclass(frozen=True)
class Details(Frozen):
    """Whom invoices name; `known` is whether there is a customer whose details can be changed."""

    known: bool = False
    name: str = ""
    email: str = ""
    address: str = ""
    tax_id: str = ""


def invoices(session: Session, limit: int = SHOWN_FIRST) -> InvoiceList:
    """This person's invoices, newest first."""
    count = session.exec(select(func.count()).select_from(Invoice)).one()
    newest = select(Invoice).order_by(col(Invoice.created_at).desc(), col(Invoice.stripe_invoice_id)).limit(limit)
    rows = session.exec(newest).all()
    return InvoiceList(tuple(_view(row) for row in rows), max(0, count - len(rows)))


def _view(row: Invoice) -> InvoiceView:
    status, tone = _status(row)
    return InvoiceView(
        date=day(row.created_at),
        number=row.number,
        description=once(row.description),
        amount=money(row.total, row.currency),
        status=status,
        tone=tone,
        url=row.hosted_invoice_url,
        pdf=row.invoice_pdf,
        receipt=row.receipt_url,
    )


def _status(row: Invoice) -> tuple[str, str]:
    if row.amount_refunded:
        return (_("Refunded") if row.amount_refunded >= row.amount_paid else _("Partly refunded")), "info"
    if row.status == "open" and row.being_paid:
        return _("Processing"), "info"
    if row.status == "open":
        return (_("Confirm it"), "warn") if row.needs_action else (_("To pay"), "warn")
    return {"paid": (_("Paid"), "good"), "void": (_("Void"), "plain")}.get(row.status, (_("Not collected"), "plain"))


def next_charge(session: Session) -> NextCharge:
    """What this person is charged next, as Stripe last worked it out."""
    row = entitlements(session).subscription
    if row is None:
        return NextCharge()
    coming = session.get(UpcomingInvoice, row.stripe_subscription_id)
    if coming is None or coming.user_id != row.user_id:
        return NextCharge()
    lines = [Line(once(str(words)), money(int(amount), coming.currency)) for words, amount in coming.lines]
    lines += _extras(coming)
    is_last = row.ends_at is not None
    trial = row.status == "trialing"
    return NextCharge(
        title=_("Final charge") if is_last else _("First charge after the trial") if trial else _("Next charge"),
        date=day(coming.charged_at),
        lines=tuple(lines),
        amount=money(coming.amount_due, coming.currency),
        note=_note(row, coming),
    )


def _extras(coming: UpcomingInvoice) -> list[Line]:
    extras = [
        (_("Discount"), -coming.discount),
        (_("Tax"), coming.tax),
        (_("Credit"), coming.amount_due - coming.total),
    ]
    return [Line(words, money(amount, coming.currency)) for words, amount in extras if amount]


def _note(row: Subscription, coming: UpcomingInvoice) -> str:
    if row.status == "past_due":
        return _("What is due now comes on top.")
    credit = coming.total - coming.amount_due
    if credit > 0:
        return _("{amount} of it comes from your credit.").format(amount=money(credit, coming.currency))
    if coming.discount and row.discount_duration == "once":
        return _("After that it is {price}.").format(
            price=each(row.unit_amount * row.quantity, row.currency, row.interval)
        )
    return ""


def details(session: Session) -> Details:
    """Whom this person's invoices name."""
    row = session.exec(select(Customer)).first()
    if row is None or not row.stripe_customer_id:
        return Details()
    return Details(True, row.billing_name, row.billing_email, row.billing_address, row.tax_id)
