"""Mail: written together with what it is about, sent by the worker, readable at /dev/mailbox while developing."""

import asyncio
import hashlib
import smtplib
import ssl
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlmodel import Field, Session, SQLModel, col, select

from saas_app.core import clock, jobs
from saas_app.core.config import settings
from saas_app.core.config_rules import is_loopback
from saas_app.core.errors import AppError
from saas_app.core.ids import new_id
from saas_app.core.types import Dropped, Utc
from saas_app.core.words import _, language

SMTP_SECONDS = 15


class Mailbox(SQLModel, table=True):
    """A mail that was kept here instead of being sent, because no SMTP_URL is set."""

    __tablename__ = "mailbox"  # pyright: ignore[reportAssignmentType]
    __dropped__: ClassVar[Dropped] = ("created_at", timedelta(days=30))

    id: str = Field(default_factory=lambda: new_id("mail"), primary_key=True)
    message_id: str = Field(unique=True)
    to: str = Field(index=True)
    subject: str
    text: str
    html: str
    created_at: datetime = Field(default_factory=clock.now, sa_type=Utc, index=True)


class MailRefused(AppError):
    """The mail server did not take it; the worker tries again."""

    status = 503


def send(
    session: Session, to: str, subject: str, text: str, html: str, *, reply_to: str = "", key: str | None = None
) -> bool:
    """Write a mail in this transaction; False when one with this key was written before."""
    payload = {"to": _one_line(to), "subject": _one_line(subject), "text": text, "html": html}
    if reply_to:
        payload["reply_to"] = _one_line(reply_to)
    return jobs.enqueue(session, "mail", payload, key=_job_key(key) if key else None)


def written(session: Session, keys: Collection[str]) -> set[str]:
    """Which of these keys a mail was written with. They are remembered for as long as work that is done."""
    found = select(jobs.Outbox.key).where(col(jobs.Outbox.key).in_([_job_key(key) for key in keys]))
    taken = set(session.exec(found))
    return {key for key in keys if _job_key(key) in taken}


def send_note(
    session: Session,
    *,
    to: str,
    subject: str,
    words: str,
    name: str = "",
    facts: Sequence[tuple[str, str]] = (),
    link: str = "",
    label: str = "",
    also: tuple[str, str] | None = None,
    quiet: str = "",
    reply_to: str = "",
    key: str | None = None,
) -> bool:
    """Write a mail in our one look: a greeting, plain words (blank lines part paragraphs), and at most one button.

    `facts` are names with what they are, such as an amount; `also` is a second way, set small: its label and address.
    Where mailboxes show the beginning of a mail beside its subject, that is its first paragraph.
    """
    paragraphs = [each.strip() for each in words.split("\n\n") if each.strip()]
    parts = {
        "_": _,
        "language": language(),
        "subject": _one_line(subject),
        "name": name,
        "paragraphs": paragraphs,
        "preview": paragraphs[0] if paragraphs else "",
        "facts": facts,
        "link": link,
        "label": label or _("Open"),
        "also": also,
        "quiet": quiet,
        "home": settings().base_url,
        "sender": parseaddr(settings().mail_from)[0],
    }
    text, html = _render("mail.txt", parts), _render("mail.html", parts)
    return send(session, to, subject, text, html, reply_to=reply_to, key=key)


@jobs.handles("mail")
async def deliver(job: jobs.Job) -> jobs.Effect | None:
    """Hand a mail to the server, or keep it here. Its Message-ID is the same at each try, so receivers can tell."""
    message_id = _message_id(job.id)
    if not settings().smtp_url:
        kept = Mailbox(message_id=message_id, **{name: job.payload[name] for name in ("to", "subject", "text", "html")})
        return lambda session: session.add(kept)
    message = EmailMessage()
    message["From"], message["To"] = settings().mail_from, job.payload["to"]
    message["Subject"], message["Message-ID"] = job.payload["subject"], message_id
    if "reply_to" in job.payload:
        message["Reply-To"] = job.payload["reply_to"]
    message["Date"] = format_datetime(clock.now())
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(job.payload["text"])
    message.add_alternative(job.payload["html"], subtype="html")
    try:
        await asyncio.to_thread(_hand_over, message)
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailRefused(f"The mail server did not take it ({type(error).__name__}).") from error
    return None


@jobs.handles("nothing")
async def send_nothing(job: jobs.Job) -> None:
    """What leaves the same trace as a mail that nobody gets, so that an unknown address cannot be told by it."""


def latest(session: Session, to: str | None = None) -> Mailbox | None:
    """The newest mail kept here, of all or of one receiver."""
    return next(iter(kept(session, to, limit=1)), None)


def kept(session: Session, to: str | None = None, *, limit: int = 50) -> list[Mailbox]:
    """Mails kept here, newest first."""
    query = select(Mailbox).order_by(col(Mailbox.created_at).desc(), col(Mailbox.id)).limit(limit)
    return list(session.exec(query.where(Mailbox.to == to) if to else query).all())


def try_connection() -> None:
    """Log in at the mail server and send nothing. Raises MailRefused."""
    try:
        with _connected() as connection:
            connection.noop()
    except (OSError, smtplib.SMTPException) as error:
        raise MailRefused(f"The mail server does not let us in ({type(error).__name__}).") from error


def _hand_over(message: EmailMessage) -> None:
    with _connected() as connection:
        connection.send_message(message)


@contextmanager
def _connected() -> Generator[smtplib.SMTP]:
    """The mail server, encrypted and logged in."""
    server = urlsplit(settings().smtp_url)
    secure = ssl.create_default_context()
    host, port = server.hostname or "", server.port
    connection: smtplib.SMTP = (
        smtplib.SMTP_SSL(host, port or 465, timeout=SMTP_SECONDS, context=secure)
        if server.scheme == "smtps"
        else smtplib.SMTP(host, port or 587, timeout=SMTP_SECONDS)
    )
    with connection:
        if server.scheme == "smtp":
            _encrypt(connection, secure, has_password=bool(server.username))
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
        yield connection


def _refusal(error: smtplib.SMTPRecipientsRefused) -> Exception:
    """An address that does not exist needs no second try, and nobody's care; everybody mistypes.

    Refusals for now, and by policy (5.7: we may not send there), are tried again: they are the operator's matter.
    """
    ((code, words),) = error.recipients.values()
    if code >= 500 and b"5.7." not in words:  # https://www.rfc-editor.org/rfc/rfc3463#section-3.8
        return jobs.Ignore(f"refused for good: {code}")
    return MailRefused(f"The mail server did not take the address ({code}).")


def _encrypt(connection: smtplib.SMTP, secure: ssl.SSLContext, *, has_password: bool) -> None:
    """Go on encrypted. In the clear only to this machine, or while developing and without a password."""
    connection.ehlo()  # before it, smtplib does not know what the server can do
    if connection.has_extn("starttls"):
        connection.starttls(context=secure)
    elif (has_password or settings().is_production) and not is_loopback(settings().smtp_url):
        raise MailRefused("The mail server offers no encryption (STARTTLS), so nothing was given to it.")


def _job_key(key: str) -> str:
    return f"mail:{key}"


def _message_id(job_id: str) -> str:
    domain = parseaddr(settings().mail_from)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(job_id.encode()).hexdigest()[:32]}@{domain}>"


def _one_line(value: str) -> str:
    """A header is one line: a name with a line break must not become a header of its own."""
    return " ".join(value.split())


def _render(template: str, parts: dict[str, Any]) -> str:
    return _templates().get_template(template).render(parts)


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
