"""`o2d recall`: lots called back with all that was made of them: opened, listed, shown, closed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from o2d.asking import Services, rows_of
from o2d.running import Running, running
from o2d.show import Output, OutputOption, show

PRODUCTION: Final = "production"
SHORT: Final = ("recall_id", "state", "lots", "open_lots", "runs", "tickets", "open_tickets", "reason")


class Act(StrEnum):
    """What to do with recalls."""

    OPEN = "open"
    LIST = "list"
    SHOW = "show"
    CLOSE = "close"


def command(
    act: Annotated[
        Act, typer.Argument(help="open one, list them, show what one reaches, close one")
    ] = Act.LIST,
    recall: Annotated[str | None, typer.Argument(help="show and close: the recall.")] = None,
    reason: Annotated[str, typer.Option(help="open: why; close: what was found and done.")] = "",
    vendor_lot: Annotated[str | None, typer.Option(help="open: the number that the vendor gave.")] = None,
    sku: Annotated[str | None, typer.Option(help="open: of this item alone.")] = None,
    lot: Annotated[list[str] | None, typer.Option(help="open: a lot; may be given again.")] = None,
    run: Annotated[str | None, typer.Option(help="open: all that this run has made.")] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="show: the lots that wait for a decision alone.")
    ] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Call lots back, see how far that is, and close it when nothing waits any more."""
    if (act in {Act.SHOW, Act.CLOSE}) != (recall is not None):
        raise typer.BadParameter(f"{act.value} takes {'no recall' if recall else 'a recall'}")
    if act in {Act.OPEN, Act.CLOSE} and not reason:
        raise typer.BadParameter(f"{act.value} takes a --reason")
    body = {"reason": reason, "lot_ids": lot or [], "vendor_lot": vendor_lot, "sku": sku, "run_id": run}
    rows = asyncio.run(_act(running("quality"), act, recall or "", body, waiting=waiting))
    if output is Output.TABLE:
        rows = [{name: row[name] for name in SHORT} if "open_lots" in row else row for row in rows]
    show(rows, output)


async def _act(
    around: Running, act: Act, recall: str, body: Mapping[str, Any], *, waiting: bool
) -> list[dict[str, Any]]:
    async with Services(around.urls, around.token) as services:
        if act is Act.LIST:
            return await rows_of(services, PRODUCTION, "/v1/recalls")
        if act is Act.OPEN:
            recall = (await services.post(PRODUCTION, "/v1/recalls", body))["id"]
        elif act is Act.CLOSE:
            await services.post(PRODUCTION, f"/v1/recalls/{recall}/close", {"summary": body["reason"]})
        else:
            lots = await rows_of(
                services, PRODUCTION, f"/v1/recalls/{recall}/lots", waiting="yes" if waiting else None
            )
            return lots + (
                [] if waiting else await rows_of(services, PRODUCTION, f"/v1/recalls/{recall}/tickets")
            )
        return [await services.get(PRODUCTION, f"/v1/recalls/{recall}")]
