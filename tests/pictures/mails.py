"""Every mail there is, as a mail program shows it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlmodel import Session, col, select

from saas_app.account import emails as account
from saas_app.auth import emails as auth
from saas_app.auth.models import User
from saas_app.core import clock
from saas_app.core.jobs import Outbox
from saas_app.factors import emails as factors
from saas_app.purchases import emails as purchases
from saas_app.purchases.models import LinkOrder, Purchase, Standing
from tests import scratch_tables
from tests.billing import gallery
from tests.conftest import Hands, environment, migrate, pointing_at
from tests.factories import as_system, make_user
from tests.pictures.studio import Studio, scene

Write = Callable[[Session, User], object]

_TOKEN = "k3Jq0vXwT9mZrB7sYcN2"
_CASES = {
    f"mail/billing/{number:02}-{case.kind.partition(' ')[0]}": number
    for number, case in enumerate(gallery.cases(Hands().at))
}


def _bought(
    before: Standing | None, refunded_before: int = 0, *, refunded: int = 0, all_of_it: bool = False, dispute: str = ""
) -> Write:
    def write(session: Session, user: User) -> None:
        row = Purchase(
            user_id=user.id,
            stripe_payment_id="pi_1",
            stripe_checkout_session_id="cs_1",
            product_key="book_v1",
            amount=1900,
            currency="eur",
            paid=True,
            bought_at=clock.now(),
            amount_refunded=refunded,
            refunded=all_of_it,
            dispute_status=dispute,
        )
        purchases.on_change(session, row, before, refunded_before)

    return write


def _link(session: Session, user: User) -> None:
    order = LinkOrder(id="cs_1", mode="payment", email=user.email, name="The flat in numbers")
    purchases.write_claim(session, order, _TOKEN)


_ACCOUNT: dict[str, Write] = {
    "mail/account/confirm": lambda s, ada: auth.write_verification(s, ada, _TOKEN, "204681"),
    "mail/account/already-a-member": auth.write_already_a_member,
    "mail/account/reset": lambda s, ada: auth.write_reset(s, ada, _TOKEN),
    "mail/account/password-changed": auth.write_password_changed,
    "mail/account/code": lambda s, ada: auth.write_code(s, ada, "204681"),
    "mail/account/new-device": lambda s, ada: auth.write_new_device(s, ada, "Firefox on Linux", "203.0.113.0"),
    "mail/account/confirm-new": lambda s, ada: account.write_confirm_new(s, ada, "new@example.com", _TOKEN),
    "mail/account/address-changed": lambda s, ada: account.write_address_changed(s, ada, ada.email, _TOKEN),
    "mail/account/goodbye": lambda s, ada: account.write_goodbye(s, ada.email, ada.id),
    "mail/account/factor-changed": lambda s, ada: factors.write_changed(
        s, ada, "Authenticator app turned on", "What has changed on your account: authenticator app turned on."
    ),
    "mail/account/recovery-code-used": lambda s, ada: factors.write_code_used(s, ada, 3),
    "mail/account/wrong-codes": factors.write_wrong_codes,
}
_PURCHASES: dict[str, Write] = {
    "mail/purchases/claim": _link,
    "mail/purchases/bought": _bought(None),
    "mail/purchases/partly-refunded": _bought(Standing.OWNED, refunded=500),
    "mail/purchases/refunded": _bought(Standing.OWNED, refunded=1900, all_of_it=True),
    "mail/purchases/refund-failed": _bought(Standing.OWNED, 500),
    "mail/purchases/on-hold": _bought(Standing.OWNED, dispute="needs_response"),
    "mail/purchases/open-again": _bought(Standing.FROZEN, dispute="won"),
    "mail/purchases/withdrawn": _bought(Standing.FROZEN, dispute="lost"),
}


@scene(*_ACCOUNT, *_PURCHASES)
def of_the_account_and_of_purchases(studio: Studio) -> None:
    for name, write in (_ACCOUNT | _PURCHASES).items():

        def written(write: Write = write) -> None:
            as_system(lambda session: write(session, make_user(session)))

        _shoot(studio, name, written)


@scene(*_CASES)
def of_billing(studio: Studio) -> None:
    for name, number in _CASES.items():
        _shoot(studio, name, lambda number=number: _hear(number))


def _hear(number: int) -> None:
    """What Stripe says first, then, and no mail but that of the second."""
    ada, case = gallery.bound(), gallery.cases(clock.now())[number]
    as_system(gallery.catalogue)
    if case.before:
        gallery.hear(ada, case.before)
        as_system(lambda session: [session.delete(row) for row in session.exec(select(Outbox)).all()])
    gallery.hear(ada, case.after)


def _shoot(studio: Studio, name: str, write: Callable[[], None]) -> None:
    if not studio.album.wants(name):
        return
    with _database(studio), clock.showing(Hands()):
        write()
        mail = as_system(_newest)
    page = studio.visit()
    page.set_content(mail)
    studio.shoot(page, name)


def _newest(session: Session) -> str:
    mails = select(Outbox).where(Outbox.kind == "mail").order_by(col(Outbox.id).desc())
    return session.exec(mails.limit(1)).one().payload["html"]


@contextmanager
def _database(studio: Studio) -> Iterator[Path]:
    """A fresh one, which belongs to nobody's product."""
    folder = studio.folder("mails")
    template, file = folder / "template.db", folder / "mails.db"
    with environment(DATA_DIR=str(folder)):
        if not template.exists():
            migrate(f"sqlite:///{template}")
            scratch_tables.create(f"sqlite:///{template}")  # the tests' own, which every table's rules know of
        for old in folder.glob("mails.db*"):
            old.unlink()
        shutil.copy(template, file)
        with pointing_at(f"sqlite:///{file}"):
            yield file
