"""`o2d tail`: facts as they are told, from the services' logs or straight from Kafka."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from typing import Annotated

import typer

from o2d.asking import Services
from o2d.kafka_facts import from_kafka
from o2d.printing import Printer
from o2d.running import Running, chosen, running
from o2d.show import Output, OutputOption
from o2d.tellings import Reader, Telling, Wanted, in_time_order, live

Service = Annotated[str | None, typer.Option(help="Only facts that this service tells.")]
Fact = Annotated[str | None, typer.Option(help="Only these facts, for example OrderPlaced or 'Order*'.")]
Order = Annotated[str | None, typer.Option(help="Only facts that name this id anywhere.")]
Correlation = Annotated[str | None, typer.Option(help="Only facts of this root ask (a need's id).")]
Last = Annotated[int, typer.Option(min=0, max=1000, help="Begin with so many facts of each service's log.")]
Follow = Annotated[bool, typer.Option("--follow/--no-follow", help="Go on until Ctrl-C.")]
Kafka = Annotated[bool, typer.Option("--kafka", help="Read Kafka itself, from now on.")]
Count = Annotated[int | None, typer.Option(min=1, help="End after so many facts.")]


def command(
    service: Service = None,
    fact: Fact = None,
    order: Order = None,
    correlation: Correlation = None,
    last: Last = 10,
    follow: Follow = True,
    kafka: Kafka = False,
    count: Count = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show facts as they are told; Ctrl-C ends it."""
    wanted = Wanted(service, fact, correlation, frozenset({order} if order else ()))
    around = running()
    names = chosen(around.urls, service)
    source = (
        from_kafka(around.bootstrap, os.environ.get("O2D_KAFKA_PREFIX", ""))
        if kafka
        else from_logs(around, names, last, follow)
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_print(source, wanted, count, Printer(output)))


async def from_logs(around: Running, names: list[str], last: int, follow: bool) -> AsyncIterator[Telling]:
    """The last facts of each log in time order, then what follows."""
    async with Services(around.urls, around.token) as services:
        readers = [Reader(services, name) for name in names]
        await asyncio.gather(*(reader.skip(last) for reader in readers))
        found = [telling for reader in readers async for telling in reader.onward()]
        for telling in in_time_order(found):
            yield telling
        if follow:
            async for telling in live(readers):
                yield telling


async def _print(source: AsyncIterator[Telling], wanted: Wanted, count: int | None, printer: Printer) -> None:
    shown = 0
    with printer:
        async for telling in source:
            if wanted.admits(telling):
                printer.say(telling)
                shown += 1
            if shown == count:
                return
