"""What a peer takes for the same, beside ours, in the same run: nextjs/saas-starter, built for production.

    make bench
    PEER_SAAS_STARTER=../saas-starter .venv/bin/python -m tests.bench.peers     # its code from a copy, not from GitHub

Needs the npm registry, and GitHub or a copy. A peer that cannot be built is missing, and a line says why. Takes twenty
minutes. Nothing of a peer is kept but build/peers.
"""

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.bench.peers import ground, measures, ours, saas_starter
from tests.bench.peers.product import CannotBeBuilt, Product

# Wasp 0.25 and the commit c638a4ebde of its template were tried.
OPEN_SAAS = "not measured: its server needs Prisma's engines, which come from Prisma's own host and not from npm"


def main() -> None:
    """Build what can be built, then measure everything of all."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        sys.stdout.write(f"Open SaaS: {OPEN_SAAS}\n")
        sys.stdout.write(f"Before anything is begun, the load of this machine is {os.getloadavg()[0]:.1f}\n")
        sys.stdout.flush()  # what follows takes minutes
        at = held.enter_context(ground.standing(folder))
        try:
            peer = held.enter_context(saas_starter.running(ground.FOLDER / "saas-starter", at))
        except CannotBeBuilt as error:
            sys.stdout.write(f"saas-starter: {error}\n")
            return
        mine = held.enter_context(ours.running(folder))
        measures.all_of(measures.Table(list[Product]([mine, peer])), folder)


if __name__ == "__main__":
    main()
