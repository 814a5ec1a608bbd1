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


def memory(session: int) -> float:
    """Memory in MiB of all processes of this session, such as the server and its worker, where what they share counts
    once (PSS, proc(5)); 0 where the system does not tell.
    """
    total = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int((process / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                lines = (process / "smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
        except OSError:
            continue
    return total
