"""`o2d plan`: plans of whole sites: asked for, listed, shown, compared, published."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from o2d.asking import Services, rows_of
from o2d.running import Running, running
from o2d.show import Output, OutputOption, show
from o2d.trouble import CannotStart
from o2d.watching import ended, progress

MATERIALS: Final = "materials"
SHORT: Final = ("plan_no", "state", "sites", "keeps", "orders", "missing", "late", "loaded_at", "plan_id")


class Act(StrEnum):
    """What to do with plans."""

    RUN = "run"
    LIST = "list"
    SHOW = "show"
    COMPARE = "compare"
    PUBLISH = "publish"


def command(
    act: Annotated[
        Act, typer.Argument(help="run one, list them, show orders of one, compare two, publish one")
    ] = Act.LIST,
    plans: Annotated[
        list[str] | None, typer.Argument(help="show and publish: a plan, compare: two, by number or id.")
    ] = None,
    site: Annotated[
        str | None, typer.Option(help="run: this site and what supplies it; show: its orders.")
    ] = None,
    sku: Annotated[str | None, typer.Option(help="show: orders of this item alone.")] = None,
    keep_planned: Annotated[
        bool, typer.Option("--keep-planned", help="run: keep all that is planned, not what is firm alone.")
    ] = False,
    accept_later: Annotated[
        bool, typer.Option("--accept-later", help="publish: also where lines or holds come later.")
    ] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Plan whole sites anew, look at what came of it, and make a version the one that its sites go by."""
    wanted = {Act.SHOW: 1, Act.COMPARE: 2, Act.PUBLISH: 1}.get(act, 0)
    if len(plans or ()) != wanted:
        raise typer.BadParameter(f"{act.value} takes {wanted} plans")
    narrowed = {"site_id": site, "sku": sku}
    body = {"site_id": site, "keeps": "planned" if keep_planned else "firm"}
    around = running("planner")
    rows = asyncio.run(_act(around, act, plans or [], body, narrowed, accept_later=accept_later))
    sums: list[dict[str, Any]] = []
    if output is Output.TABLE:
        rows = [{name: row[name] for name in SHORT} if "plan_no" in row else row for row in rows]
        sums = _sums(rows) if act is Act.COMPARE else []
        rows = [{name: _amount(value) for name, value in row.items()} for row in rows]
    show(rows, output)
    if sums:
        show(sums, output)


def _sums(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What these orders cost before and after, by currency, what of it is work, and items without it known."""
    sums: dict[str, list[int]] = {}
    for row in rows:
        for place, part in enumerate((row["was_cost"], row["cost"])):
            if part is not None:
                known = sums.setdefault(part["currency"], [0, 0, 0, 0])
                known[place] += part["minor"]
                known[place + 2] += part["minor"] if row["source"] != "buy" else 0
    unpriced = ", ".join(sorted({row["sku"] for row in rows if row["unpriced"]}))
    names = ("was", "is", "work was", "work is")
    costs = [
        {"in": currency, **dict(zip(names, map(_money, known), strict=True)), "not known of": unpriced}
        for currency, known in sorted(sums.items())
    ]
    nothing = {"in": "", **dict.fromkeys(names, ""), "not known of": unpriced}
    return costs or ([nothing] if unpriced else [])


def _money(minor: int) -> str:
    return f"{minor / 100:,.2f}"


def _amount(value: Any) -> Any:
    """An amount of money as a terminal shows it; anything else as it is."""
    if isinstance(value, dict) and value.keys() == {"minor", "currency"}:
        return f"{_money(value['minor'])} {value['currency']}"
    return value


async def _act(
    around: Running,
    act: Act,
    given: Sequence[str],
    body: Mapping[str, Any],
    narrowed: Mapping[str, str | None],
    *,
    accept_later: bool,
) -> list[dict[str, Any]]:
    async with Services(around.urls, around.token) as services:
        if act is Act.RUN:
            return [await _run(services, body)]
        if act is Act.LIST:
            return await rows_of(services, MATERIALS, "/v1/plans")
        ids = [await _id(services, each) for each in given]
        if act is Act.SHOW:
            return await rows_of(services, MATERIALS, f"/v1/plans/{ids[0]}/orders", **narrowed)
        if act is Act.COMPARE:
            return await rows_of(services, MATERIALS, f"/v1/plans/{ids[0]}/difference/{ids[1]}")
        await services.post(MATERIALS, f"/v1/plans/{ids[0]}/publication", {"accepts_later": accept_later})
        return [await services.get(MATERIALS, f"/v1/plans/{ids[0]}")]


async def _run(services: Services, body: Mapping[str, Any]) -> dict[str, Any]:
    """Plan, and wait until the version is ready."""
    asked = await services.post(MATERIALS, "/v1/plans", body)
    with progress() as bar:
        operation = await ended(services, MATERIALS, asked["id"], bar, "rows")
    if operation["state"] != "done":
        raise CannotStart(f"The plan {operation['state']}: {operation['problem']}.")
    plan: dict[str, Any] = await services.get(MATERIALS, f"/v1/plans/{asked['id']}")
    return plan


async def _id(services: Services, given: str) -> str:
    """The id of a plan that is given by its number, or by that."""
    if not given.isdigit():
        return given
    page = await services.get(MATERIALS, "/v1/plans", after=str(int(given) + 1), limit=1)
    found = [each["plan_id"] for each in page["items"] if each["plan_no"] == int(given)]
    if not found:
        raise CannotStart(f"There is no plan {given}.", "`o2d plan list` lists them.")
    return str(found[0])
