"""The forms of the settings, posted by the browser itself."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from saas_app.account import flows, leaving, own_data
from saas_app.auth import cookies, sessions
from saas_app.auth.doors import Form, form_of, fresh_member_of, keep, member_of, opened_link, swap, to, visit_of
from saas_app.core import audit, clock, db, logs
from saas_app.core.words import _
from saas_app.edge.islands import respond

RESEND_SECONDS = 60
LINK_SENT = _("We have mailed a link to {email}. Nothing changes until it is opened; it works for 24 hours.")
SAVED = _("Saved.")
PASSWORD_SAVED = _("Your new password is saved, and all other devices are logged out.")
TAKEN_BACK = _("The account is yours again. We have mailed you a link to choose a new password.")


@form_of("settings", "name")
async def rename(request: Request, form: Form) -> Response:
    """Call me otherwise."""
    viewer = await member_of(request)
    await flows.rename(viewer, form.get("name", ""))
    return await respond(request, "settings", viewer=await member_of(request), notice=SAVED)


@form_of("settings-password", at="/settings/password")
async def change_password(request: Request, form: Form) -> Response:
    """Choose a new password."""
    viewer, visit = await fresh_member_of(request), visit_of(request)
    entry = await flows.change_password(viewer, form.get("password", ""), cookies.session_digest(request), visit)
    response = await respond(request, "settings-password", viewer=viewer, notice=PASSWORD_SAVED)
    keep(response, request, entry, remember=entry.is_remembered)
    return response


@form_of("settings-email", "email", at="/settings/email")
async def ask_for_address(request: Request, form: Form) -> Response:
    """Ask for another address."""
    viewer = await fresh_member_of(request)
    asked = await flows.ask_for_address(viewer, form.get("email", ""), visit_of(request))
    sent = LINK_SENT.format(email=asked.email)
    return await respond(request, "settings-email", viewer=viewer, notice=sent, wait_seconds=RESEND_SECONDS)


async def open_change_link(request: Request) -> Response:
    """A link from a mail; opening uses nothing up."""
    return swap(request, "change")


@form_of("change")
async def change_address(request: Request, form: Form) -> Response:
    """Use the new address."""
    viewer, digest = await member_of(request), cookies.session_digest(request)
    entry = await flows.change_address(viewer, opened_link(request, "change"), digest, visit_of(request))
    response = to("/settings?moved=yes")
    keep(response, request, entry, remember=entry.is_remembered)
    cookies.drop_link(response, "change")
    return response


async def open_undo_link(request: Request) -> Response:
    """A link from a mail; opening uses nothing up."""
    return swap(request, "undo")


@form_of("undo")
async def take_back(request: Request, form: Form) -> Response:
    """Go back to the former address."""
    await flows.take_back(opened_link(request, "undo"), visit_of(request))
    response = await respond(request, "login", notice=TAKEN_BACK)
    cookies.drop_link(response, "undo")
    cookies.drop_session(response)
    return response


@form_of("settings")
async def end_session(request: Request, form: Form) -> Response:
    """Log one of my browsers out."""
    viewer = await member_of(request)
    await db.run(viewer, sessions.close_one, form.get("id", "")[:64])
    return to("/settings")


@form_of("settings")
async def end_others(request: Request, form: Form) -> Response:
    """Log out everywhere else."""
    viewer = await member_of(request)
    await db.run(viewer, sessions.close_others, viewer.session_id)
    return to("/settings")


@form_of("settings", at="/settings/export")
async def export(request: Request, form: Form) -> Response:
    """Everything we have of me, as one file."""
    viewer, visit = await fresh_member_of(request), visit_of(request)
    found = await db.read(viewer, own_data.collect)
    await db.run_system("account", audit.record, viewer.id, "data exported", ip=visit.ip, device=visit.device)
    name = f"my-data-{clock.now():%Y-%m-%d}.json"
    return Response(
        found, media_type="application/json", headers={"content-disposition": f'attachment; filename="{name}"'}
    )


@form_of("settings-delete", at="/settings/delete")
async def delete(request: Request, form: Form) -> Response:
    """Delete my account."""
    viewer, visit = await fresh_member_of(request), visit_of(request)
    await db.run_system("leaving", leaving.ask, viewer.id, visit)
    logs.security("account deletion asked", ip=visit.ip, user=viewer.id)
    response = to("/goodbye")
    cookies.drop_session(response)
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


routes = [
    Route("/settings", rename, methods=["POST"]),
    Route("/settings/password", change_password, methods=["POST"]),
    Route("/settings/email", ask_for_address, methods=["POST"]),
    Route("/settings/sessions/end", end_session, methods=["POST"]),
    Route("/settings/sessions/others", end_others, methods=["POST"]),
    Route("/settings/export", export, methods=["GET"]),
    Route("/settings/delete", delete, methods=["POST"]),
    Route("/change", change_address, methods=["POST"]),
    Route("/change/{token}", open_change_link, methods=["GET"]),
    Route("/undo", take_back, methods=["POST"]),
    Route("/undo/{token}", open_undo_link, methods=["GET"]),
]
