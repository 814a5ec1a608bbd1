"""When Python looks for cycles of garbage, which stops everybody in the process meanwhile.

A look at everything takes half a second with two thousand open tabs, and Python takes one whenever they have become a
quarter more; it finds a few hundred objects. So what is there from the start is never looked at again, and the rest
once an hour. Young objects, where nearly all garbage is, are looked at as ever.
"""

import asyncio
import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

YOUNG, MIDDLE, NEVER = 10_000, 20, 1_000_000
SECONDS_BETWEEN_LOOKS = 3600.0


@asynccontextmanager
async def kept_low() -> AsyncGenerator[None]:
    """For as long as a server runs; begin it when all is imported and started."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)
    looking = asyncio.create_task(_look_again_and_again())
    try:
        yield
    finally:
        looking.cancel()
        gc.set_threshold(*before)
        gc.unfreeze()


async def _look_again_and_again() -> None:
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        gc.collect()
