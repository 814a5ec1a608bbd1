"""To a provider and back. What a trip is tied to lies in a signed cookie of the browser that left."""

import json
import secrets
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from saas_app.auth import cookies
from saas_app.auth.addresses import read_address
from saas_app.auth.doors import (
    CHOICE,
    Form,
    form_of,
    fresh_member_of,
    let_in,
    to,
    visit_of,
)
from saas_app.core import db, tokens
from saas_app.core.errors import Gone
from saas_app.core.visitors import safe_path
from saas_app.core.words import _
from saas_app.social import flows, providers, service
from saas_app.social.flows import PasswordNeeded
from saas_app.social.providers import Claims, Errand, ProviderFailed

Trip = dict[str, Any]
TRIP_LASTS = timedelta(minutes=10)


class TripOver(Gone):
    """What came back belongs to no trip that this browser is on."""

    def __init__(self) -> None:
        super().__init__(_("This log-in took too long, or began in another browser. Please try again."))


@form_of("login")
async def leave(request: Request, form: Form) -> Response:
    """Send the browser to the provider, to log in or to sign up."""
    return await _send(request, connect="")


@form_of("settings")
async def leave_to_connect(request: Request, form: Form) -> Response:
    """Send the browser to the provider, to connect what is there to the account that is here."""
    return await _send(request, connect=(await fresh_member_of(request)).id)


async def _send(request: Request, *, connect: str) -> Response:
    from saas_app.social import asking  # here, since a shop without providers never needs it

    there, asked = providers.provider(request.path_params["provider"]), request.query_params
    errand = Errand(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
    trip: Trip = {
        **asdict(errand),
        "provider": there.key,
        "next": safe_path(asked.get("next", "")[:300], ""),
        "choice": {name: asked[name] for name in ("plan", "billing") if CHOICE.fullmatch(asked.get(name, ""))},
        "connect": connect,
    }
    response = to(await asking.address_to_ask(there, errand))
    cookies.keep_note(response, "trip", tokens.sign("trip", json.dumps(trip), TRIP_LASTS), TRIP_LASTS)
    return response


@form_of("login", "next")
async def come_back(request: Request, form: Form) -> Response:
    """Back from the provider: log in, open an account, connect, or ask for the password of an account that is there."""
    from saas_app.social import asking  # here, since a shop without providers never needs it

    trip = _trip(request)
    there, asked = providers.provider(trip["provider"]), request.query_params
    if asked.get("error") or not asked.get("code"):
        raise ProviderFailed(there.name)
    errand = Errand(trip["state"], trip["nonce"], trip["verifier"])
    claims = await asking.who_came_back(there, errand, asked["code"])
    visit, digest = visit_of(request), cookies.session_digest(request)
    if trip["connect"]:
        response = await _connect(request, trip["connect"], claims)
    else:
        found = await flows.enter(claims, visit, replaces=digest)
        if isinstance(found, PasswordNeeded):
            response = to(f"/login/link?{urlencode({'email': found.address.email, 'provider': there.name})}")
            note = json.dumps({**asdict(claims), "next": trip["next"]})
            cookies.keep_note(response, "identity", tokens.sign("identity", note, TRIP_LASTS), TRIP_LASTS)
        else:
            response = let_in(request, found, trip["next"] or _after(trip["choice"]))
    cookies.drop_note(response, "trip")
    return response


async def _connect(request: Request, user_id: str, claims: Claims) -> Response:
    viewer = await fresh_member_of(request)
    if viewer.id != user_id:
        raise TripOver
    await flows.connect(viewer, claims, visit_of(request))
    return to("/settings")


@form_of("login-link", "email", "provider", at="/login/link")
async def link(request: Request, form: Form) -> Response:
    """Show by the password that the account is one's own, and connect the identity to it."""
    value = tokens.unsign("identity", cookies.note(request, "identity"))
    if value is None:
        raise TripOver
    kept = json.loads(value)
    wanted = kept.pop("next")
    claims = Claims(**kept)
    address = read_address(claims.email)
    if address is None:
        raise TripOver
    digest, visit = cookies.session_digest(request), visit_of(request)
    entry = await flows.link(claims, address, form.get("password", ""), visit, replaces=digest)
    response = let_in(request, entry, wanted)
    cookies.drop_note(response, "identity")
    return response


@form_of("settings")
async def disconnect(request: Request, form: Form) -> Response:
    """From now on this identity opens nothing."""
    viewer = await fresh_member_of(request)
    await db.run_system("account", service.disconnect, viewer.id, form.get("id", "")[:64], visit_of(request))
    return to("/settings")


routes = [
    Route("/auth/{provider}", leave, methods=["GET"]),
    Route("/auth/{provider}/callback", come_back, methods=["GET"]),
    Route("/settings/connect/{provider}", leave_to_connect, methods=["GET"]),
    Route("/login/link", link, methods=["POST"]),
    Route("/settings/identities/end", disconnect, methods=["POST"]),
]


def _trip(request: Request) -> Trip:
    value = tokens.unsign("trip", cookies.note(request, "trip"))
    if value is None:
        raise TripOver
    trip = json.loads(value)
    same = secrets.compare_digest(trip["state"].encode(), request.query_params.get("state", "").encode())
    if not same or trip["provider"] != request.path_params["provider"]:
        raise TripOver
    return trip


def _after(choice: dict[str, str]) -> str:
    return f"/welcome?{urlencode(choice)}" if choice else "/dashboard"
