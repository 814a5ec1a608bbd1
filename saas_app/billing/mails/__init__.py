"""What we write to customers about their plan and their payments: each once, when what we know of them changes.

The one writer says what stood there before; what stands there now is compared with it (docs/mails.md). Looking again
changes nothing and so writes nothing, and whatever came between two looks was never news to anybody.
"""

from sqlmodel import Session

from saas_app.billing.mails import payments, plan, reminders
from saas_app.billing.mails.letter import Letter, post
from saas_app.billing.mails.scene import Before, Scene, look, look_before

__all__ = ["Before", "look_before", "tell"]


def tell(session: Session, user_id: str, number: int, before: Before) -> None:
    """Write the mails that fit what has changed since `before`. `number` is that of the look which found it."""
    scene = Scene(session, user_id, number, before, look(session, user_id))
    for letter in _letters(scene):
        post(session, user_id, letter)


def _letters(scene: Scene) -> list[Letter]:
    found: list[Letter | None] = []
    for id_, row in scene.now.subscriptions.items():
        was = scene.before.subscriptions.get(id_)
        found += [say(scene, was, row) for say in (*plan.LETTERS, payments.recovered)]
        found += [say(scene, row) for say in reminders.LETTERS]
    for id_, invoice in scene.now.invoices.items():
        found += [say(scene, scene.before.invoices.get(id_), invoice) for say in payments.LETTERS]
    return [letter for letter in found if letter]
