"""When Python looks for cycles of garbage, which stops everybody in the process meanwhile.

A look at everything takes half a second with two thousand open tabs, and Python takes one whenever they have become a
quarter more; it finds a few hundred objects. So what is there from the start is never looked at again, and the rest
once an hour. Young objects, where nearly all garbage is, are looked at as ever.

And memory that is free is given back to the system: each of the two hashing threads would keep 19 MB for ever.
"""

import asyncio
import ctypes
import gc
import os
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

M_ARENA_MAX = -8  # mallopt(3)
YOUNG, MIDDLE, NEVER = 10_000, 20, 1_000_000
SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_GIFTS = 3600.0, 10.0


def wait_for_start() -> None:
    """Before all is imported: nothing of it is garbage, and looking took a fifth of the start. Workers inherit this.

    And one heap for all threads, unless MALLOC_ARENA_MAX says otherwise: glibc keeps one for each of ours, most of it
    empty, and gives nothing of it back.
    """
    gc.disable()
    if "MALLOC_ARENA_MAX" not in os.environ and (option := _of_glibc("mallopt")):
        option(M_ARENA_MAX, 1)


@asynccontextmanager
async def kept_low() -> AsyncGenerator[None]:
    """For as long as a server runs; begin it when all is imported and started."""
    before = gc.get_threshold()
    gc.freeze()
    gc.enable()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)
    tasks = [asyncio.create_task(_look_again_and_again()), asyncio.create_task(_give_back_again_and_again())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        gc.set_threshold(*before)
        gc.unfreeze()


async def _look_again_and_again() -> None:
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        gc.collect()


async def _give_back_again_and_again() -> None:
    """Only glibc has to be asked (malloc_trim(3)); a millisecond, beside the event loop."""
    trim = _of_glibc("malloc_trim")
    while trim is not None:
        await asyncio.sleep(SECONDS_BETWEEN_GIFTS)
        await asyncio.to_thread(trim, 0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
