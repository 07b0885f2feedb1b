"""Short ways to ask for plans of whole sites and to see what is in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from backbone.ids import new_id
from backbone.operations.rows import save_operation, take_operation
from backbone.operations.working import Working
from materials import queries
from materials.commands import AskPlan
from materials.handlers import Planning
from materials.queries import PlanView
from services.materials.tests.stage import Stage

Dated = tuple[str, str, str, str, str]


async def work_off(stage: Stage) -> None:
    """Take every step of the long work that waits."""
    working = Working(stage.host)
    while await working._step():
        pass


async def one_step(stage: Stage, planning: Planning) -> None:
    """One step of the oldest plan, by a process that knows what `planning` does."""
    async with stage.host.begin() as tx:
        operation = await take_operation(tx.sql)
        assert operation is not None
        await save_operation(tx.sql, await planning.step(replace(operation, state="running"), tx))


async def planned_anew(stage: Stage, site_id: str | None = None, keeps: str = "firm") -> PlanView:
    """A new version of the plan, ready."""
    plan_id = new_id()
    await stage.do(AskPlan(plan_id, site_id, keeps, "ann"))  # type: ignore[arg-type]
    await work_off(stage)
    async with stage.host.read() as sql:
        found = await queries.find_plan(sql, plan_id)
    problem = await stage.rows("SELECT state, problem FROM operations WHERE operation_id = :id", id=plan_id)
    assert found.state == "ready", problem
    return found


async def orders_of(stage: Stage, plan: PlanView) -> list[Dated]:
    """Item, source, quantity, start and due day of each planned order, by item and day."""
    async with stage.host.read() as sql:
        page = await queries.page_plan_orders(sql, plan.plan_id, sku=None, site_id=None, after="", limit=200)
    rows: list[Any] = [view for _, view in page]
    told = [
        (each.sku, each.source, str(each.quantity), f"{each.starts_on:%m-%d}", f"{each.due_on:%m-%d}")
        for each in rows
    ]
    return sorted(told, key=lambda each: (each[0], each[4], each[3], each[2]))
