"""Server-sent events: streams that are taken up where they broke off, bounded in number, and ended with the process."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from backbone.auth import Principal
from backbone.clock import Clock
from backbone.errors import Invalid, Refusal
from backbone.ids import new_id
from backbone.wire import encode

LISTENERS_COUNT_MAX: Final = 200
LISTENERS_EACH_COUNT_MAX: Final = 10
HEARTBEAT_SECONDS: Final = 15.0
RETRY_MILLISECONDS: Final = 2_000
EVENTS_KEPT_COUNT_MAX: Final = 1_000
RESET: Final = "reset"

_ID: Final = re.compile(r"[!-~]{1,128}")


class TooManyListeners(Refusal):
    """As many streams are open as are allowed, in all or for this caller; one that ends makes room."""

    status = 503


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One event of a stream: `event_id` is where a listener goes on after it, `data` goes out as JSON."""

    event_id: str
    name: str
    data: object

    def written(self) -> bytes:
        """The event as it goes over the wire."""
        # JSON is written on one line, so the data cannot end its own field.
        return f"id: {self.event_id}\nevent: {self.name}\ndata: ".encode() + encode(self.data) + b"\n\n"


# Gives the events after the id that a listener saw last (None: from now on), for as long as there are any.
Source = Callable[[str | None], AsyncIterator[LiveEvent]]


class Feed:
    """The newest events of this process, for any number of listeners; a slow one costs no memory.

    Who asks for what is no longer kept gets one `reset` event and must load its page anew.
    """

    def __init__(self, kept: int = EVENTS_KEPT_COUNT_MAX) -> None:
        self._epoch = new_id()
        self._events: deque[LiveEvent] = deque(maxlen=kept)
        self._count = 0
        self._news = asyncio.Event()

    def publish(self, name: str, data: object) -> str:
        """Hand an event to all who listen; the answer is its id."""
        self._count += 1
        event = LiveEvent(f"{self._epoch}.{self._count}", name, data)
        self._events.append(event)
        self._news.set()
        self._news = asyncio.Event()
        return event.event_id

    async def since(self, last: str | None) -> AsyncIterator[LiveEvent]:
        """The events after `last`, without end: a `Source`."""
        seen = self._count if last is None else self._place(last)
        while True:
            oldest = self._count - len(self._events)
            if seen < oldest:
                seen = self._count
                yield LiveEvent(f"{self._epoch}.{seen}", RESET, {})
            elif seen < self._count:
                event = self._events[seen - oldest]
                seen += 1
                yield event
            else:
                await self._news.wait()

    def _place(self, last: str) -> int:
        epoch, _, count = last.rpartition(".")
        known = epoch == self._epoch and count.isascii() and count.isdigit() and len(count) < 19
        return min(int(count), self._count) if known else -1


class Listeners:
    """The open streams of a process."""

    def __init__(
        self,
        *,
        count_max: int = LISTENERS_COUNT_MAX,
        each_max: int = LISTENERS_EACH_COUNT_MAX,
        heartbeat: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._count_max = count_max
        self._each_max = each_max
        self._heartbeat = heartbeat
        self._closing = asyncio.Event()
        self.open: Counter[str] = Counter()

    def close(self) -> None:
        """End all streams after the event that each is sending; listeners come again by themselves."""
        self._closing.set()

    def respond(self, request: Request, principal: Principal, clock: Clock, source: Source) -> Response:
        """A stream for one caller, from `Last-Event-ID` (or `?after=` at first) on.

        Raises `TooManyListeners`, and `Invalid` for an id that none of ours can be.
        """
        last = request.headers.get("last-event-id") or request.query_params.get("after") or None
        if last is not None and not _ID.fullmatch(last):
            raise Invalid("Last-Event-ID is no id of an event", [("?after", "not an id")])
        name = principal.name
        if self._closing.is_set() or self.open.total() >= self._count_max:
            raise TooManyListeners("no more streams can be opened now")
        if self.open[name] >= self._each_max:
            raise TooManyListeners(f"you have {self._each_max} streams open already")
        self.open[name] += 1
        return _Stream(self._lines(source(last), lambda: _over(principal, clock)), lambda: self._left(name))

    def _left(self, name: str) -> None:
        self.open[name] -= 1
        if not self.open[name]:
            del self.open[name]

    async def _lines(
        self, events: AsyncIterator[LiveEvent], over: Callable[[], bool]
    ) -> AsyncGenerator[bytes, None]:
        closing = asyncio.ensure_future(self._closing.wait())
        following: asyncio.Future[LiveEvent | None] = asyncio.ensure_future(_next(events))
        try:
            yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
            while not over():
                either: set[asyncio.Future[Any]] = {following, closing}
                await asyncio.wait(either, timeout=self._heartbeat, return_when=asyncio.FIRST_COMPLETED)
                if closing.done():
                    return
                if not following.done():
                    yield b": still here\n\n"
                    continue
                event = following.result()
                if event is None:
                    return
                following = asyncio.ensure_future(_next(events))
                yield event.written()
        finally:
            closing.cancel()
            following.cancel()
            await asyncio.gather(closing, following, return_exceptions=True)
            if isinstance(events, AsyncGenerator):
                await events.aclose()


class _Stream(StreamingResponse):
    """A stream that says when it is over, however it ends."""

    def __init__(self, lines: AsyncGenerator[bytes, None], left: Callable[[], None]) -> None:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        super().__init__(lines, media_type="text/event-stream", headers=headers)
        self._lines, self._left = lines, left

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until an end is reached or the caller is gone."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._left()
            await self._lines.aclose()


async def _next(events: AsyncIterator[LiveEvent]) -> LiveEvent | None:
    return await anext(events, None)


def _over(principal: Principal, clock: Clock) -> bool:
    """Whether the right to listen has ended: by the wall for tokens and sessions, by business time for links."""
    scope = principal.scope
    return principal.expires_at <= time.time() or (scope is not None and scope.expires_at <= clock.now())
