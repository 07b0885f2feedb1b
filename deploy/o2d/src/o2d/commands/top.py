"""`o2d top`: how fast each service tells and hears, and how far it is behind."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

import typer

from o2d.asking import Services
from o2d.clockwork import Standing, look
from o2d.running import Running, running
from o2d.show import Output, OutputOption, show


def command(
    every: Annotated[float, typer.Option(min=0.2, max=60, help="Seconds between two looks.")] = 1.0,
    rounds: Annotated[int | None, typer.Option(min=1, help="End after so many looks.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show rates and lags of all services until Ctrl-C."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_show(running(), every, rounds, output))


async def _show(around: Running, every: float, rounds: int | None, output: Output) -> None:
    async with Services(around.urls, around.token) as services:
        number = 0
        async for rows in _looks(services, every):
            number += 1
            if output is Output.TABLE and number > 1:
                print()
            show(rows, output)
            if number == rounds:
                return


async def _looks(services: Services, every: float) -> AsyncIterator[list[dict[str, Any]]]:
    before, began = await look(services), time.monotonic()
    while True:
        await asyncio.sleep(every)
        now, at = await look(services), time.monotonic()
        yield rates(before, now, at - began)
        before, began = now, at


def rates(before: Sequence[Standing], now: Sequence[Standing], seconds: float) -> list[dict[str, Any]]:
    """A row a service: facts told and heard a second between two looks, and what waits now."""
    earlier = {standing.service: standing for standing in before}
    return [
        {
            "service": one.service,
            "told/s": round(max(0, one.told - earlier[one.service].told) / seconds, 1),
            "heard/s": round(max(0, one.heard - earlier[one.service].heard) / seconds, 1),
            "outbox": one.outbox,
            "lag": one.lag,
            "parked": one.parked,
            "retries due": one.retries_due,
            "told": one.told,
            "at rest": one.quiescent,
        }
        for one in now
    ]
