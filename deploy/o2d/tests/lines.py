"""A line to a service on which the answers to writes get lost after they were given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

WRITE = b"POST "


class Line:
    """Carries requests one way and answers the other; of the next `losses` writes the answer is lost.

    `heard` is all that went to the service.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._place = parts.hostname or "127.0.0.1", parts.port or 80
        self.heard = bytearray()
        self.losses = 0
        self.lost = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either end closes it or an answer is lost on it."""
        from_service, to_service = await asyncio.open_connection(*self._place)
        asked = bytearray()
        back = asyncio.create_task(self._answers(asked, from_service, writer))
        try:
            while data := await reader.read(65_536):
                asked += data
                self.heard += data
                to_service.write(data)
                await to_service.drain()
        except ConnectionError:
            return
        finally:
            back.cancel()
            await asyncio.wait({back})
            to_service.close()
            writer.close()

    async def _answers(
        self, asked: bytearray, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while data := await reader.read(65_536):
            if self.losses and asked.startswith(WRITE):
                self.losses -= 1
                self.lost += 1
                break
            writer.write(data)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def line_to(address: str) -> AsyncIterator[tuple[Line, str]]:
    """A line to the service at an address, and the address of its near end."""
    line = Line(address)
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    try:
        yield line, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()
