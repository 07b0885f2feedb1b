"""A generated site as rows of materials' database: what a plan is loaded from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg

from backbone.ids import new_id
from backbone.migrate import migrate
from backbone.wire import encode
from contracts.production import RecipeApproved
from contracts.recipes import Operation, RecipeInput, RecipeOutput
from contracts.values import MICRO, ZERO, Quantity
from materials.domain.planning.site import Site

SITE: Final = "plant-1"
START: Final = datetime(2026, 1, 1, tzinfo=UTC)
LONG_AGO: Final = START - timedelta(days=400)
ONE: Final = Quantity(1)
CENTRES_COUNT: Final = 60
DAY_MINUTES: Final = 8 * 60


@asynccontextmanager
async def shelf(server: str, site: Site) -> AsyncIterator[str]:
    """The address of a fresh database of materials that holds a site; it goes afterwards."""
    name = "bench_" + new_id().replace("-", "")[-12:]
    admin = await asyncpg.connect(server)
    await admin.execute(f'CREATE DATABASE "{name}"')
    dsn = server.rpartition("/")[0] + "/" + name
    try:
        await migrate(dsn, "materials")
        await laid_down(dsn, site)
        yield dsn
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()


async def laid_down(dsn: str, site: Site, *, demands: bool = True) -> None:
    """Write a site's rows into an empty database, its demands with them or not."""
    sql = await asyncpg.connect(dsn)
    for table, columns, rows in _tables(site):
        if demands or table != "demands":
            await sql.copy_records_to_table(table, records=rows, columns=columns.split())
    await sql.execute("ANALYZE")
    await sql.close()


def sku(number: int) -> str:
    """The item of a number."""
    return f"item-{number:06d}"


def centre(number: int) -> str:
    """The work centre on which the item of a number is made."""
    return f"wc-{number % CENTRES_COUNT:02d}"


def _tables(site: Site) -> Iterable[tuple[str, str, Iterable[tuple[Any, ...]]]]:
    """Table, columns and rows, one after the other."""
    numbers = range(site.network.items)
    yield (
        "sites",
        "site_id title legal_entity transit_days calendar_id damping_days damping_percent version told",
        [(SITE, SITE, "ours", 0, None, 0, 0, 1, 0)],
    )
    yield (
        "items",
        "sku title unit quantum_micro properties shelf_life_days serialised units density_micro version told",
        [(sku(number), "", "piece", MICRO, "[]", 0, False, "[]", 0, 1, 0) for number in numbers],
    )
    yield _parameters(site)
    yield _recipes(site)
    edges = zip(site.network.parent.tolist(), site.network.child.tolist(), strict=True)
    made = {int(number) for number in site.network.parent}
    parts = [(sku(parent), 1, sku(child), False, SITE) for parent, child in edges]
    yield (
        "recipe_parts",
        "recipe_id recipe_version sku gives site_id",
        [*parts, *((sku(number), 1, sku(number), True, SITE) for number in made)],
    )
    yield from _stock(site)
    yield from _receipts(site)
    yield _demands(site)


def _parameters(site: Site) -> tuple[str, str, Iterable[tuple[Any, ...]]]:
    items, made = site.items, {int(number) for number in site.network.parent}
    columns = zip(items.minimum.tolist(), items.multiple.tolist(), items.lead.tolist(), strict=True)
    rows = [
        (
            sku(number), SITE, "make" if number in made else "buy", minimum * MICRO,
            multiple * MICRO if multiple > 1 else 0, 0, 0, lead, 0, None, True, 1,
            0, 0, 0,
            "make-to-order", 0, 0, 0, 0,
        )
        for number, (minimum, multiple, lead) in enumerate(columns)
    ]  # fmt: skip
    names = (
        "sku site_id source minimum_micro multiple_micro maximum_micro safety_micro lead_days fence_days from_site_id "
        "automatic version period_days batch_days planning_fence_days strategy reorder_point_micro demand_fence_days "
        "backward_days forward_days"
    )
    return "parameters", names, rows


