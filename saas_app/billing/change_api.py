"""The forms of somebody who has a plan: choose another one, confirm it, cancel, and take back."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from saas_app.auth.doors import Form, form_of, member_of, to
from saas_app.billing import changes, ending
from saas_app.billing.limits import count_ask

CHANGE, CANCEL = "billing-change", "billing-cancel"


@form_of(CHANGE, at="/billing")
async def choose(request: Request, form: Form) -> Response:
    """Work out what another plan would cost; the next page shows it."""
    viewer = await member_of(request)
    await count_ask(viewer)
    interval = "month" if form.get("billing") == "month" else "year"
    await changes.work_out(viewer, form.get("plan", ""), interval)
    return to("/billing/change")


@form_of(CHANGE, at="/billing/change")
async def confirm(request: Request, form: Form) -> Response:
    """Do what was shown."""
    viewer = await member_of(request)
    await count_ask(viewer)
    outcome = await changes.confirm(viewer, form.get("id", "")[:64])
    return to(f"/billing?done={outcome}")


@form_of(CANCEL, "feedback", "comment", at="/billing/cancel")
async def cancel(request: Request, form: Form) -> Response:
    """Let the plan end when what was paid is used up."""
    viewer = await member_of(request)
    await count_ask(viewer)
    await ending.cancel(viewer, form.get("feedback", ""), form.get("comment", ""))
    return to("/billing?done=cancel")


@form_of(CANCEL, at="/billing")
async def keep(request: Request, form: Form) -> Response:
    """Take back a cancellation, or a change that was planned."""
    viewer = await member_of(request)
    await count_ask(viewer)
    await ending.keep(viewer)
    return to("/billing?done=keep")


routes = [
    Route("/billing/change", choose, methods=["POST"]),
    Route("/billing/change/confirm", confirm, methods=["POST"]),
    Route("/billing/cancel", cancel, methods=["POST"]),
    Route("/billing/keep", keep, methods=["POST"]),
]
