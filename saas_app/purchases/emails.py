"""What we write about purchases: once per change, and with a link to the page, never to a file."""

from sqlmodel import Session

from saas_app import site
from saas_app.auth.models import User
from saas_app.billing.goods import GOODS
from saas_app.billing.money import money
from saas_app.billing.words import day, refund_came_back
from saas_app.core import mailer
from saas_app.core.config import settings
from saas_app.core.words import _
from saas_app.purchases.models import LinkOrder, Purchase, Standing


def on_change(session: Session, row: Purchase, before: Standing | None, refunded_before: int) -> None:
    """Write the mail that fits this transition, if any. The key makes a repeated look write none twice."""
    name = name_of(row.product_key)
    if row.amount_refunded > refunded_before:
        _refunded(session, row, name, row.amount_refunded - refunded_before)
    elif row.amount_refunded < refunded_before:
        back = money(refunded_before - row.amount_refunded, row.currency)
        words = refund_came_back(back)
        if refunded_before >= row.amount:
            words = _("{words}\n\nUntil then {name} stays open to you.").format(words=words, name=name)
        _write(
            session,
            row,
            f"refund_failed:{refunded_before}",
            _("Your refund of {back} did not arrive").format(back=back),
            words,
        )
    match row.standing:
        case Standing.OWNED if before in (None, Standing.PROCESSING):
            words = _("You have paid {amount}, once. {name} waits for you under Billing.").format(
                amount=money(row.amount, row.currency), name=name
            )
            _write(session, row, "bought", _("{name} is yours").format(name=name), words)
        case Standing.OWNED if before in (Standing.FROZEN, Standing.WITHDRAWN):
            words = _("The dispute about your payment is settled, and {name} is open again.").format(name=name)
            _write(session, row, f"restored:{row.dispute_status}", _("{name} is open again").format(name=name), words)
        case Standing.FROZEN if before is not Standing.FROZEN:
            words = _(
                "Your bank has asked for the money for {name} back, so it is closed until that is settled. "
                "If you did not mean to dispute the payment, tell your bank, and write to {support_email}."
            ).format(name=name, support_email=site.SUPPORT_EMAIL)
            _write(session, row, "frozen", _("{name} is on hold").format(name=name), words)
        case Standing.WITHDRAWN if before is not Standing.WITHDRAWN:
            words = _("Your bank has taken the money for {name} back for good, so it is no longer yours.").format(
                name=name
            )
            _write(session, row, "withdrawn", _("{name} is no longer yours").format(name=name), words)
        case _:
            pass


def _refunded(session: Session, row: Purchase, name: str, given: int) -> None:
    back = money(given, row.currency)
    if row.refunded:
        part = _("all that you paid") if given >= row.amount else _("the rest of what you paid")
        words = _("We have returned {back} to you, {part}, so {name} is no longer yours.").format(
            back=back, part=part, name=name
        )
    else:
        words = _("We have returned {back} to you. {name} stays yours.").format(back=back, name=name)
    words += _(" It takes your bank five to ten days to show it.")
    _write(session, row, f"refunded:{row.amount_refunded}", _("We have returned {back}").format(back=back), words)


def write_claim(session: Session, row: LinkOrder, token: str) -> None:
    """Whoever paid by a link gets the way to put it into an account. Only the mailbox learns of it."""
    mailer.send_note(
        session,
        to=row.email,
        subject=_("{name} is paid: put it into your account").format(name=row.name),
        words=(
            _(
                "You have bought {name} with this address. One step is left: log in, or open an account, and "
                "it is yours.\n\nThe link works once, for 90 days, in whichever account you choose."
            ).format(name=row.name)
        ),
        link=f"{settings().base_url}/claim/{token}",
        label=_("Put it into my account"),
        quiet=_("If you did not buy anything at {product}, you can ignore this mail.").format(product=site.PRODUCT),
        reply_to=site.SUPPORT_EMAIL,
        key=f"claim:{row.id}",
    )


def name_of(product_key: str) -> str:
    """What a product is called where only our own words are at hand."""
    good = GOODS.get(product_key)
    return good.name if good else _("Your purchase")


def _write(session: Session, row: Purchase, what: str, subject: str, words: str) -> None:
    user = session.get(User, row.user_id)
    if user is None:
        return
    mailer.send_note(
        session,
        to=user.email,
        name=user.name,
        subject=subject,
        words=words,
        facts=(
            (_("What"), name_of(row.product_key)),
            (_("Bought on"), day(row.bought_at)),
            (_("Paid"), money(row.amount, row.currency)),
            *([(_("Returned in all"), money(row.amount_refunded, row.currency))] if row.amount_refunded else []),
        ),
        link=f"{settings().base_url}/billing",
        label=_("See your purchases"),
        quiet=_(
            "You get this mail because you have bought something at {product}. If something is wrong, reply, "
            "or write to {support_email}."
        ).format(product=site.PRODUCT, support_email=site.SUPPORT_EMAIL),
        reply_to=site.SUPPORT_EMAIL,
        key=f"{what}:{row.stripe_payment_id}:{row.product_key}",
    )
