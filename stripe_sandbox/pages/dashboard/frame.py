"""What all screens share: the common frame, how a form is sent, and what is said afterwards."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import clock, sandbox
from stripe_sandbox.errors import StripeError
from stripe_sandbox.pages import render
from stripe_sandbox.store import Object, Tx

PAGE = 50  # rows

_HOMES = {
    "customer": "customers",
    "subscription": "subscriptions",
    "invoice": "invoices",
    "payment_intent": "payments",
    "product": "products",
    "price": "prices",
}
SAID = {
    "added": "Added.",
    "advancing": "The test clock is on its way.",
    "arrived": "The clock has arrived.",
    "archived": "Archived: nobody can buy it any more. Who subscribes keeps it.",
    "back": "It can be bought again.",
    "chaos": "From now on.",
    "decline": "The next payment of this customer will be declined.",
    "default": "This is the default price now.",
    "dispute": "The dispute is open. The money is gone until it is decided.",
    "inquiry": "The bank asks. The money stays until it decides otherwise.",
    "lost": "The dispute is lost. The money stays with the cardholder.",
    "won": "The dispute is won. The money is back.",
    "done": "Done.",
    "moving": "The clock is moving already. Wait until it has arrived.",
    "normal": "Payments depend on the card again.",
    "nowhere": "There is nothing to move to.",
    "refund": "Refunded.",
    "reset": "Everything is forgotten. The clock is back at the wall's time.",
    "resent": "The event is on its way again.",
    "saved": "Saved.",
}


class Typed(dict[str, str]):
    """The fields of a form; what was not sent is empty."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True)
class Problem:
    """A form that was refused: which one, what was typed, and what is wrong, by field or as a whole."""

    form: str = ""
    typed: Typed = field(default_factory=Typed)
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    message: str = ""
    status: int = 200

    def of(self, form: str) -> "Problem":
        """The same for this form, nothing for others."""
        return self if self.form == form else NOTHING


NOTHING = Problem()
View = Callable[[Tx, Request, Problem], Response]


class Refused(Exception):
    """A form that cannot be read: what is wrong by field, or as a whole."""

    def __init__(self, message: str = "", **errors: str) -> None:
        super().__init__(message)
        self.message = message
        self.errors = errors


def home(obj: Object) -> str:
    """The screen of an object."""
    return f"/{_HOMES.get(obj['object'], 'objects')}/{obj['id']}"


def draw(view: View) -> Callable[[Request], Any]:
    """The endpoint that shows a view."""

    async def shown(request: Request) -> Response:
        return await run_in_threadpool(_show, view, request, NOTHING)

    return shown


def act(
    form: str, view: View, work: Callable[[Request, dict[str, str]], str], fields: Mapping[str, str] = {}
) -> Callable[[Request], Any]:
    """The endpoint of a form. `work` answers where to go; what it refuses is shown on `view`, with all that was typed.

    `fields`: the form's name for a parameter of the API, where it differs.
    """

    async def sent(request: Request) -> Response:
        typed = Typed((name, str(value)) for name, value in (await request.form()).items())

        def run() -> Response:
            try:
                return render.go(work(request, typed))
            except Refused as refused:
                problem = Problem(form, typed, refused.errors, refused.message, 422)
            except StripeError as error:
                name = fields.get(error.param or "", error.param or "")
                at_field = {name: error.message} if name in typed else {}
                problem = Problem(form, typed, at_field, "" if at_field else error.message, error.status)
            return _show(view, request, problem)

        return await run_in_threadpool(run)

    return sent


def call(request: Request, method: str, path: str, form: Mapping[str, str] | None = None) -> Object:
    """An operation of the API, done from here."""
    return sandbox.of(request).api.call(method, path, form or {}, sandbox.base_url(request))


def _show(view: View, request: Request, problem: Problem) -> Response:
    try:
        with sandbox.visit(request) as tx:
            answer = view(tx, request, problem)
    except StripeError as error:
        return render.notice(error.status, "This does not exist", error.message, "/", "To the overview")
    if problem.status >= 400:
        answer.status_code = problem.status
    return answer


