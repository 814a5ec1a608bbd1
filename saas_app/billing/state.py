"""What the billing pages know of their viewer. Money moves on Stripe's pages only; nothing here takes any."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from saas_app.billing import checkout, choices, service, statement
from saas_app.billing.account import sync_account
from saas_app.billing.catalogue import Offer, offers_in
from saas_app.billing.changes import AlreadyChanging, CannotChange
from saas_app.billing.checkout import Outcome
from saas_app.billing.choices import PlanChoice
from saas_app.billing.gateway.errors import StripeMissing, StripeRefused, StripeUnavailable
from saas_app.billing.limits import count_ask
from saas_app.billing.portal import NothingToManage
from saas_app.billing.service import BillingView
from saas_app.billing.statement import SHOWN_FIRST, Details, InvoiceList, NextCharge
from saas_app.billing.stripe_account import OtherAccount
from saas_app.billing.trials import trial_for
from saas_app.core import db, live
from saas_app.core.config import settings
from saas_app.core.errors import AppError, BadInput, TooManyTries
from saas_app.core.frozen import Frozen
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.edge.gate import AppState, current_viewer, member
from saas_app.edge.live import LiveState

log = logging.getLogger(__name__)

LOOKS = 15
SECONDS_BETWEEN_LOOKS = 2.0

# What /billing says when a form came back with a problem; the address bar carries the name only.
LASTING: dict[str, str] = {
    StripeRefused.__name__: str(StripeRefused()),
    StripeMissing.__name__: str(StripeRefused()),
    OtherAccount.__name__: str(StripeRefused()),
    NothingToManage.__name__: str(NothingToManage()),
    CannotChange.__name__: _(
        "This plan cannot be chosen now: you have it already, or a payment is still under way. What you have is below."
    ),
    AlreadyChanging.__name__: str(AlreadyChanging()),
    BadInput.__name__: _("This plan is not sold any more. Please choose another one."),
}
PASSING: dict[str, str] = {
    StripeUnavailable.__name__: str(StripeUnavailable()),
    TooManyTries.__name__: _("That was too often in one minute."),
}
OTHER_PROBLEM = _("That did not work.")

# What /billing says when a form has done its work.
SAID = {
    "change": _("Your plan is changed."),
    "planned": _("Your change is planned. Until its day you can take it back."),
    "cancel": _("Your plan is canceled. You can take it back until it ends."),
    "keep": _("Your plan goes on as it is."),
}

# What the return page says when it cannot look: somebody may have paid a minute ago.
NOT_SEEN = {
    Outcome.LATE: _("We cannot ask our payment provider right now. What you have paid is not lost."),
    Outcome.REFUSED: _(
        "We cannot look at this payment ourselves. If your plan is not open tomorrow, please write to us."
    ),
}


@dataclass(frozen=True)
class Problem(Frozen):
    """What went wrong, what follows from it, and the plan to try again with, if that may help."""

    title: str = ""
    words: str = ""
    plan: str = ""
    interval: str = "year"


def problem_of(named: str, plan: str, interval: str) -> Problem:
    """The problem that an address names. Whoever had chosen a plan never got as far as paying."""
    if not named:
        return Problem()
    words = [_("Nothing was charged.")] if plan else []
    if named in LASTING:
        return Problem(LASTING[named], " ".join(words))
    words.append(_("You can try again in a moment."))
    return Problem(PASSING.get(named, OTHER_PROBLEM), " ".join(words), plan, interval)


class AccountState(LiveState, AppState):
    """Whose page this is and what they pay for; every member page shows some of it."""

    name: str = ""
    email: str = ""
    email_verified: bool = False
    billing: BillingView = BillingView()
    sandbox: bool = False
    mailbox: bool = False

    async def _read(self, viewer: Viewer) -> None:
        self.name, self.email, self.email_verified = viewer.name, viewer.email, viewer.email_verified
        self.billing = await db.read(viewer, service.billing)
        self.sandbox = settings().stripe_mode == "sandbox"
        self.mailbox = not settings().is_production and not settings().smtp_url

    @rx.event
    @member
    async def load(self) -> None:
        """Read who is looking and their plan."""
        await self._load()


class BillingState(LiveState, AppState):
    """The billing page: the next charge, invoices, what can be bought or changed to, and what a form had to say."""

    invoices: InvoiceList = InvoiceList()
    next_charge: NextCharge = NextCharge()
    details: Details = Details()
    offers: list[Offer] = []
    choices: list[PlanChoice] = []
    trials: dict[str, str] = {}
    _limit: int = SHOWN_FIRST

    @rx.var
    def said(self) -> str:
        """What a form has done. It follows from the address, so that no later visit begins with it."""
        return SAID.get(str(self.router.url.query_parameters.get("done", "")), "")

    @rx.var
    def problem(self) -> Problem:
        """What a form could not do."""
        asked = self.router.url.query_parameters
        interval = "month" if asked.get("billing") == "month" else "year"
        return problem_of(str(asked.get("problem", "")), str(asked.get("plan", "")), interval)

    async def _read(self, viewer: Viewer) -> None:
        self.invoices = await db.read(viewer, statement.invoices, self._limit)
        self.next_charge = await db.read(viewer, statement.next_charge)
        self.details = await db.read(viewer, statement.details)
        self.choices = list(await db.read(viewer, choices.choices))
        currency = await db.read(viewer, checkout.currency_of)
        self.offers = [o for o in await db.read_system("catalogue", offers_in, currency) if o.is_sold]
        self.trials = {
            offer.key: (await db.read_system("checkout", trial_for, viewer.id, offer.key)).words
            for offer in self.offers
            if not self.choices
        }

    @rx.event
    @member
    async def show_more(self) -> None:
        """Show older invoices too."""
        self._limit += SHOWN_FIRST
        self.invoices = await db.read(current_viewer(), statement.invoices, self._limit)

    @rx.event
    @member
    async def load(self) -> rx.event.EventSpec:
        """Show the invoices and the offers that are known here, then look at Stripe."""
        await self._load()
        return BillingState.look  # type: ignore[return-value]

    @rx.event(background=True)
    @member
    async def look(self) -> None:
        """Ask Stripe afresh. What it says, or that it says nothing, reaches every tab of this person."""
        viewer = current_viewer()
        try:
            await count_ask(viewer)
            await sync_account(viewer.id)
        except AppError as error:
            log.warning("no look at Stripe from the billing page: %s", type(error).__name__)
            live.announce(viewer.id)


# What the billing page loads, and what it waits for to draw all of it at once. A feature whose section stands on it
# adds its own to both, before the app is put together.
page_loads: list[Any] = [AccountState.load, BillingState.load]
page_states: list[type[LiveState]] = [AccountState, BillingState]


async def until_decided(state: Any, viewer: Viewer, look: Callable[[], Awaitable[Outcome]]) -> AsyncIterator[None]:
    """Look at a checkout that somebody came back from until it is decided, or for half a minute.

    For a background handler of a state with `outcome`, `problem` and `_read`; yields after each look that must be
    followed by another.
    """
    async with state:
        owner = (await state.get_state(AppState))._owner  # pyright: ignore[reportPrivateUsage]
    for _look in range(LOOKS):
        outcome = await look()
        async with state:
            if state.outcome == "active":  # a webhook was faster
                return
            if (await state.get_state(AppState))._owner != owner:  # pyright: ignore[reportPrivateUsage]
                return  # the tab has changed hands since
            state.problem = NOT_SEEN.get(outcome, "")
            if outcome is not Outcome.LATE:
                state.outcome = outcome.value
            if outcome is Outcome.ACTIVE:
                await state._read(viewer)
            if outcome not in (Outcome.PROCESSING, Outcome.LATE):
                return
        yield
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
    async with state:
        if state.outcome != "active":
            state.outcome = "slow"


class ReturnState(LiveState, AppState):
    """The page somebody lands on after paying: "activating" until the truth is known, then what is unlocked."""

    outcome: str = "activating"
    plan_name: str = ""
    problem: str = ""

    async def _read(self, viewer: Viewer) -> None:
        view = await db.read(viewer, service.billing)
        if view.paid:
            self.outcome, self.plan_name = "active", view.plan_name

    @rx.event
    @member
    async def load(self) -> rx.event.EventSpec | None:
        """Show what is known already, then look at Stripe."""
        self.outcome, self.problem = "activating", ""
        await self._load()
        return None if self.outcome == "active" else ReturnState.look  # type: ignore[return-value]

    @rx.event(background=True)
    @member
    async def look(self) -> AsyncIterator[None]:
        """Ask Stripe about this checkout, until it is decided or it takes too long to wait for."""
        viewer = current_viewer()
        session_id = checkout.safe_session_id(str(self.router.url.query_parameters.get("session_id", "")))
        async for _look in until_decided(self, viewer, lambda: checkout.look_at(viewer, session_id)):
            yield
