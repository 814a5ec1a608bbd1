"""The one look of these mails: what happened, the facts, one thing to do, and why it was sent."""

from dataclasses import dataclass

from sqlmodel import Session

from saas_app import site
from saas_app.auth.models import User
from saas_app.core import mailer
from saas_app.core.config import settings
from saas_app.core.words import _

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Letter:
    """One mail. Of two with the same key only the first is written; without a `link` it leads to the billing page.

    Facts without a value are left out.
    """

    key: str
    subject: str
    words: str
    facts: Facts = ()
    link: str = ""
    label: str = _("Open billing")


def billing_page() -> str:
    """Where everything about a plan is."""
    return f"{settings().base_url}/billing"


def post(session: Session, user_id: str, letter: Letter) -> bool:
    """Write it, in this transaction; False for one that was written before, and for people who are leaving: they get
    one last mail, about everything."""
    user = session.get(User, user_id)
    if user is None or user.leaving_at is not None:
        return False
    return mailer.send_note(
        session,
        to=user.email,
        name=user.name,
        subject=letter.subject,
        words=letter.words,
        facts=[fact for fact in letter.facts if fact[1]],
        link=letter.link or billing_page(),
        label=letter.label,
        quiet=_(
            "You get this mail because you are, or were, a customer of {product}. If something is wrong, "
            "reply, or write to {support_email}."
        ).format(product=site.PRODUCT, support_email=site.SUPPORT_EMAIL),
        also=(_("Your plan, payments and invoices"), billing_page()) if letter.link else None,
        reply_to=site.SUPPORT_EMAIL,
        key=letter.key,
    )
