"""This machine: the settings it runs with, the room on its disk, and the way to the mail server."""

import shutil

from saas_app.core import mailer, words
from saas_app.core.config import settings
from saas_app.doctor.findings import Finding, attempt, ok, warn, wrong

LITTLE_ROOM_MB = 1_000
NO_ROOM_MB = 100


def settings_in_use() -> Finding:
    """Which installation this is."""
    now = settings()
    return ok("settings", f"{now.app_env}, {now.base_url}")


def texts() -> list[Finding]:
    """Whether what translators wrote can be used; what cannot is shown in English."""
    file = words.file(words.language())
    if words.is_english(words.language()):
        return []
    from saas_app.core import catalogues

    return [warn("texts", fault, "correct it; until then it is English") for fault in catalogues.faults(file)] or [
        ok("texts", words.language())
    ]


def disk() -> list[Finding]:
    """Where the database (or what set-up keeps) lies; a full disk stops every write."""
    folder = settings().data_dir
    if not folder.is_dir():
        return []
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < NO_ROOM_MB:
        return [wrong("disk", f"{free} MB free for {folder}", "make room, nothing can be saved soon")]
    if free < LITTLE_ROOM_MB:
        return [warn("disk", f"{free} MB free for {folder}", "make room")]
    return [ok("disk", f"{free:,} MB free")]


def mail() -> Finding:
    """Whether the mail server would take one; nothing is sent."""
    if not settings().smtp_url:
        return ok("mail", "kept here, under /dev/mailbox")
    return attempt("mail server", mailer.try_connection, "look at SMTP_URL; mails wait until it answers")
