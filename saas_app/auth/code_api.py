"""The forms around mailed codes: logging in by one, and confirming that it is still the same person."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from saas_app.auth import code_flows, cookies
from saas_app.auth.doors import Form, form_of, keep, let_in, member_of, opened_link, to, visit_of
from saas_app.core.visitors import safe_path
from saas_app.core.words import _
from saas_app.edge.islands import respond

RESEND_SECONDS = 60
CODE_SENT = _(
    "If there is an account with this address, a code is on its way. It works for 10 minutes, in this browser."
)
CONFIRM_SENT = _("We have mailed you a code. It works for 10 minutes.")


@form_of("login-code", "email", "next", "remember", at="/login/code")
async def ask_for_code(request: Request, form: Form) -> Response:
    """Mail a code to log in with."""
    token = await code_flows.ask_for_code(form.get("email", ""), visit_of(request))
    typed = {name: form.get(name, "") for name in ("email", "next", "remember")}
    response = await respond(request, "login-enter", form=typed, notice=CODE_SENT, wait_seconds=RESEND_SECONDS)
    cookies.keep_link(response, "login", token)
    return response


@form_of("login-enter", "email", "next", "remember", at="/login/enter")
async def enter_code(request: Request, form: Form) -> Response:
    """Log in with the code."""
    remember = form.get("remember") == "1"
    entry = await code_flows.log_in_by_code(
        opened_link(request, "login"),
        form.get("code", ""),
        visit_of(request),
        remember=remember,
        replaces=cookies.session_digest(request),
    )
    response = let_in(request, entry, form.get("next", ""), remember=remember)
    cookies.drop_link(response, "login")
    return response


@form_of("confirm", "next")
async def confirm(request: Request, form: Form) -> Response:
    """Prove again who one is, by the password or by a code."""
    viewer, digest, visit = await member_of(request), cookies.session_digest(request), visit_of(request)
    if form.get("code"):
        entry = await code_flows.confirm_by_code(viewer, form["code"], digest, visit)
    else:
        entry = await code_flows.confirm_by_password(viewer, form.get("password", ""), digest, visit)
    response = to(safe_path(form.get("next", ""), "/settings"))
    keep(response, request, entry, remember=entry.is_remembered)
    return response


@form_of("confirm", "next")
async def mail_confirmation(request: Request, form: Form) -> Response:
    """Mail a code to confirm with."""
    viewer = await member_of(request)
    await code_flows.mail_confirmation(viewer, visit_of(request))
    typed = {"next": form.get("next", ""), "sent": "1"}
    return await respond(
        request, "confirm", viewer=viewer, form=typed, notice=CONFIRM_SENT, wait_seconds=RESEND_SECONDS
    )


routes = [
    Route("/login/code", ask_for_code, methods=["POST"]),
    Route("/login/enter", enter_code, methods=["POST"]),
    Route("/confirm", confirm, methods=["POST"]),
    Route("/confirm/code", mail_confirmation, methods=["POST"]),
]
