"""What the doctor finds at Stripe, and what it tells one to do."""

import json
from collections.abc import Callable
from datetime import timedelta

from saas_app import doctor
from saas_app.billing import compare, setup
from saas_app.billing.gateway import endpoints
from saas_app.billing.reconcile import catch_up
from saas_app.core import clock
from saas_app.doctor.findings import Finding
from saas_app.doctor.stripe_side import on_clock
from tests.billing.shop import Stripe, do_waiting_work


async def _found() -> dict[str, Finding]:
    return {each.about: each for each in await doctor.examine()}


async def _all_done() -> None:
    await catch_up()
    await do_waiting_work()
    await compare.compare(settled=False)


async def test_after_the_set_up_and_a_comparison_the_doctor_is_content(shop: Stripe) -> None:
    await _all_done()
    found = await doctor.examine()
    assert [str(each) for each in found if each.state != "ok"] == []
    assert doctor.status(found) == 0
    assert json.loads(doctor.in_json(found))["ok"]
    said = await _found()
    assert said["Stripe answers"].words.startswith("sandbox, account acct_")
    assert said["webhook endpoint"].words.endswith(f"version {endpoints.VERSION}, {len(setup.EVENTS)} kinds of event")
    assert "3 products and 5 prices" in said["catalogue at Stripe"].words
    assert said["comparison with Stripe"].words.endswith(": 0 differences")


async def test_an_account_that_was_never_set_up_is_told_to_be(stripe: Stripe) -> None:
    found = await doctor.examine()
    todo = {each.about for each in found if each.todo == "run: python -m saas_app stripe-setup"}
    assert {"webhook secret", "catalogue", "webhook endpoint", "customer portal"} <= todo
    assert doctor.status(found) == 1


async def test_an_endpoint_of_another_version_is_wrong_and_the_set_up_replaces_it(shop: Stripe) -> None:
    (hook,) = shop.all("webhook_endpoints")
    shop.delete(f"webhook_endpoints/{hook['id']}")
    old = {"url": hook["url"], "api_version": "2024-06-20", "enabled_events[0]": "invoice.paid"}
    made = shop.change("webhook_endpoints", **old)
    said = (await _found())["webhook endpoint"]
    wanted = f"it sends version 2024-06-20, the SDK reads {endpoints.VERSION}"
    assert (said.state, said.words) == ("wrong", wanted)
    await setup.set_up(lambda line: None)
    (now,) = shop.all("webhook_endpoints")
    assert (now["api_version"], now["id"] == made["id"]) == (endpoints.VERSION, False)
    assert (await _found())["webhook endpoint"].state == "ok"


async def test_what_somebody_changed_in_stripe_is_named(shop: Stripe) -> None:
    await _all_done()
    pro = next(each for each in shop.all("products") if each["name"] == "Pro")
    shop.change(f"products/{pro['id']}", name="Professional")
    portal = shop.all("billing_portal/configurations")[0]["id"]
    shop.change(f"billing_portal/configurations/{portal}", **{"features[invoice_history][enabled]": "false"})
    found = await _found()
    assert "name: here Pro, at Stripe Professional" in found["catalogue at Stripe"].words
    assert "features.invoice_history.enabled" in found["customer portal"].words


async def test_two_endpoints_for_one_address_are_one_too_many(shop: Stripe) -> None:
    (hook,) = shop.all("webhook_endpoints")
    events = {f"enabled_events[{number}]": name for number, name in enumerate(setup.EVENTS)}
    shop.change("webhook_endpoints", url=hook["url"], api_version=endpoints.VERSION, **events)
    assert (await _found())["webhook endpoint"].state == "warn"


async def test_a_clock_that_is_wrong_is_told(shop: Stripe) -> None:
    assert (await _found())["clock"].state == "ok"
    assert on_clock(60).state == "ok"
    assert on_clock(90).words == "2 minutes away from Stripe's"


async def test_a_stripe_that_is_away_is_told_once_and_hides_nothing_else(shop: Stripe) -> None:
    shop.tell("down", seconds=600)
    found = await _found()
    assert found["Stripe answers"].state == "wrong"
    assert "customer portal" not in found
    assert found["background work"].state == "ok"


async def test_events_that_nobody_looks_for_any_more_are_told(shop: Stripe) -> None:
    await _all_done()
    later = clock.now() + timedelta(hours=3)
    with clock.showing(lambda: later):
        assert (await _found())["missed events"].todo == "is the app running?"


async def test_a_mail_server_that_does_not_answer_is_told(shop: Stripe, configured: Callable[..., None]) -> None:
    configured(SMTP_URL="smtp://127.0.0.1:9")
    said = (await _found())["mail server"]
    assert (said.state, said.todo) == ("wrong", "look at SMTP_URL; mails wait until it answers")
