"""`/dev/mailbox`: the mails that were not sent, while developing. These routes do not exist in production."""

import base64
import hashlib
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from saas_app.core import db, mailer
from saas_app.core.config import settings
from saas_app.core.mailer import Mailbox

LINK = re.compile(r"https?://[^\s<>\"']+")
# Bring in new mails without loading the page anew, which would take whoever reads it back to its beginning.
FOLLOW = Markup("""setInterval(async () => {
  const answer = await fetch(location.href).catch(() => null), old = document.querySelector("main");
  if (!answer) return;
  const main = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  if (main.innerHTML !== old.innerHTML && !old.contains(document.activeElement)) old.replaceWith(main);
}, 1000);""")
DIGEST = base64.b64encode(hashlib.sha256(FOLLOW.encode()).digest()).decode()
# The mail itself is shown in a frame without scripts; nothing is loaded from anywhere.
POLICY = (
    f"default-src 'none'; script-src 'sha256-{DIGEST}'; connect-src 'self'; style-src 'unsafe-inline'; img-src data:; "
    "frame-src 'self'; base-uri 'none'"
)


def routes() -> list[Route]:
    """The mailbox, unless this is production; with an SMTP_URL it stays empty."""
    if settings().is_production:
        return []
    return [
        Route("/dev/mailbox", show_list, methods=["GET"]),
        Route("/dev/mailbox/{id}", show_mail, methods=["GET"]),
    ]


async def show_list(request: Request) -> Response:
    """All mails, newest first; of one receiver with `?to=`."""
    to = request.query_params.get("to") or None
    mails = await db.read_system("mailbox", mailer.kept, to)
    return _page("mailbox.html", mails=mails, to=to, script=FOLLOW)


async def show_mail(request: Request) -> Response:
    """One mail as text, with its links marked, and as it looks."""
    mail = await db.read_system("mailbox", _mail, request.path_params["id"])
    if mail is None:
        return HTMLResponse("There is no such mail.", 404)
    return _page("mailbox_mail.html", mail=mail, text=_with_links(mail.text))


def _mail(session: Session, mail_id: str) -> Mailbox | None:
    return session.get(Mailbox, mail_id)


def _with_links(text: str) -> Markup:
    """The text with its addresses as links; all else is escaped."""
    parts, last = [Markup("")], 0
    for found in LINK.finditer(text):
        parts += [escape(text[last : found.start()]), Markup('<a href="{0}">{0}</a>').format(found.group())]
        last = found.end()
    return Markup("").join([*parts, escape(text[last:])])


def _page(template: str, **parts: object) -> Response:
    folder = Path(__file__).parent / "templates"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    html = environment.get_template(template).render(parts)
    return HTMLResponse(html, headers={"content-security-policy": POLICY, "cache-control": "no-store"})
