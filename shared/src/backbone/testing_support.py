"""Waiting in tests: for a condition, with a limit, never for time to pass."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any, Final

# Who is asked all the time comes to it later: what a look costs is taken from what is waited for.
PAUSE_SECONDS_MIN: Final = 0.01
PAUSE_SECONDS_MAX: Final = 0.1


async def eventually(condition: Callable[[], object], seconds: float = 15, *, of: str | None = None) -> Any:
    """The first true answer of `condition` (or of what it gives to await), asked again, less often the longer it takes.

    Raises AssertionError with the last answer (and `of`, what was waited for) when `seconds` have passed.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    pause = PAUSE_SECONDS_MIN
    while True:
        given = condition()
        answer = await given if inspect.isawaitable(given) else given
        if answer:
            return answer
        if loop.time() > end:
            raise AssertionError(f"{of or 'the condition'} did not come true in {seconds} s: {answer!r}")
        await asyncio.sleep(pause)
        pause = min(PAUSE_SECONDS_MAX, pause * 1.5)
