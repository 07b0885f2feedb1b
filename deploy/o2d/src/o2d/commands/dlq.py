"""`o2d dlq`: the keys that are parked, why, and what becomes of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from o2d.asking import Services
from o2d.running import Running, chosen, running
from o2d.show import Output, OutputOption, show

PAGE_COUNT: Final = 500
PARKED: Final = 1


class Act(StrEnum):
    """What to do with parked keys."""

    LIST = "list"
    REPLAY = "replay"
    DISCARD = "discard"


def command(
    act: Annotated[
        Act, typer.Argument(help="list them, replay them in order, or discard one with a reason")
    ] = Act.LIST,
    service: Annotated[str | None, typer.Option(help="Only keys parked at this service.")] = None,
    subscription: Annotated[str | None, typer.Option(help="Only keys of this subscription.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only keys of this topic.")] = None,
    key: Annotated[str | None, typer.Option(help="Only this key.")] = None,
    cause: Annotated[str | None, typer.Option(help="Only keys parked for exactly this cause.")] = None,
    by_cause: Annotated[bool, typer.Option("--by-cause", help="List causes with their counts.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Replay: only count what would be tried.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Discard: why its facts are given up.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show parked keys (exit code 1 when there are any), try them again, or give one up."""
    around = running()
    names = chosen(around.urls, service)
    filters = {"subscription": subscription, "topic": topic, "key": key, "cause": cause}
    if act is Act.DISCARD and not (reason and all((service, subscription, topic, key))):
        raise typer.BadParameter("to discard takes --service, --subscription, --topic, --key and --reason")
    if act is not Act.LIST and not dry_run and not yes:
        typer.confirm(f"{act.value} on {', '.join(names)}?", abort=True, err=True)
    rows = asyncio.run(_run(around, names, act, filters, dry_run, reason))
    if act is Act.LIST:
        show(_counted(rows) if by_cause else rows, output)
        if rows:
            raise typer.Exit(PARKED)
        if output is Output.TABLE:
            print("Nothing is parked.")
    else:
        show(rows, output)


async def _run(
    around: Running,
    names: Sequence[str],
    act: Act,
    filters: Mapping[str, str | None],
    dry_run: bool,
    reason: str,
) -> list[dict[str, Any]]:
    async with Services(around.urls, around.token) as services:
        if act is Act.LIST:
            found = await asyncio.gather(*(_parked(services, name, filters) for name in names))
            return [row for rows in found for row in rows]
        if act is Act.REPLAY:
            return [await _replay(services, name, filters, dry_run) for name in names]
        (name,) = names
        body = {part: value for part, value in filters.items() if part != "cause"} | {"reason": reason}
        answer = await services.post(name, "/ops/parked/discard", body)
        return [{"service": name, "facts given up": answer["facts"]}]


async def _parked(services: Services, name: str, filters: Mapping[str, str | None]) -> list[dict[str, Any]]:
    pages = services.pages(name, "/ops/parked", limit=PAGE_COUNT, **filters)
    return [{"service": name, **view} async for page in pages for view in page]


async def _replay(
    services: Services, name: str, filters: Mapping[str, str | None], dry_run: bool
) -> dict[str, Any]:
    body = {part: value for part, value in filters.items() if value is not None}
    answer = await services.post(name, "/ops/parked/replay", {**body, "dry_run": dry_run})
    return {"service": name, "keys": answer["keys"], "tried": not dry_run}


def _counted(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    keys = Counter((row["service"], row["subscription"], row["kind"], row["cause"]) for row in rows)
    return [
        {"service": service, "subscription": subscription, "kind": kind, "cause": cause, "keys": count}
        for (service, subscription, kind, cause), count in keys.most_common()
    ]
