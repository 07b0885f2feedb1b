"""`o2d order`: the story of one order, told by all services."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Annotated, Final

import typer

from o2d.asking import Services
from o2d.printing import Printer
from o2d.running import Running, running
from o2d.show import Output, OutputOption
from o2d.tellings import Reader, Telling, Wanted, ids_of_order, in_time_order, live
from o2d.trouble import CannotStart

ENDS: Final = frozenset({"OrderCompleted", "OrderCancelled"})


def command(
    id: Annotated[str, typer.Argument(help="The order's id (or its need's).")],
    follow: Annotated[bool, typer.Option("--follow", help="Go on until the order has ended.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show every fact of an order in time order; with --follow until it is completed or cancelled."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_tell(running(), id, follow, Printer(output)))


async def _tell(around: Running, order_id: str, follow: bool, printer: Printer) -> None:
    async with Services(around.urls, around.token) as services:
        readers = [Reader(services, name) for name in services.names]
        whole = [[telling async for telling in reader.onward()] for reader in readers]
        ids = ids_of_order(order_id, [telling for log in whole for telling in log])
        story = in_time_order([telling for log in whole for telling in log if telling.mentions(ids)])
        if not story and not follow:
            raise CannotStart(f"No fact names {order_id}.", "`o2d tail --fact OrderPlaced` shows orders.")
        with printer:
            for telling in story:
                printer.say(telling)
            if not follow or any(_ends(telling, order_id) for telling in story):
                return
            async for telling in live(readers):
                ids |= ids_of_order(order_id, [telling])
                if Wanted(ids=ids).admits(telling):
                    printer.say(telling)
                if _ends(telling, order_id):
                    return


def _ends(telling: Telling, order_id: str) -> bool:
    """Whether the order (or the order of the need that was named) has ended."""
    return telling.fact in ENDS and order_id in {telling.key, telling.correlation}