def page(
    template: str, tx: Tx, request: Request, problem: Problem, /, tab: str, clock_of: str | None = None, **more: Any
) -> Response:
    """A screen in its frame. `clock_of`: the test clock that its clock bar shows and moves."""
    time, said = clock_bar(tx, request, clock_of), request.query_params.get("said", "")
    if said == "arrived" and time["moving"]:
        said = ""  # the script says it, when it is so
    return render.page(
        f"dashboard/{template}.html",
        tab=tab,
        problem=problem,
        said=SAID.get(said, ""),
        here=_here(request),
        home=home,
        time=time,
        mark=mark(request, tx),
        broken=tx.db.execute("SELECT kind, object, failed FROM jobs WHERE failed IS NOT NULL LIMIT 5").fetchall(),
        chaos=sandbox.of(request).weather.now,
        **more,
    )


def clock_bar(tx: Tx, request: Request, test_clock: str | None = None) -> Object:
    """What time it is, where the clock can go, and where it is going."""
    name = test_clock or clock.GLOBAL
    own = tx.get("test_helpers.test_clock", test_clock) if test_clock else None
    renewal = tx.db.execute(
        "SELECT min(due) FROM jobs WHERE kind = 'subscription.renew' AND clock = ?", (name,)
    ).fetchone()[0]
    return {
        "clock": own,
        "now": own["frozen_time"] if own else tx.now,
        "ahead": 0 if own else clock.offset(tx),
        "renewal": renewal,
        "trial": next_trial_end(tx, name),
        "moving": None if own else sandbox.of(request).mover.under_way,
    }


def next_trial_end(tx: Tx, clock_name: str) -> int | None:
    """When the next trial on this clock is over."""
    row = tx.db.execute(
        "SELECT min(j.due) FROM objects o CROSS JOIN jobs j ON j.object = o.id"
        " WHERE o.kind = 'subscription' AND json_extract(o.body, '$.status') = 'trialing'"
        " AND j.kind = 'subscription.renew' AND j.clock = ?",
        (clock_name,),
    ).fetchone()
    return row[0] if row else None


def mark(request: Request, tx: Tx) -> str:
    """Changes when a screen may look different: rows, the minute, the clock's way."""
    here = sandbox.of(request)
    moving = here.mover.under_way
    return f"{id(here)}.{here.store.changes}.{tx.now // 60}.{moving.percent if moving else ''}"


_OWN_PATH = re.compile(r"/(?!/)[\w/.~-]*(\?[\w=&.%@+-]*)?")


def back(typed: Mapping[str, str], otherwise: str, said: str = "") -> str:
    """The page that the form stood on; never another site's."""
    wanted = typed.get("back", "")
    path = wanted if _OWN_PATH.fullmatch(wanted) else otherwise
    return saying(path, said) if said else path


def saying(path: str, said: str) -> str:
    """A path whose page says one of `SAID`."""
    return f"{path}{'&' if '?' in path else '?'}said={said}"


def _here(request: Request) -> str:
    """This page without what it said."""
    query = str(request.url.remove_query_params("said").query)
    path = request.url.path if request.method == "GET" else ""
    return f"{path}?{query}" if query else path


def page_number(request: Request) -> int:
    """Which page of a list, from 1."""
    text = request.query_params.get("page", "1")
    return max(1, int(text)) if re.fullmatch("[0-9]{1,6}", text) else 1


def rows(
    tx: Tx, request: Request, kind: str, where: str = "", values: tuple[Any, ...] = ()
) -> tuple[list[Object], Object]:
    """One page of a kind's objects, newest first, and the links to its neighbours."""
    number = page_number(request)
    found = tx.select(kind, where, values, PAGE + 1, offset=(number - 1) * PAGE)

    def link(to: int) -> str:
        return f"?{request.url.include_query_params(page=to).remove_query_params('said').query}"

    pager = {"newer": link(number - 1) if number > 1 else "", "older": link(number + 1) if len(found) > PAGE else ""}
    return found[:PAGE], pager
