"""Many small writes that come at once, committed together: each caller waits for the commit that holds its own.

While one transaction is on its way to the disk, what arrives meanwhile gathers for the next, so nobody waits for a
timer and a single write is as fast as ever. (Group commit: Gray and Reuter, Transaction Processing, 1993.)
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from sqlmodel import Session

from saas_app.core import db
from saas_app.core.errors import DatabaseBusy, Deadlocked
from saas_app.core.reasons import SystemReason

T = TypeVar("T")
R = TypeVar("R")

MOST_AT_ONCE = 256
MOST_WAITING = 8_192  # beyond that, whoever comes is told to come again


class Together(Generic[T, R]):
    """`write` gets a transaction and the items of several callers, and returns what each of them is told."""

    def __init__(self, reason: SystemReason, write: Callable[[Session, Sequence[T]], Sequence[R]]) -> None:
        self._reason: SystemReason = reason
        self._write = write
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writer: asyncio.Task[None] | None = None

    async def add(self, item: T) -> R:
        """Come back when it is committed. Raises what the transaction raised; DatabaseBusy when too many wait."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:  # a former loop has ended, and those who waited there with it
            self._loop, self._writer, self._waiting = loop, None, []
        if len(self._waiting) >= MOST_WAITING:
            raise DatabaseBusy
        future: asyncio.Future[R] = loop.create_future()
        self._waiting.append((item, future))
        if self._writer is None or self._writer.done():
            self._writer = loop.create_task(self._write_all())
        return await future

    async def _write_all(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                told = await db.run_system(self._reason, self._write, [item for item, _ in taken])
            except Exception as error:
                await self._write_one_by_one(taken, error)
            else:
                for (_, future), answer in zip(taken, told, strict=True):
                    if not future.done():  # whoever has gone meanwhile
                        future.set_result(answer)

    async def _write_one_by_one(self, taken: list[tuple[T, "asyncio.Future[R]"]], error: Exception) -> None:
        """One that cannot be written must not take the others with it."""
        for item, future in taken:
            if future.done():
                continue
            if not isinstance(error, Deadlocked) and (len(taken) == 1 or isinstance(error, DatabaseBusy)):
                future.set_exception(error)
                continue
            try:
                (answer,) = await db.run_system(self._reason, self._write, [item])
            except Exception as alone:
                future.set_exception(alone)
            else:
                future.set_result(answer)
