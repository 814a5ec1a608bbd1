"""Billing details in the portal: as far as the configuration lets them be changed."""

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import customers, events, tax_ids
from stripe_sandbox.errors import Invalid
from stripe_sandbox.pages import card_form, render
from stripe_sandbox.pages import portal_frame as frame
from stripe_sandbox.pages.card_form import COUNTRIES, Typed
from stripe_sandbox.portal_actions import Visit
from stripe_sandbox.store import Object, Tx


async def details(request: Request) -> Response:
    """Name, email and address, as far as the configuration lets them be changed."""
    form = {key: str(value).strip() for key, value in (await request.form()).items()}

    def work(tx: Tx, visit: Visit) -> Response:
        allowed = visit.configuration["features"]["customer_update"]["allowed_updates"]
        customer, errors = visit.customer, {}
        if request.method == "POST":
            typed = Typed({**form})
            scratch = Typed(form)
            card_form.check(scratch, email="email" in allowed, address=False)
            errors = {k: v for k, v in scratch.errors.items() if k == "email"}
            for name in ("email", "name", "phone"):
                if name in allowed and name in form:
                    customer[name] = form[name] or None
            if "address" in allowed:
                customer["address"] = customers.address(typed.address)
            if not errors:
                events.updated(tx, customer)
                return frame.finish(tx, visit, "details")
        return render.page(
            "portal_details.html",
            422 if errors else 200,
            visit=visit,
            back=frame.back_of(visit),
            allowed=allowed,
            customer=customer,
            errors=errors,
            typed={},
            countries=COUNTRIES,
            **_tax(tx, visit),
        )

    return await frame.in_portal(request, "customer_update", work)


def _tax(tx: Tx, visit: Visit) -> Object:
    return {"tax_ids": tx.of_customer("tax_id", visit.customer["id"]), "kinds": tax_ids.KINDS}


async def tax_id(request: Request) -> Response:
    """Keep a tax number, or take one away."""
    form = {key: str(value).strip() for key, value in (await request.form()).items()}

    def work(tx: Tx, visit: Visit) -> Response:
        allowed = visit.configuration["features"]["customer_update"]["allowed_updates"]
        if "tax_id" not in allowed:
            return frame.unknown(visit)
        own = {each["id"]: each for each in tx.of_customer("tax_id", visit.customer["id"])}
        if form.get("remove") in own:
            tax_ids.remove(tx, own[form["remove"]])
            return frame.finish(tx, visit, "notax")
        try:
            tax_ids.add(tx, visit.customer, form.get("tax_id_type", ""), form.get("tax_id", ""))
        except Invalid as error:
            return render.page(
                "portal_details.html",
                422,
                visit=visit,
                back=frame.back_of(visit),
                allowed=allowed,
                customer=visit.customer,
                errors={"tax_id": error.message},
                typed=form,
                countries=COUNTRIES,
                **_tax(tx, visit),
            )
        return frame.finish(tx, visit, "tax")

    return await frame.in_portal(request, "customer_update", work)
