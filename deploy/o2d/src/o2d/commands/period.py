"""`o2d period`: months of cost at a site: closed, listed, shown with the runs behind them, opened again by two."""

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
CLOSE: Final = "/v1/sites/{site}/periods"
REOPEN: Final = "/v1/sites/{site}/periods/{month}/reopening"


class Act(StrEnum):
    """What to do with months."""

    LIST = "list"
    SHOW = "show"
    RUNS = "runs"
    CLOSE = "close"
    REOPEN = "reopen"


WRITES: Final = frozenset({Act.CLOSE, Act.REOPEN})


def command(
    act: Annotated[
        Act, typer.Argument(help="list months, show one, the runs behind one, close or reopen one")
    ],
    site: Annotated[str, typer.Argument(help="The site.")],
    month: Annotated[str | None, typer.Argument(help="All but list: the month, like 2026-03.")] = None,
    figure: Annotated[
        str | None,
        typer.Option(help="runs: behind opening, material, work, made, written-off, closing, late."),
    ] = None,
    reason: Annotated[str, typer.Option(help="reopen: why.")] = "",
    subject: Annotated[str | None, typer.Option(help="Who you are; local-approver when left out.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Close a month of a site, see what it comes to and what is behind that; two people open it again."""
    if (act is Act.LIST) != (month is None):
        raise typer.BadParameter(f"{act.value} takes {'no month' if month else 'a month'}")
    if act is Act.REOPEN and not reason:
        raise typer.BadParameter("reopen takes a --reason")
    if act in WRITES and not yes:
        typer.confirm(f"{act.value} {month} of {site}?", abort=True, err=True)
    around = running("approver", subject)
    rows = asyncio.run(_act(around, act, site, month or "", figure=figure, reason=reason))
    show([flat for row in rows for flat in _by_currency(row)] if output is Output.TABLE else rows, output)


async def _act(
    around: Running, act: Act, site: str, month: str, *, figure: str | None, reason: str
) -> list[dict[str, Any]]:
    at = CLOSE.format(site=site)
    async with Services(around.urls, around.token) as services:
        if act is Act.LIST:
            return await rows_of(services, PRODUCTION, at)
        if act is Act.RUNS:
            return await rows_of(services, PRODUCTION, f"{at}/{month}/runs", figure=figure)
        if act is Act.CLOSE:
            await services.post(PRODUCTION, at, {"month": month})
        elif act is Act.REOPEN:
            await services.post(PRODUCTION, REOPEN.format(site=site, month=month), {"reason": reason})
        return [await services.get(PRODUCTION, f"{at}/{month}")]


def _by_currency(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A month as a terminal shows it: a row for each currency; anything else as it is."""
    if "totals" not in row:
        return [dict(row)]
    head = {name: row[name] for name in ("month", "state", "closed_by")}
    return [{**head, **total} for total in row["totals"]] or [head]