def _recipes(site: Site) -> tuple[str, str, Iterable[tuple[Any, ...]]]:
    inputs: dict[int, list[RecipeInput]] = {}
    network = site.network
    for parent, child, per in zip(
        network.parent.tolist(), network.child.tolist(), network.numerator.tolist(), strict=True
    ):
        inputs.setdefault(parent, []).append(RecipeInput(sku(child), Quantity(per), 10))
    rows = []
    for number, taken in inputs.items():
        name, lead = sku(number), int(site.items.lead[number])
        approved = RecipeApproved(
            name, 1, "congregation", name, SITE, tuple(taken), (RecipeOutput(name, ONE, "main"),),
            (_work(number, lead),), LONG_AGO, None, "ann", "bob", lead,
        )  # fmt: skip
        rows.append((name, 1, SITE, encode(approved).decode(), False))
    return "recipes", "recipe_id recipe_version site_id approved retired", rows


def _work(number: int, lead: int) -> Operation:
    """A run takes one machine for its whole lead, however much it makes; no centre that was not told of is limited."""
    return Operation(10, "work", centre(number), Quantity(lead * DAY_MINUTES), ZERO, 1, ONE)


def _stock(site: Site) -> Iterable[tuple[str, str, Iterable[tuple[Any, ...]]]]:
    lots = [(number, quantity) for number, quantity in enumerate(site.items.on_hand.tolist()) if quantity]
    yield (
        "lots",
        "lot_id sku site_id status properties serials received_at currency awaits_serials awaits_inspection version "
        "told",
        [
            (f"lot-{n}", sku(n), SITE, "released", "[]", "[]", LONG_AGO, "EUR", False, False, 1, 0)
            for n, _ in lots
        ],
    )
    yield (
        "stocks",
        "lot_id site_id store sku on_hand_micro reserved_micro bought_in_minor labour_minor capital_minor "
        "overhead_minor awaits_inspection",
        [(f"lot-{n}", SITE, "main", sku(n), quantity * MICRO, 0, 0, 0, 0, 0, False) for n, quantity in lots],
    )


def _receipts(site: Site) -> Iterable[tuple[str, str, Iterable[tuple[Any, ...]]]]:
    rows = list(
        zip(*(getattr(site.movable, name).tolist() for name in ("item", "day", "quantity")), strict=True)
    )
    orders, receipts = [], []
    for number, (item, day, quantity) in enumerate(rows):
        key, at, micro = f"bought-{number:06d}", START + timedelta(days=day), quantity * MICRO
        orders.append(
            (
                key, SITE, sku(item), "buy", micro, micro, 0, LONG_AGO, LONG_AGO, at, at, LONG_AGO, "confirmed", False,
                True, 2, "[]", False, 1, 0,
            )
        )  # fmt: skip
        receipts.append((f"{key}#0", key, 0, SITE, sku(item), "main", micro, 0, 0, "[]", False))
    yield (
        "planned_orders",
        "planned_order_id site_id sku source quantity_micro runs_micro lead_days floor_at starts_at due_at expected_at "
        "release_at state held automatic priority window staged version told",
        orders,
    )
    yield (
        "receipts",
        "receipt_id planned_order_id output_no site_id sku role quantity_micro received_micro pegged_micro properties "
        "sent",
        receipts,
    )


def _demands(site: Site) -> tuple[str, str, Iterable[tuple[Any, ...]]]:
    columns = (getattr(site.demands, name).tolist() for name in ("item", "day", "quantity"))
    rows = [
        (
            f"demand-{number:07d}", "order", SITE, sku(item), "[]", quantity * MICRO, 0, 0,
            START + timedelta(days=day), 2, LONG_AGO, False, False, 1, False, False, False,
        )
        for number, (item, day, quantity) in enumerate(zip(*columns, strict=True))
    ]  # fmt: skip
    names = (
        "demand_id kind site_id sku window quantity_micro done_micro covered_micro needed_at priority placed_at held "
        "part schedule_no late ready suspended"
    )
    return "demands", names, rows
