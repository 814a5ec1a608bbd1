"""The doors of the library that are not Reflex: opening a chapter, and what one writes beside it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from saas_app.auth.doors import Form, form_of, member_of, to
from saas_app.core import db
from saas_app.core.config import settings
from saas_app.core.errors import NotFound
from saas_app.edge.islands import respond
from saas_app.edge.who import viewer_of
from saas_app.features.library import flows, service
from saas_app.features.library.forms import read_block
from saas_app.features.library.service import NotYours

READER = "library-book"


async def open_chapter(request: Request) -> Response:
    """A chapter, looked up and drawn for whoever owns the book at this moment."""
    viewer, slug = await viewer_of(request, settings().base_url), request.path_params["chapter"]
    if viewer is None:
        return to(f"/login?next={request.url.path}")
    try:
        reading = await flows.open_chapter(viewer, slug)
    except (NotFound, NotYours):
        return to("/library/book")  # which opens where this person stopped, or says how to get the book
    return await respond(request, READER, viewer=viewer, reading=reading)


@form_of(READER, at="/library/book")
async def keep_place(request: Request, form: Form) -> Response:
    """How far somebody has come, told by the page while they read."""
    viewer = await member_of(request)
    await flows.keep_place(viewer, form.get("chapter", ""), read_block(form.get("block", "")))
    return Response(status_code=204)


@form_of(READER, "quote", "words", "block", at="/library/book", longest=4_000)
async def add_note(request: Request, form: Form) -> Response:
    """Keep a note, and go on reading where it belongs."""
    viewer = await member_of(request)
    note = await db.run(viewer, service.add_note, form)
    return to(note.href)


@form_of(READER, at="/library/book")
async def delete_note(request: Request, form: Form) -> Response:
    """Delete a note of one's own."""
    viewer = await member_of(request)
    chapter = await db.run(viewer, service.delete_note, form.get("id", ""))
    return to(f"/library/book/{chapter}#notes")


routes = [
    Route("/library/book/{chapter}", open_chapter, methods=["GET"]),
    Route("/library/place", keep_place, methods=["POST"]),
    Route("/library/notes", add_note, methods=["POST"]),
    Route("/library/notes/delete", delete_note, methods=["POST"]),
]
