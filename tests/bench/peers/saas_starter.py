"""nextjs/saas-starter: Next, Drizzle, PostgreSQL, Stripe. Built and started as its README says for production.

What the bench changes in its clone is in its favour, or neither: a font of the system stands for one from Google, which
need not then be fetched or sent; Stripe is our sandbox; and its seed leaves out a default trial of prices that Stripe
has given up. PostgreSQL is there already, and neither its start nor its memory is counted.
"""

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stripe_sandbox.testing import free_port
from tests.bench.peers.ground import Ground, Source, patched, step, tools
from tests.bench.peers.product import LANDING, PRICING, SIGN_IN, CannotBeBuilt, SetUp, emptied, size_on_disk
from tests.e2e.stack import Server, surroundings

SOURCE = Source(
    "https://github.com/nextjs/saas-starter", "e0dc5d40ce26c01672557912b533d25e32957ad4", "PEER_SAAS_STARTER"
)
TOOLS = '{"private": true, "dependencies": {"pnpm": "10.34.9", "tsx": "4.20.6"}}\n'
BOUNDARY = "----one-form-of-the-bench"
SEEDED = {"email": "test@test.com", "password": "admin123"}  # by its own seed


class SaasStarter:
    """One clone, built, its server ready to be started."""

    name = "saas-starter"
    pages = {LANDING: "/", PRICING: "/pricing", SIGN_IN: "/sign-in"}

    def __init__(self, folder: Path, ground: Ground) -> None:
        self._folder, self._ground = folder, ground
        self.url = f"http://localhost:{free_port()}"
        port = self.url.rpartition(":")[2]
        self._env = surroundings(
            PATH=tools(TOOLS),
            PGHOST=ground.sockets,
            PGUSER="postgres",
            STRIPE_PORT=str(ground.stripe_port),
            NEXT_TELEMETRY_DISABLED="1",
        )
        # Not by pnpm, which would stay and weigh.
        command = ["node", "node_modules/next/dist/bin/next", "start", "--hostname", "127.0.0.1", "--port", port]
        self.server = Server(command, self.url, env=self._env, log=folder.with_suffix(".log"), cwd=folder)
        self.set_up = self._set_up()

    def _set_up(self) -> SetUp:
        """From nothing to the first page. Leaves it running."""
        database = self._ground.database("saas_starter")
        emptied(self._folder)
        began = time.perf_counter()
        SOURCE.clone(self._folder)
        self._patch()
        (self._folder / ".env").write_text(
            f"POSTGRES_URL=postgresql:///{database}\nSTRIPE_SECRET_KEY=sk_test_of_a_bench\n"
            f"STRIPE_WEBHOOK_SECRET=whsec_of_a_bench\nBASE_URL={self.url}\nAUTH_SECRET={secrets.token_hex(32)}\n"
        )
        for command in (
            ["pnpm", "install", "--frozen-lockfile"],
            ["pnpm", "db:migrate"],
            ["tsx", "lib/db/seed.ts"],
            ["pnpm", "build"],
        ):
            step(command, self._folder, self._env)
        self.server.start()
        return SetUp(time.perf_counter() - began, size_on_disk(self._folder))

    def _patch(self) -> None:
        patched(
            self._folder / "app" / "layout.tsx",
            font_import=("import { Manrope } from 'next/font/google';\n", ""),
            font=("Manrope({ subsets: ['latin'] })", "{ className: 'font-sans' }"),
        )
        patched(
            self._folder / "lib" / "payments" / "stripe.ts",
            sandbox=(
                "apiVersion: '2025-04-30.basil'",
                "apiVersion: '2025-04-30.basil', host: '127.0.0.1', port: process.env.STRIPE_PORT, protocol: 'http'",
            ),
        )
        seed = self._folder / "lib" / "db" / "seed.ts"
        seed.write_text(seed.read_text().replace("trial_period_days: 7,", ""))

    def log_ins(self, count: int) -> list[bytes]:
        """As its form sends them when scripts run: a call of the server action, and what that redirects to."""
        fields = {"redirect": "", "priceId": "", "inviteId": "", **SEEDED}
        parts = {f"1_{name}": value for name, value in fields.items()} | {"0": '[{"error":""},"$K1"]'}  # in this order
        body = "".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts.items()
        )
        body += f"--{BOUNDARY}--\r\n"
        head = (
            f"POST /sign-in HTTP/1.1\r\nHost: {self.url.partition('//')[2]}\r\nOrigin: {self.url}\r\n"
            f"Next-Action: {self._action('signIn')}\r\nAccept: text/x-component\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return [(head + body).encode()] * count

    def _action(self, name: str) -> str:
        """The number that the build gave to a server action: its scripts call it by that."""
        for script in (self._folder / ".next" / "static").rglob("*.js"):
            if found := re.search(rf'createServerReference\)\("([0-9a-f]+)",[^)]*"{name}"', script.read_text()):
                return found[1]
        raise CannotBeBuilt(f"its scripts do not call {name}")


@contextmanager
def running(folder: Path, ground: Ground) -> Iterator[SaasStarter]:
    """Set up from nothing twice, since the first time may fetch packages; started."""
    SaasStarter(folder, ground).server.stop()
    peer = SaasStarter(folder, ground)
    try:
        yield peer
    finally:
        peer.server.stop()
