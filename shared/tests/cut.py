"""A wire to PostgreSQL that can be cut at the worst moment: after the server committed, before the client knows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import make_url

COMMIT = b"COMMIT;"


class Wire:
    """Carries bytes both ways; `cut_after_commits` of the next commits lose their answer with their connection."""

    def __init__(self, dsn: str) -> None:
        url = make_url(dsn)
        self._place = url.host or "127.0.0.1", url.port or 5432
        self._url = url
        self.cut_after_commits = 0
        self.cuts = 0

    def dsn(self, port: int) -> str:
        """The address of the database by way of this wire."""
        return self._url.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either end closes it or it is cut."""
        from_server, to_server = await asyncio.open_connection(*self._place)
        back = asyncio.create_task(_pump(from_server, writer))
        try:
            while data := await reader.read(65_536):
                if self.cut_after_commits and COMMIT in data:
                    self.cut_after_commits -= 1
                    back.cancel()
                    await asyncio.wait({back})
                    to_server.write(data)
                    # The server answers once the commit lasts.
                    await from_server.read(65_536)
                    self.cuts += 1
                    return
                to_server.write(data)
                await to_server.drain()
        except ConnectionError:
            return
        finally:
            back.cancel()
            await asyncio.wait({back})
            to_server.close()
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def wire_to(dsn: str) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to the database behind `dsn`, and the address at its near end."""
    wire = Wire(dsn)
    server = await asyncio.start_server(wire.carry, "127.0.0.1", 0)
    try:
        yield wire, wire.dsn(int(server.sockets[0].getsockname()[1]))
    finally:
        server.close()
        await server.wait_closed()
