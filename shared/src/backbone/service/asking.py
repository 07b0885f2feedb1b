"""`do`: an asked command in one transaction, alone or together with others that arrived while one was under way."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import structlog

from backbone.errors import Busy, NeedsMore, Refusal, Refused
from backbone.faults import reached
from backbone.metrics import METRICS
from backbone.service import asked
from backbone.service.asked import AskedKey, Reply
from backbone.service.database import Trouble, trouble_of
from backbone.service.tx import Batch, Handler
from backbone.wire import Cause

if TYPE_CHECKING:
    from backbone.service.host import Host

C = TypeVar("C")
A = TypeVar("A")

TRIES_COUNT_MAX: Final = 5
ASKS_TOGETHER_MAX: Final = 100
# One transaction waits for the database while the next is thought out: more would only make each smaller.
AT_ONCE_COUNT_MAX: Final = 2

log = structlog.get_logger(__name__)


class Together(Generic[C, A]):
    """A handler that refuses each command by itself, so that asks which arrive together may share a transaction."""

    def __init__(self, serve: Handler[C, A | Refused]) -> None:
        self.serve = serve
        self.__name__ = str(getattr(serve, "__name__", ""))
        self.__doc__ = serve.__doc__


def together(handler: Handler[C, A | Refused]) -> Together[C, A]:
    """Let asks for `handler` that arrive while a transaction is under way share the next one."""
    return Together(handler)


@dataclass(eq=False, slots=True)
class Ask:
    """One asked command: its key and how its answer is shown, if it has them, and what it was caused by."""

    command: Any
    key: AskedKey | None
    reply: Callable[[Any], Reply] | None
    cause: Cause | None
    answer: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


AnyHandler = Handler[Any, Any] | Together[Any, Any]


async def do(host: Host, handler: AnyHandler, ask: Ask) -> Any:
    """Serve one ask by itself, again where another was quicker. Raises as `Host.do` does."""
    more: frozenset[Hashable] = frozenset()
    conflicts = 0
    while True:
        try:
            (given,) = await _once(host, handler, [ask], more)
            if isinstance(given, Refusal):
                raise given
            return given
        except NeedsMore as wider:
            more |= wider.keys
        except Refusal as refusal:
            if ask.key is None or ask.reply is None or not asked.kept(refusal):
                raise
            return await asked.keep_refusal(host, ask.key, refusal)
        except Exception as failure:
            trouble = trouble_of(failure)
            if trouble is Trouble.CONFLICT or asked.key_collided(failure):
                conflicts += 1
                METRICS.repeats.labels(host.service.name, "asked").inc()
                if conflicts >= TRIES_COUNT_MAX:
                    raise Busy("the same rows are wanted by too many at once; ask again") from failure
            elif trouble is Trouble.INFRASTRUCTURE:
                return await asked.resolve_lost(host, ask.key, failure)
            else:
                raise


async def _once(
    host: Host, handler: AnyHandler, asks: Sequence[Ask], more: frozenset[Hashable]
) -> list[Reply | Refusal | Any]:
    """Serve asks with different keys in one transaction: what each gets, or the refusal that it is not to keep."""
    async with host.begin(more) as tx:
        reached("do.begun")
        given = await asked.claim(tx.sql, [ask.key for ask in asks if ask.key is not None])
        fresh = [ask for ask in asks if ask.key not in given]
        if fresh:
            causes = [ask.cause for ask in fresh if ask.cause is not None]
            serve = handler.serve if isinstance(handler, Together) else handler
            answers = await serve(tx.serve(Batch([ask.command for ask in fresh], causes)), tx)
            reached("do.handled")
            shown = {id(ask): _shown(ask, answer) for ask, answer in zip(fresh, answers, strict=True)}
            replies = [(ask.key, shown[id(ask)]) for ask in fresh if isinstance(shown[id(ask)], Reply)]
            await asked.keep(tx.sql, [(key, reply) for key, reply in replies if key is not None])
    reached("do.committed")
    return [given[ask.key] if ask.key in given else shown[id(ask)] for ask in asks]


def _shown(ask: Ask, answer: Any) -> Any:
    if not isinstance(answer, Refused):
        return answer if ask.reply is None else ask.reply(answer)
    # Refused by itself: nothing of it is in this transaction, so its answer may be kept in it.
    lasting = ask.key is not None and ask.reply is not None and asked.kept(answer.refusal)
    return asked.problem_of(answer.refusal) if lasting else answer.refusal


class Gathering:
    """Asks for one handler: those that wait for a transaction share the next one."""

    def __init__(self, host: Host, handler: Together[Any, Any]) -> None:
        self._host = host
        self._handler = handler
        self._waiting: deque[Ask] = deque()
        self._working = 0
        self._works: set[asyncio.Task[None]] = set()

    async def serve(self, ask: Ask) -> Reply:
        """The reply to an ask with a key. Raises as `Host.do` does."""
        self._waiting.append(ask)
        if self._working < AT_ONCE_COUNT_MAX:
            self._working += 1
            # Begun in the loop's next round: what is asked in this one comes along.
            work = asyncio.create_task(self._work(), name=f"together.{self._handler.__name__}")
            self._works.add(work)
            work.add_done_callback(self._works.discard)
        reply: Reply = await ask.answer
        return reply

    async def _work(self) -> None:
        try:
            while asks := self._next():
                if len(asks) == 1 or not await self._serve(asks):
                    await asyncio.gather(*(self._serve_alone(ask) for ask in asks))
        finally:
            # In the same breath as the look at who waits: who asks a moment later begins a work of its own.
            self._working -= 1

    def _next(self) -> list[Ask]:
        """Asks for one transaction, none of the same key as another; who has gone away meanwhile is left out."""
        found: dict[AskedKey | None, Ask] = {}
        later: list[Ask] = []
        while self._waiting and len(found) < ASKS_TOGETHER_MAX:
            ask = self._waiting.popleft()
            if ask.answer.done():
                continue
            if ask.key in found:
                later.append(ask)
            else:
                found[ask.key] = ask
        self._waiting.extendleft(reversed(later))
        return list(found.values())

    async def _serve(self, asks: Sequence[Ask]) -> bool:
        """Whether asks were served together; where they were not, nothing of them was done, or their keys tell."""
        more: frozenset[Hashable] = frozenset()
        while True:
            try:
                given = await _once(self._host, self._handler, asks, more)
            except NeedsMore as wider:
                more |= wider.keys
            except Exception as failure:  # noqa: BLE001  (each is asked again by itself, and hears its own failure)
                log.info("asks.divided", handler=self._handler.__name__, asks=len(asks), cause=str(failure))
                return False
            else:
                for ask, each in zip(asks, given, strict=True):
                    _give(ask, each)
                return True

    async def _serve_alone(self, ask: Ask) -> None:
        try:
            _give(ask, await do(self._host, self._handler, ask))
        except Exception as failure:  # noqa: BLE001  (it is the asker's)
            _give(ask, failure)


def _give(ask: Ask, given: Any) -> None:
    if ask.answer.done():
        return
    if isinstance(given, Exception):
        ask.answer.set_exception(given)
    else:
        ask.answer.set_result(given)
