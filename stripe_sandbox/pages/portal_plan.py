"""The plan in the portal: cancel and keep, change with the exact cost, pause and go on."""

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import portal_actions, subscriptions
from stripe_sandbox.pages import portal_frame as frame
from stripe_sandbox.pages import render
from stripe_sandbox.pages.checkout import question_url
from stripe_sandbox.portal_actions import Visit
from stripe_sandbox.store import PRIVATE, Object, Tx


async def cancel(request: Request) -> Response:
    """Ask once more, then cancel."""
    form = await request.form()

    def work(tx: Tx, visit: Visit) -> Response:
        subscription = frame.living(tx, visit, request)
        if subscription is None:
            return frame.unknown(visit)
        if request.method == "POST" and not subscription["cancel_at"]:
            portal_actions.cancel(
                tx, visit, subscription, str(form.get("feedback", "")), str(form.get("comment", ""))[:500]
            )
            return frame.finish(tx, visit, "cancel")
        item = subscription["items"]["data"][0]
        return render.page(
            "portal_cancel.html",
            visit=visit,
            back=frame.back_of(visit),
            subscription=subscription,
            product=tx.find(item["price"]["product"]),
            item=item,
            feature=visit.configuration["features"]["subscription_cancel"],
        )

    return await frame.in_portal(request, "subscription_cancel", work)


async def keep(request: Request) -> Response:
    """Take the cancellation back."""

    def work(tx: Tx, visit: Visit) -> Response:
        subscription = frame.living(tx, visit, request)
        if subscription is None:
            return frame.unknown(visit)
        if subscription["cancel_at"]:
            portal_actions.keep(tx, subscription)
        return frame.finish(tx, visit, "keep")

    return await frame.in_portal(request, "subscription_cancel", work)


async def stay(request: Request) -> Response:
    """Take a planned change back."""

    def work(tx: Tx, visit: Visit) -> Response:
        subscription = frame.living(tx, visit, request)
        if subscription is None:
            return frame.unknown(visit)
        if portal_actions.planned(tx, subscription):
            portal_actions.stay(tx, subscription)
        return frame.finish(tx, visit, "stay")

    return await frame.in_portal(request, "subscription_update", work)


async def pause(request: Request) -> Response:
    """Ask for how long, then pause."""
    form = await request.form()

    def work(tx: Tx, visit: Visit) -> Response:
        subscription = frame.living(tx, visit, request)
        if subscription is None or subscription["status"] != "active":
            return frame.unknown(visit)
        options = visit.configuration["features"]["subscription_pause"]["duration"]["interval_options"]
        if request.method == "POST":
            text = str(form.get("option", "0"))
            choice = int(text) if text in [str(place) for place in range(len(options))] else 0
            portal_actions.pause_for(tx, visit, subscription, choice)
            return frame.finish(tx, visit, "pause")
        item = subscription["items"]["data"][0]
        return render.page(
            "portal_pause.html",
            visit=visit,
            back=frame.back_of(visit),
            subscription=subscription,
            product=tx.find(item["price"]["product"]),
            options=options,
        )

    return await frame.in_portal(request, "subscription_pause", work)


async def resume(request: Request) -> Response:
    """Go on before the pause is over."""

    def work(tx: Tx, visit: Visit) -> Response:
        subscription = frame.living(tx, visit, request)
        if subscription is None:
            return frame.unknown(visit)
        if subscription["status"] == "paused":
            outcome = portal_actions.resume(tx, subscription)
            if outcome.error:
                return render.notice(402, "Not yet", outcome.error.message, visit.session["url"], "Back to billing")
        return frame.finish(tx, visit, "resume")

    return await frame.in_portal(request, "subscription_pause", work)


async def switch(request: Request) -> Response:
    """The plans to choose from."""

    def work(tx: Tx, visit: Visit) -> Response:
        subscription = frame.living(tx, visit, request)
        if subscription is None:
            return frame.unknown(visit)
        found = portal_actions.offers(tx, visit, subscription)
        return render.page(
            "portal_switch.html",
            visit=visit,
            back=frame.back_of(visit),
            subscription=subscription,
            offers=found,
            intervals=list(dict.fromkeys(each.price["recurring"]["interval"] for each in found)),
        )

    return await frame.in_portal(request, "subscription_update", work)


async def confirm(request: Request) -> Response:
    """The exact cost of a switch, and the button that does it."""
    form = await request.form()
    asked = form if request.method == "POST" else request.query_params

    def work(tx: Tx, visit: Visit) -> Response:
        subscription = frame.living(tx, visit, request)
        if subscription is None:
            return frame.unknown(visit)
        offer = next(
            (
                each
                for each in portal_actions.offers(tx, visit, subscription)
                if each.price["id"] == str(asked.get("price"))
            ),
            None,
        )
        quantity = _quantity(subscription, asked.get("quantity"))
        item = subscription["items"]["data"][0]
        if offer is None or (offer.current and quantity == item["quantity"]):
            return render.go(f"{visit.session['url']}/switch/{subscription['id']}")
        moment = _moment(tx, subscription, form.get("moment") if request.method == "POST" else None)
        wanted = portal_actions.preview(tx, visit, subscription, offer.price, quantity, moment)
        error = None
        if request.method == "POST":
            outcome = portal_actions.switch(tx, visit, wanted)
            if outcome.paid:
                return frame.finish(tx, visit, "later" if wanted.at_end else "switch")
            if outcome.result == "action":
                return render.go(question_url(tx.find(visit.session[PRIVATE]["attempt"]["intent"]) or {}))
            error = outcome.error.message if outcome.error else None
        return render.page(
            "portal_confirm.html",
            422 if error else 200,
            visit=visit,
            wanted=wanted,
            product=offer.product,
            current=item,
            method=subscriptions.source(tx, subscription),
            error=error,
        )

    return await frame.in_portal(request, "subscription_update", work)


def _quantity(subscription: Object, asked: object) -> int:
    text = str(asked or "")
    return int(text) if text.isdigit() and 0 < int(text) < 10_000 else subscription["items"]["data"][0]["quantity"]


def _moment(tx: Tx, subscription: Object, asked: object) -> int:
    """The moment the shown amount was worked out for, if that was a short while ago."""
    text = str(asked or "")
    start = subscription["items"]["data"][0]["current_period_start"]
    if text.isdigit() and max(start, tx.now - 600) <= int(text) <= tx.now:
        return int(text)
    return tx.now
