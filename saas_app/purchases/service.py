"""What somebody sees of what they bought, and the files that they may fetch."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from saas_app.auth.models import User
from saas_app.billing.checkout import currency_of
from saas_app.billing.money import money
from saas_app.billing.service import day
from saas_app.core import tokens
from saas_app.core.audit import network_of
from saas_app.core.errors import NotFound
from saas_app.core.words import _
from saas_app.purchases import catalogue
from saas_app.purchases.catalogue import GoodOffer
from saas_app.purchases.deliverables import Buyer, Deliverable, deliverable, files_of
from saas_app.purchases.models import Download, Purchase, Standing

LINK_LASTS = timedelta(minutes=5)
SIGNED = "download"


@dataclass(frozen=True)
class FileView:
    """A file, and where its owner fetches it."""

    name: str
    href: str


@dataclass(frozen=True)
class PurchaseView:
    """One line of the purchases; `note` says what its state means, where it does not say so itself."""

    id: str
    name: str
    amount: str
    date: str
    state: str
    tone: str
    note: str
    receipt: str
    files: list[FileView]


_STATES = {
    Standing.PROCESSING: (_("Processing"), "warn", _("Your bank has not answered yet. It opens by itself.")),
    Standing.OWNED: (_("Owned"), "good", ""),
    Standing.FROZEN: (_("Frozen"), "warn", _("The payment is disputed. It is closed until your bank has decided.")),
    Standing.REFUNDED: (_("Refunded"), "plain", _("You have your money back.")),
    Standing.WITHDRAWN: (_("Withdrawn"), "bad", _("Your bank has taken the payment back.")),
}


def purchases(session: Session) -> list[PurchaseView]:
    """Everything this person has bought once, newest first."""
    known = catalogue.names(session)
    rows = session.exec(select(Purchase).order_by(col(Purchase.bought_at).desc(), col(Purchase.id))).all()
    return [_view(row, known.get(row.product_key, row.product_key)) for row in rows]


def _view(row: Purchase, name: str) -> PurchaseView:
    state, tone, note = _STATES[row.standing]
    if row.standing is Standing.OWNED and row.amount_refunded:
        note = _("{amount} of it returned").format(amount=money(row.amount_refunded, row.currency))
    files = files_of(row.product_key) if row.standing is Standing.OWNED else ()
    return PurchaseView(
        id=row.id,
        name=name,
        amount=money(row.amount, row.currency),
        date=day(row.bought_at),
        state=state,
        tone=tone,
        note=note,
        receipt=row.receipt_url if row.standing is not Standing.PROCESSING else "",  # nothing was received yet
        files=[FileView(file, f"/purchases/{row.id}/{file}") for file in files],
    )


def offers(session: Session) -> list[GoodOffer]:
    """What this person can buy: what is for sale, and neither theirs already nor being paid nor disputed."""
    over = (Standing.REFUNDED, Standing.WITHDRAWN)
    taken = {row.product_key for row in session.exec(select(Purchase)) if row.standing not in over}
    return [offer for offer in catalogue.goods(session, currency_of(session)) if offer.key not in taken]


def download_link(session: Session, purchase_id: str, file: str, user_id: str) -> str:
    """The address at which this person can fetch a file of theirs during the next minutes. NotFound as `redeem`."""
    _owned_file(session, purchase_id, file)
    return f"/downloads/{tokens.sign(SIGNED, f'{user_id}/{purchase_id}/{file}', LINK_LASTS)}"


def redeem(session: Session, purchase_id: str, file: str) -> tuple[Deliverable, Buyer]:
    """What to make for the person whose session it is.

    NotFound, in the same words, for what is not theirs, not theirs any more, or never existed.
    """
    row, found = _owned_file(session, purchase_id, file)
    user = session.exec(select(User)).one()
    return found, Buyer(name=user.name, email=user.email, purchase_id=row.id, bought_at=row.bought_at)


def record(session: Session, user_id: str, purchase_id: str, found: Deliverable, *, ip: str, device: str) -> None:
    """Write down that a file was fetched: who, what, when."""
    session.add(
        Download(
            user_id=user_id,
            purchase_id=purchase_id,
            product_key=found.product_key,
            file=found.file,
            device=device[:120],
            network=network_of(ip),
        )
    )


def _owned_file(session: Session, purchase_id: str, file: str) -> tuple[Purchase, Deliverable]:
    row = session.exec(select(Purchase).where(Purchase.id == purchase_id)).first()
    found = deliverable(row.product_key, file) if row and row.standing is Standing.OWNED else None
    if row is None or found is None:
        raise NotFound
    return row, found
