"""3-D Secure: the question a bank asks the cardholder, as a page with two buttons.

One asking is one row with an id nobody can guess; it belongs to one PaymentIntent or SetupIntent.
"""

from stripe_sandbox.ids import new_id
from stripe_sandbox.store import Object, Tx

KIND = "sandbox.authentication"


def start(tx: Tx, intent: Object, return_url: str | None) -> str:
    """Ask for an intent. Answers the address of the page."""
    for old in tx.select(KIND, "json_extract(body, '$.intent') = ?", (intent["id"],)):
        if old["state"] == "open":
            tx.save({**old, "state": "replaced"})
    asked = {
        "id": new_id("auth", 32),
        "object": KIND,
        "created": tx.now,
        "intent": intent["id"],
        "return_url": return_url,
        "state": "open",
    }
    tx.add(asked)
    return f"{tx.base_url}/3ds/{asked['id']}"


def open_for(tx: Tx, intent_id: str) -> Object | None:
    """The question that is open for an intent."""
    asked = tx.select(KIND, "json_extract(body, '$.intent') = ?", (intent_id,), 1)
    return asked[0] if asked and asked[0]["state"] == "open" else None


def close(tx: Tx, asked: Object, state: str) -> None:
    """The cardholder answered: `passed` or `failed`."""
    tx.save({**asked, "state": state})
