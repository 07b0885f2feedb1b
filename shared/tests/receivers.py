"""A house on loopback that gets webhooks over plain HTTP/1.1, and answers as a test wants."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from standardwebhooks import Webhook as Verifier

HANG: Final = "hang"
CUT: Final = "cut"


@dataclass(frozen=True, slots=True)
class Message:
    """What arrived."""

    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The id of the message."""
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """The event, its signature verified by the library that receivers use; raises where it is not good."""
        return Verifier(secret).verify(self.body, self.headers)


@dataclass(slots=True)
class Receiver:
    """Who gets messages: `answer` says what each is answered, an answer's whole text, or to hang or cut."""

    port: int = 0
    answer: Callable[[Message], str] = lambda _: said(204)
    got: list[Message] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str = "/hook", host: str = "127.0.0.1", scheme: str = "http") -> str:
        """Where it is."""
        return f"{scheme}://{host}:{self.port}{path}"

    def ids(self) -> list[str]:
        """The ids of what arrived, in order."""
        return [message.id for message in self.got]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *fields = head.split("\r\n")[:-2]
            headers = {
                name.lower(): value.strip() for name, _, value in (one.partition(":") for one in fields)
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            message = Message(line.split()[1], headers, body)
            self.got.append(message)
            answer = self.answer(message)
            if answer == HANG:
                await self.let_go.wait()
            elif answer != CUT:
                writer.write(answer.encode("latin-1"))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            # Who sent it has gone.
            self.let_go.set()
        finally:
            self.at_once -= 1
            writer.close()


def said(status: int, body: str = "", **headers: str) -> str:
    """The whole text of an answer."""
    fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    length = f"content-length: {len(body)}\r\n" if status != 204 else ""
    return f"HTTP/1.1 {status} X\r\n{length}{fields}connection: close\r\n\r\n{body}"


@asynccontextmanager
async def receiving(context: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver that listens until the block ends."""
    here = Receiver()
    server = await asyncio.start_server(here.serve, "127.0.0.1", 0, ssl=context)
    here.port = server.sockets[0].getsockname()[1]
    try:
        yield here
    finally:
        here.let_go.set()
        server.close()
        await server.wait_closed()
