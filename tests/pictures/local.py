"""What only whoever develops sees: the kit, and the mailbox on this machine."""

from tests.e2e.steps import Person, join, newest_mail
from tests.pictures.studio import Studio, scene


@scene(
    "dev/kit/all", "dev/mailbox/empty", "dev/mailbox/one", "dev/mailbox/list", "dev/mailbox/mail", "dev/mailbox/gone"
)
def for_whoever_develops(studio: Studio) -> None:
    page, ada = studio.visit(), Person()
    studio.shoot(studio.open(page, "/dev/kit"), "dev/kit/all")
    studio.shoot(studio.open(page, f"/dev/mailbox?to={ada.email}"), "dev/mailbox/empty")
    join(page, studio.stack, ada)
    for _ in range(3):
        join(studio.visit(), studio.stack)
    newest_mail(page, studio.stack, ada, "Confirm your e-mail address")
    studio.shoot(page, "dev/mailbox/mail")
    studio.shoot(studio.open(page, f"/dev/mailbox?to={ada.email}"), "dev/mailbox/one")
    studio.shoot(studio.open(page, "/dev/mailbox"), "dev/mailbox/list")
    studio.shoot(studio.open(page, "/dev/mailbox/there-is-none"), "dev/mailbox/gone")
