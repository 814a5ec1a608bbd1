"""HTTP over plain sockets, since a client library would be slower than what it measures."""

import asyncio
import time


class Line:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def ask(self, request: bytes, status: int) -> float:
        """Milliseconds until the whole answer was here; ends the bench when it has another status."""
        if not hasattr(self, "_reader"):
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        began = time.perf_counter()
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        if not head.startswith(f"HTTP/1.1 {status}".encode()):
            raise SystemExit(head.decode())
        await self._body(head.lower())
        return (time.perf_counter() - began) * 1000

    async def _body(self, head: bytes) -> None:
        """Read it away, told in advance how long it is or in pieces that each tell."""
        if b"transfer-encoding: chunked" not in head:
            length = head.partition(b"content-length: ")[2].partition(b"\r")[0]
            await self._reader.readexactly(int(length or 0))
            return
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            await self._reader.readexactly(size + 2)
        await self._reader.readuntil(b"\r\n")


async def send(requests: list[bytes], port: int, *, connections: int, status: int) -> list[float]:
    """All of them, each connection one after another; how long each took, in milliseconds."""
    waits: list[float] = []
    left = iter(requests)

    async def one_after_another() -> None:
        line = Line(port)
        for each in left:
            waits.append(await line.ask(each, status))

    await asyncio.gather(*(one_after_another() for _ in range(connections)))
    return waits
