"""The commands of a person or a container at the server's prompt: `python -m saas_app COMMAND`."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Asked = Any  # what argparse found on the command line
ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run one command; a message instead of a trace for everything that was expected. Gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m saas_app", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (words, _) in COMMANDS.items():
        _arguments(name, commands.add_parser(name, help=words))
    asked = parser.parse_args()

    from saas_app.core.errors import AppError, ConfigError, in_full

    try:
        return COMMANDS[asked.command][1](asked) or 0
    except (AppError, ConfigError) as error:
        print(in_full(error), file=sys.stderr)
        return 2 if asked.command == "reconcile" else 1


def _arguments(name: str, command: argparse.ArgumentParser) -> None:
    match name:
        case "serve":
            command.add_argument("--host", help="instead of HOST")
            command.add_argument("--port", help="instead of PORT")
        case "make-admin":
            command.add_argument("email", help="the address of the account")
        case "reconcile":
            command.add_argument("--repair", action="store_true", help="write what Stripe says where it differs")
        case "events":
            command.add_argument("--failed", action="store_true", help="only those that went wrong")
            command.add_argument("--replay", metavar="EVENT", help="let this one (evt_…) be handled again")
        case "doctor":
            command.add_argument("--json", action="store_true", help="for machines")
        case _:
            pass


def migrate(asked: Asked = None) -> None:
    """Bring the database to the schema of this code."""
    from alembic import command
    from alembic.config import Config

    from saas_app.core import engines
    from saas_app.core.config import settings
    from saas_app.core.errors import ConfigError

    folder = settings().data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError([f"DATA_DIR: {folder} cannot be made ({error.strerror}). Make it, for this user."]) from error
    with engines.busy_in_words():
        command.upgrade(Config(ROOT / "alembic.ini"), "head")


def stripe_setup(asked: Asked = None) -> None:
    """Create what is missing at Stripe (or the sandbox), and mirror its catalogue."""
    from saas_app import models  # noqa: F401 (every table, before the first session)
    from saas_app.billing import setup

    report = asyncio.run(setup.set_up(print))
    if not report.lines:
        print("Stripe is set up already; nothing was changed.")


def reconcile(asked: Asked) -> int:
    """Compare every row with Stripe. Exit status 0: no differences (left); 1: some; 2: not everything was compared."""
    from saas_app import models, work  # noqa: F401 (all that is written of a customer)
    from saas_app.billing import compare

    report = asyncio.run(compare.compare(repair=asked.repair))
    for line in (*report.differences, *report.failures, report.summary):
        print(line)
    return report.status


def events(asked: Asked) -> None:
    """List what Stripe sent, or let one event be handled again."""
    from saas_app import models  # noqa: F401 (maps the tables)
    from saas_app.billing import inbox
    from saas_app.core import db

    if asked.replay:
        print(f"{asked.replay} ({asyncio.run(inbox.replay(asked.replay))}) will be handled again.")
        return
    with db.system_session("command", read_only=True) as session:
        found = inbox.events(session, failed=asked.failed)
    for line in found:
        print(line)
    if not found:
        print("No event has failed." if asked.failed else "No event has come yet.")


def worker(asked: Asked = None) -> None:
    """Do background work in a process of its own (WORKER=false in the others)."""
    from saas_app import models, work  # noqa: F401 (maps the tables)
    from saas_app.core import logs
    from saas_app.core.config import settings
    from saas_app.core.worker import work_until_stopped

    logs.start(production=settings().is_production)
    asyncio.run(work_until_stopped())


def retry(asked: Asked = None) -> None:
    """Give work that died another twelve tries, once what stopped it is mended."""
    from saas_app import models, work  # noqa: F401 (maps the tables)
    from saas_app.core import db, jobs

    with db.system_session("command") as session:
        print(f"{jobs.retry_dead(session)} will be tried again.")


def doctor(asked: Asked) -> int:
    """Say how this installation stands, and what to do. Exit status 1 when something is wrong."""
    from saas_app import doctor

    found = asyncio.run(doctor.examine())
    print(doctor.in_json(found) if asked.json else "\n".join(map(str, found)))
    return doctor.status(found)


def make_admin(asked: Asked) -> None:
    """Give an account the rights of an administrator, which count in sessions that have passed a second factor."""
    from saas_app import models  # noqa: F401 (maps the tables)
    from saas_app.auth import service
    from saas_app.core import db

    with db.system_session("command") as session:
        name = service.make_admin(session, asked.email).name
    print(f"{name} is an administrator now, in every session that passes a second factor (/settings).")


def serve(asked: Asked) -> None:
    """Become the server. Reflex's two switches let it serve the finished build instead of making one."""
    from granian.cli import cli as granian

    from saas_app.core import garbage
    from saas_app.core.config import settings

    found = settings()  # refuses a wrong configuration before a port is opened
    _same_language_as_the_pages()
    os.environ |= {
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_TELEMETRY_ENABLED": "false",
    }
    os.chdir(ROOT)
    garbage.wait_for_start()
    server = ["--interface", "asgi", "--factory", "--workers", str(found.web_workers), "--log-level", "warning"]
    place = ["--host", asked.host or found.host, "--port", asked.port or str(found.port)]
    # In this process, so that its workers have what we have loaded already.
    granian([*server, *place, "saas_app.saas_app:served"], auto_envvar_prefix="GRANIAN")


def _same_language_as_the_pages() -> None:
    """Pages are built in one language; mails and errors in another would be a mistake."""
    from saas_app.core import words
    from saas_app.core.errors import ConfigError

    stamp, now = ROOT / ".web" / "build" / "stamp.json", words.language()
    built = json.loads(stamp.read_text()).get("language", words.ENGLISH) if stamp.is_file() else now
    if built != now:
        raise ConfigError([f"APP_LANGUAGE: is {now}, and the pages are built in {built}. Build again, or set {built}."])


COMMANDS: dict[str, tuple[str, Callable[[Any], int | None]]] = {
    "migrate": ("bring the database to the schema of this code", migrate),
    "stripe-setup": ("make the Stripe account (or the sandbox) ready; a second run changes nothing", stripe_setup),
    "reconcile": (
        "compare every row with Stripe; for cron: 0 no difference, 1 some, 2 not everything was seen",
        reconcile,
    ),
    "events": ("list what Stripe sent, or let one event be handled again", events),
    "worker": ("do background work in a process of its own", worker),
    "retry": ("give work that died another twelve tries", retry),
    "doctor": ("say how this installation stands, and what to do", doctor),
    "make-admin": ("give a proved account the rights of an administrator", make_admin),
    "serve": ("serve the built app on one port, for ever", serve),
}

if __name__ == "__main__":
    sys.exit(main())
