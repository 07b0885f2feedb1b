"""Plans of whole sites: asked for, computed step by step beside everything else, and published."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from backbone.errors import NotFound
from backbone.operations import Operation, add_operation
from backbone.service import Batch, Tx
from materials import store
from materials.commands import AskPlan, PublishPlan
from materials.domain.replanning import made_later, plan_together
from materials.domain.version import (
    MESSAGES_COUNT_MAX,
    PlanVersion,
    Wanted,
    ask_to_act,
    publish,
    refuse_later,
    replaceable,
    told,
)
from materials.handlers.deciding import decide_each

if TYPE_CHECKING:
    from materials.domain.planning.version import Loaded, Made

ROWS_EACH_COUNT: Final = 1_000_000
PLAN: Final = "plan"


async def ask_plan(commands: Batch[AskPlan], tx: Tx) -> list[PlanVersion]:
    """Write plans down that are to be computed; raises `NotFound` for a site that is not defined."""
    asked = []
    for command in commands:
        sites = await store.load_supplying_sites(tx, command.site_id)
        if not sites:
            raise NotFound(f"no site {command.site_id or 'is defined'}")
        version = PlanVersion(
            command.plan_id, 0, command.site_id, sites, command.keeps, "computing", command.asked_by, tx.now
        )
        asked.append(await store.add_plan(tx, version))
        await add_operation(tx.sql, operation_id=command.plan_id, kind=PLAN, asked_by=command.asked_by)
    return asked


@dataclass(slots=True)
class _Work:
    """What this process knows of the plan that it computes; whoever takes it up without that begins anew."""

    version: PlanVersion
    loaded: Loaded | None
    made: Made | None = None


class Planning:
    """Computes plans, one at a time: loads under the locks of the sites, plans, copies a part a step, gives keys."""

    def __init__(self) -> None:
        self._work: dict[str, _Work] = {}

    async def step(self, operation: Operation, tx: Tx) -> Operation:
        """One step; raises `RecipeCycle`, `PlanTooLarge`."""
        from materials.store import plan_writing

        await plan_writing.add_time(tx)
        work = self._work.pop(operation.operation_id, None)
        self._work.clear()
        if work is None:
            work, after = await self._load(operation, tx)
        elif work.loaded is not None:
            after = await self._plan(operation, work)
        else:
            after = await self._write(operation, work, tx)
        if after.state == "running":
            self._work[operation.operation_id] = work
        return after

    async def _load(self, operation: Operation, tx: Tx) -> tuple[_Work, Operation]:
        from materials.store import plan_loading

        await store.save_swept_plans(tx)
        version = await store.lock_plan(tx, operation.operation_id)
        if version is None:
            raise NotFound(f"no plan {operation.operation_id}")
        await store.save_without_rows(tx, version.plan_no)
        await store.lock_sites(tx, version.sites)
        loaded = await plan_loading.load_plan(tx, version)
        version = version._replace(
            loaded_at=tx.now,
            demands_count=loaded.site.demands.item.size,
            supplies_count=len(loaded.coming),
        )
        await store.save_plan(tx, version)
        return _Work(version, loaded), replace(
            operation, done=0, total=0, result={"plan_no": version.plan_no}
        )

    async def _plan(self, operation: Operation, work: _Work) -> Operation:
        from materials.domain.planning.version import made_of

        assert work.loaded is not None
        work.made = await asyncio.to_thread(made_of, work.loaded)
        work.loaded = None
        return replace(operation, total=work.made.orders_count + work.made.pegs.quantity.size)

    async def _write(self, operation: Operation, work: _Work, tx: Tx) -> Operation:
        """Copy the next rows: first the orders, then the pegs; the last step makes the version ready."""
        from materials.store import plan_writing

        assert work.made is not None
        plan_no, orders = work.version.plan_no, work.made.orders_count
        if operation.done < operation.total:
            placing = operation.done < orders
            name, first, before = (
                ("plan_order_lists", 0, orders) if placing else ("plan_peg_lists", orders, operation.total)
            )
            if operation.done == first:
                await plan_writing.add_table(tx, name, plan_no)
            upto = min(operation.done + ROWS_EACH_COUNT, before)
            part = slice(operation.done - first, upto - first)
            await plan_writing.add_rows(tx, name, work.made, plan_no, part)
            if upto == before:
                await plan_writing.add_table_keys(tx, name, plan_no)
            return replace(operation, done=upto)
        await plan_writing.add_nodes(tx, work.made, work.version)
        version = await store.lock_plan(tx, operation.operation_id)
        assert version is not None
        version = _ready(version, work.made)
        await store.save_plan(tx, version)
        return replace(operation, state="done", result={"plan_no": plan_no, "digest": version.digest})


def _ready(version: PlanVersion, made: Made) -> PlanVersion:
    orders = made.plan.orders
    known = made.loaded.today
    first, last = int(orders.start.min(initial=known)), int(orders.due.max(initial=known))
    today = version.loaded_at or version.asked_at
    return version._replace(
        state="ready",
        first_at=_on(today, first - known),
        last_at=_on(today, last - known),
        orders_count=made.orders_count,
        pegs_count=made.pegs.quantity.size,
        missing_count=made.missing_count,
        late_count=int(made.late.size),
        digest=made.digest,
    )


def _on(today: datetime, days: int) -> datetime:
    return datetime.combine(today.date(), datetime.min.time(), UTC) + timedelta(days=days)


async def publish_plan(commands: Batch[PublishPlan], tx: Tx) -> list[PlanVersion]:
    """Make versions the ones that their sites go by, and ask for what they imply.

    Raises what `publish` and `replaceable` do.
    """
    published = []
    for command in commands:
        known = await store.load_plan_version(tx, command.plan_id)
        if known is None:
            raise NotFound(f"no plan {command.plan_id}")
        await store.lock_sites(tx, known.sites)
        version = await store.lock_plan(tx, command.plan_id) or known
        later = await store.load_later(tx, version) if version.state == "ready" else []
        version = publish(version, later, tx.now, accepts_later=command.accepts_later)
        renewed = await _plan_anew(command, tx, version) if command.replaces else (0, 0)
        messages = await _ask_to_act(command, tx, await store.load_wanted(tx, version))
        replaced = await store.save_pointers(tx, version)
        tx.emit(told(version, replaced, len(later), messages, renewed), because=command)
        await store.save_plan(tx, version)
        published.append(version)
    return published


async def _plan_anew(command: PublishPlan, tx: Tx, version: PlanVersion) -> tuple[int, int]:
    """Replace what its sites have only planned; the answer is how many orders went, and how many came.

    Others may have asked for something since the version was made: it is planned from what is there now.
    """
    keys = replaceable(version, await store.load_replaceable(tx, version))
    seeds = store.Seeds(planned_orders=set(keys))
    (book,) = await decide_each([command], tx, [seeds], lambda book, _: plan_together(book, keys))
    if not command.accepts_later:
        refuse_later(made_later(book))
    return len(keys), len(book.orders.added())


async def _ask_to_act(command: PublishPlan, tx: Tx, wanted: Sequence[Wanted]) -> int:
    mattering = sorted((each for each in wanted if each.matters), key=lambda each: each.urgency)
    differing = mattering[:MESSAGES_COUNT_MAX]
    if not differing:
        return 0
    counted: list[int] = []
    seeds = store.Seeds(planned_orders={each.planned_order_id for each in differing})
    await decide_each([command], tx, [seeds], lambda book, _: counted.append(ask_to_act(book, differing)))
    return counted[0]
