"""Garbage in a server, and after it."""

import gc
import weakref

from saas_app.core import garbage


class Knot:
    """Garbage that only a look finds: it holds itself."""

    def __init__(self) -> None:
        self.me = self


async def test_a_server_looks_at_young_objects_and_leaves_those_of_the_start_alone() -> None:
    before = gc.get_threshold()
    garbage.wait_for_start()
    assert not gc.isenabled()
    async with garbage.kept_low():
        assert gc.get_freeze_count() > 10_000
        knot = weakref.ref(Knot())
        gc.collect(1)
        assert knot() is None
        assert gc.get_threshold()[2] == garbage.NEVER
    assert gc.get_threshold() == before
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
