"""An event loop of which nothing is left to chance: time is virtual, and a seed decides which ready task goes first.

Tasks belong to processes. A frozen process (SIGSTOP) takes no step while the others do; a dead one (SIGKILL) takes
none ever again, and no `finally` of its runs.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections.abc import Coroutine
from contextvars import Context, ContextVar, copy_context
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count
from typing import Any, TypeVar

T = TypeVar("T")
STEPS_COUNT_MAX = 3_000_000
EPOCH = datetime(2026, 3, 2, 8, tzinfo=UTC)
WORLD = ""
PROCESS: ContextVar[str] = ContextVar("process", default=WORLD)


class Endless(Exception):
    """The simulation comes to no end, or nothing is left that could ever happen."""


_PlainTask: Any = asyncio.tasks._PyTask  # type: ignore[attr-defined]


class _Task(_PlainTask):  # type: ignore[misc]
    # The task written in Python, because the one in C does not say which handle is a step of it; hashed by its
    # number, because a set's order would otherwise follow the addresses of memory.
    def __init__(self, number: int, work: Any, **given: Any) -> None:
        self._number = number
        super().__init__(work, **given)

    def __hash__(self) -> int:
        return self._number


class Loop(asyncio.SelectorEventLoop):
    """A loop with a virtual clock (`now`, seconds) and a seeded order of the tasks that are ready."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.now = 0.0
        self._chance = random.Random(f"order {seed}")
        self._steps = 0
        self._frozen: dict[str, list[Any]] = {}
        self._world = copy_context()
        numbers = count()
        self.set_task_factory(lambda loop, work, **given: _Task(next(numbers), work, loop=loop, **given))

    def time(self) -> float:
        """The virtual time, in seconds."""
        return self.now

    def freeze(self, process: str) -> None:
        """Let no task of a process take a step until `thaw`."""
        self._frozen.setdefault(process, [])

    def thaw(self, process: str) -> None:
        """Let a process go on: all that became due for it meanwhile is due now."""
        self._ready.extend(self._frozen.pop(process, ()))  # type: ignore[attr-defined]

    def frozen(self, process: str) -> bool:
        """Whether a process takes no steps."""
        return process in self._frozen

    def spawn(self, process: str, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start work as a task of a process, whoever asks for it."""
        context = self._world.copy()
        context.run(PROCESS.set, process)
        return self.create_task(work, context=context)

    def passed(self, seconds: float) -> asyncio.Future[None]:
        """A future that is done when virtual time has passed."""
        future = self.create_future()
        self.call_later(seconds, _pass, future)
        return future

    def _run_once(self) -> None:
        # In place of the base class's round: the next moment comes at once, and who is frozen is set aside.
        self._steps += 1
        if self._steps > STEPS_COUNT_MAX:
            raise Endless(f"{STEPS_COUNT_MAX} rounds")
        ready: Any = self._ready  # type: ignore[attr-defined]
        timers: Any = self._scheduled  # type: ignore[attr-defined]
        while timers and timers[0]._cancelled:
            heapq.heappop(timers)._scheduled = False
        if not ready:
            if not timers:
                raise Endless("all tasks wait for something that nobody will do")
            self.now = max(self.now, timers[0]._when)
        while timers and timers[0]._when <= self.now:
            timer = heapq.heappop(timers)
            timer._scheduled = False
            ready.append(timer)
        handles = [handle for handle in ready if not handle._cancelled and not self._set_aside(handle)]
        ready.clear()
        for handle in self._shuffled(handles):
            if not handle._cancelled and not self._set_aside(handle):
                handle._run()

    def _set_aside(self, handle: Any) -> bool:
        if not self._frozen:
            return False
        context: Context = handle._context
        held = self._frozen.get(context.get(PROCESS, WORLD))
        if held is not None:
            held.append(handle)
        return held is not None

    def _shuffled(self, handles: list[Any]) -> list[Any]:
        # Only steps of tasks change places: what a future calls when it is done keeps its order.
        if len(handles) < 2:
            return handles
        places = [at for at, handle in enumerate(handles) if _is_step(handle)]
        if len(places) > 1:
            steps = [handles[at] for at in places]
            self._chance.shuffle(steps)
            for at, step in zip(places, steps, strict=True):
                handles[at] = step
        return handles


def _pass(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _is_step(handle: Any) -> bool:
    return isinstance(getattr(handle._callback, "__self__", None), _Task)


class Time:
    """What stands in for the module `time` in the code that is simulated."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def monotonic(self) -> float:
        """The virtual time."""
        return self._loop.now

    def time(self) -> float:
        """The virtual wall time."""
        return EPOCH.timestamp() + self._loop.now


class Wall:
    """What stands in for the class `datetime` in the code that is simulated."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def now(self, zone: tzinfo | None = None) -> datetime:
        """The virtual wall time."""
        return (EPOCH + timedelta(seconds=self._loop.now)).astimezone(zone)


def simulate(loop: Loop, work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end in virtual time, then end whatever it left behind."""
    try:
        return loop.run_until_complete(work)
    finally:
        for process in list(loop._frozen):
            loop.thaw(process)
        loop.run_until_complete(_ended(loop))
        loop.close()


async def _ended(loop: Loop) -> None:
    me = asyncio.current_task()
    while left := sorted((each for each in asyncio.all_tasks(loop) if each is not me), key=hash):
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=60)
