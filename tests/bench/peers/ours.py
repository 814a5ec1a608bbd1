"""This product, as it is measured beside others."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench import identity, start
from tests.bench.peers.product import LANDING, PRICING, SIGN_IN, SetUp, size_on_disk
from tests.e2e.stack import Server, Stack
from tests.socket.people import open_account

EACH = 4  # of five minutes; one more is refused


class Ours:
    """The app of this folder, the sandbox beside it."""

    name = "ours"
    pages = {LANDING: "/", PRICING: "/pricing", SIGN_IN: "/login"}

    def __init__(self, stack: Stack, set_up: SetUp) -> None:
        self._stack, self.set_up = stack, set_up
        self.url = stack.url

    @property
    def server(self) -> Server:
        return self._stack.app

    def log_ins(self, count: int) -> list[bytes]:
        """Of as many people as the limits ask for."""
        people = [open_account(self.url, f"Person{number}") for number in range(-(-count // EACH))]
        return [identity.form(self._stack, person) for _ in range(EACH) for person in people][:count]


@contextmanager
def running(folder: Path) -> Iterator[Ours]:
    """Set up from nothing twice, since the first time may fetch packages, and then started."""
    start.clone_and_run(folder / "first", {})
    took, _parts = start.clone_and_run(folder / "second", {})
    set_up = SetUp(took, size_on_disk(folder / "second"))
    stack = Stack(folder / "stack")
    stack.start()
    try:
        yield Ours(stack, set_up)
    finally:
        stack.stop()
