"""What all measurements need: a line for each figure, the weight of the app, and the secret of its webhooks."""

import sys
from pathlib import Path

from tests.e2e.stack import Stack


def say(name: str, figure: str) -> None:
    """One figure, at once."""
    sys.stdout.write(f"{name:<40} {figure}\n")
    sys.stdout.flush()  # the next may take minutes


def webhook_secret(stack: Stack) -> str:
    """With which the sandbox signs what it sends to this app."""
    return (stack.data / "stripe-sandbox.env").read_text().partition("=")[2].strip()


def memory(stack: Stack) -> float:
    """Memory of the server and its worker in MiB, where what processes share counts once (PSS, proc(5)); 0 where the
    system does not tell.
    """
    total = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            if b"saas_app" in command and stack.url.rpartition(":")[2].encode() in command:
                lines = (process / "smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
        except OSError:
            continue
    return total
