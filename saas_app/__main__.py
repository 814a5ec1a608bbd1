"""The commands of a person or a container at the server's prompt: `python -m saas_app COMMAND`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run one command; a message instead of a trace for everything that was expected."""
    parser = argparse.ArgumentParser(prog="python -m saas_app", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (words, _) in COMMANDS.items():
        commands.add_parser(name, help=words)
    serve = commands.add_parser("serve", help="serve the built app on one port, for ever")
    serve.add_argument("--host", help="instead of HOST")
    serve.add_argument("--port", help="instead of PORT")
    make_admin = commands.add_parser("make-admin", help="give a proved account the rights of an administrator")
    make_admin.add_argument("email", help="the address of the account")
    asked = parser.parse_args()

    from saas_app.core.errors import AppError, ConfigError, in_full

    try:
        if asked.command == "serve":
            return serve_app(asked.host, asked.port)
        if asked.command == "make-admin":
            make_administrator(asked.email)
            return 0
        COMMANDS[asked.command][1]()
    except (AppError, ConfigError) as error:
        print(in_full(error), file=sys.stderr)
        return 1
    return 0


def migrate() -> None:
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


def stripe_setup() -> None:
    """Create what is missing at Stripe (or the sandbox), and mirror its catalogue."""
    from saas_app import models  # noqa: F401 (every table, before the first session)
    from saas_app.billing import setup

    report = asyncio.run(setup.set_up(print))
    if not report.lines:
        print("Stripe is set up already; nothing was changed.")


def reconcile() -> None:
    """Look at every customer at Stripe now, and write down what differs."""
    from saas_app import models, work  # noqa: F401 (all that is written of a customer)
    from saas_app.billing import reconcile

    print(f"{asyncio.run(reconcile.sync_everybody())} customers were compared with Stripe.")


def worker() -> None:
    """Do background work in a process of its own (WORKER=false in the others)."""
    from saas_app import models, work  # noqa: F401
    from saas_app.core import logs
    from saas_app.core.config import settings
    from saas_app.core.worker import work_until_stopped

    logs.start(production=settings().is_production)
    asyncio.run(work_until_stopped())


def retry() -> None:
    """Give work that died another twelve tries, once what stopped it is mended."""
    from saas_app import models, work  # noqa: F401
    from saas_app.core import db, jobs

    with db.system_session("command") as session:
        print(f"{jobs.retry_dead(session)} will be tried again.")


def doctor() -> None:
    """Say how this installation stands: settings, database, isolation, Stripe."""
    from saas_app import doctor

    for line in doctor.examine():
        print(line)


def make_administrator(email: str) -> None:
    """Give an account the rights of an administrator, which count in sessions that have passed a second factor."""
    from saas_app import models  # noqa: F401
    from saas_app.auth import service
    from saas_app.core import db

    with db.system_session("command") as session:
        name = service.make_admin(session, email).name
    print(f"{name} is an administrator now, in every session that passes a second factor (/settings).")


def serve_app(host: str | None, port: str | None) -> int:
    """Become the server. Reflex's two switches let it serve the finished build instead of making one."""
    from saas_app.core.config import settings

    found = settings()  # refuses a wrong configuration before a port is opened
    os.environ |= {
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_TELEMETRY_ENABLED": "false",
    }
    os.chdir(ROOT)
    server = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory"]
    place = ["--host", host or found.host, "--port", port or str(found.port), "--workers", str(found.web_workers)]
    quietly = ["--log-level", "warning"]
    return os.execv(sys.executable, [*server, *place, *quietly, "saas_app.saas_app:app"])  # noqa: S606 (ourselves)


COMMANDS: dict[str, tuple[str, Callable[[], None]]] = {
    "migrate": ("bring the database to the schema of this code", migrate),
    "stripe-setup": ("make the Stripe account (or the sandbox) ready; a second run changes nothing", stripe_setup),
    "reconcile": ("compare every customer with Stripe now", reconcile),
    "worker": ("do background work in a process of its own", worker),
    "retry": ("give work that died another twelve tries", retry),
    "doctor": ("say how this installation stands", doctor),
}

if __name__ == "__main__":
    sys.exit(main())
