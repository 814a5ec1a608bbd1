"""The endpoint to which Stripe sends events: made, and mended when it is of another version or sends something else."""

from collections.abc import Callable

from saas_app.billing.gateway import endpoints
from saas_app.billing.gateway.endpoints import VERSION, Endpoint
from saas_app.billing.stripe_account import remember, stripe_object
from saas_app.core import db
from saas_app.core.clock import now
from saas_app.core.config import save_webhook_secret, settings

EXPECTED_SINCE = "events_expected_since"


def webhook_url() -> str:
    """Where events have to be sent."""
    return f"{settings().base_url}/api/stripe/webhook"


def is_reachable() -> bool:
    """Whether Stripe can get here at all; otherwise its command-line tool has to bring the events."""
    return settings().stripe_mode == "sandbox" or settings().base_url.startswith("https://")


async def ensure_endpoint(events: list[str], did: Callable[[str], None]) -> None:
    """One endpoint with our address, the SDK's version and these events, and its secret in our hands.

    A version cannot be changed, and a secret is told once: in both cases a new endpoint takes over. It is there before
    the old one goes, so that no event is lost.
    """
    url, found = webhook_url(), await endpoints.find_endpoints(webhook_url())
    usable = next((each for each in found if each.version == VERSION), None)
    if usable is None or not settings().webhook_secrets():
        if not is_reachable():
            if not settings().webhook_secrets():
                did(f"Stripe cannot reach {url}. Run: stripe listen --forward-to {url}, and put its secret into .env.")
            return
        save_webhook_secret(await endpoints.create_endpoint(url, events))
        for each in found:
            await endpoints.delete_endpoint(each.id)
        did(f"Events will be sent to {url}.")
    elif what_is_wrong(usable, events):
        await endpoints.update_endpoint(usable.id, events)
        did(f"Mended the webhook endpoint: {what_is_wrong(usable, events)}.")
    if not await db.read_system("stripe objects", stripe_object, EXPECTED_SINCE):
        await db.run_system("stripe set-up", remember, EXPECTED_SINCE, now().isoformat())


def what_is_wrong(found: Endpoint, events: list[str]) -> str:
    """How this endpoint differs from the one we need; '' when it does not."""
    if found.version != VERSION:
        return f"it sends version {found.version or 'of the account'}, the SDK reads {VERSION}"
    if not found.enabled:
        return "it was disabled"
    missing = sorted({*events} - found.events)
    if missing and "*" not in found.events:
        return f"it did not send {', '.join(missing)}"
    surplus = sorted(found.events - {*events} - {"*"})
    return f"it also sent {', '.join(surplus)}" if surplus else ""
