"""Writes a version of a plan: tables of its own, filled by binary copies, given keys when they are full."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import document
from backbone.service import Tx
from materials.domain.planning.copying import copied_lists
from materials.domain.planning.days import DAY_ZERO
from materials.domain.planning.outlook import NEVER
from materials.domain.planning.version import Made, order_lists, peg_lists
from materials.domain.version import PlanVersion

KEYS: Final = {
    "plan_nodes": "PRIMARY KEY (plan_no, node_no)",
    "plan_demands": "PRIMARY KEY (plan_no, demand_no)",
    "plan_supplies": "PRIMARY KEY (plan_no, supply_no)",
    "plan_delays": "PRIMARY KEY (plan_no, demand_no)",
    "plan_order_lists": "PRIMARY KEY (plan_no, node_no, first_no)",
    "plan_peg_lists": "PRIMARY KEY (plan_no, node_no, first_no)",
}
BULK: Final = {"plan_order_lists": order_lists, "plan_peg_lists": peg_lists}
LONG_WORK_SECONDS_MAX: Final = 300

RELAX: Final = text(
    """
    SELECT set_config(name, :seconds, TRUE) FROM pg_settings
    WHERE name IN ('transaction_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout')
    """
)


async def add_time(tx: Tx) -> None:
    """Let this transaction take as long as a plan does: it waits while that is computed, or while keys are built."""
    # The clock of a transaction that runs already is only set anew once it has been stopped.
    for seconds in (0, LONG_WORK_SECONDS_MAX):
        await tx.sql.execute(RELAX, {"seconds": f"{seconds}s"})


async def load_driver(tx: Tx) -> Any:
    """The driver's own connection, which knows how to copy."""
    return (await tx.sql.get_raw_connection()).driver_connection


async def add_table(tx: Tx, name: str, plan_no: int) -> None:
    """An empty table for a version's rows, which does not belong to the whole yet."""
    await tx.sql.execute(text(f"DROP TABLE IF EXISTS {name}_{plan_no:d}"))
    # What every row is checked for when it comes need not be looked for when the table becomes a part of the whole.
    only = f"CONSTRAINT {name}_{plan_no:d}_version CHECK (plan_no = {plan_no:d})"
    await tx.sql.execute(text(f"CREATE TABLE {name}_{plan_no:d} (LIKE {name}, {only})"))


async def add_table_keys(tx: Tx, name: str, plan_no: int) -> None:
    """Build the keys of a table that is full; its rows are seen as the version's from the commit on."""
    own = f"{name}_{plan_no:d}"
    await tx.sql.execute(text(f"ALTER TABLE {own} ADD {KEYS[name]}"))
    await tx.sql.execute(text(f"ALTER TABLE {name} ATTACH PARTITION {own} FOR VALUES IN ({plan_no:d})"))


async def add_rows(tx: Tx, name: str, made: Made, plan_no: int, part: slice) -> None:
    """Copy some planned orders, or some pegs, into their table, as lists."""
    sql = await load_driver(tx)
    node, columns = BULK[name](made, part)
    rows = _each(copied_lists(plan_no, node, part.start, columns))
    await sql.copy_to_table(f"{name}_{plan_no:d}", source=rows, format="binary")


async def _each(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def add_nodes(tx: Tx, made: Made, version: PlanVersion) -> None:
    """Write the nodes of a plan, what there is to supply them, and whom it serves late."""
    rows = (("plan_nodes", _nodes(made)), ("plan_supplies", _supplies(made)), ("plan_delays", _delays(made)))
    sql = await load_driver(tx)
    for name, records in rows:
        await add_table(tx, name, version.plan_no)
        numbered = ((version.plan_no, *each) for each in records)
        await sql.copy_records_to_table(f"{name}_{version.plan_no:d}", records=numbered)
        await add_table_keys(tx, name, version.plan_no)


def _nodes(made: Made) -> Iterable[tuple[Any, ...]]:
    columns = (made.plan.codes, made.firsts, made.counts, made.micro, made.sums)
    numbers = zip(*(each.tolist() for each in columns), made.beside, strict=True)
    for number, (each, known) in enumerate(zip(made.loaded.nodes, numbers, strict=True)):
        node = each.node
        yield (
            number, node.site_id, node.sku, document(node.window), each.source, each.quantum_micro, each.recipe_id,
            each.recipe_version, each.from_site_id, each.terms_id, *known,
        )  # fmt: skip


def _supplies(made: Made) -> Iterable[tuple[Any, ...]]:
    """What is on hand of each node, then each receipt, numbered as the pegs name them."""
    loaded, outlook = made.loaded, made.outlook
    on_hand = loaded.site.items.on_hand.tolist()
    stock = (
        (node_no, "stock", None, None, None, on_hand[node_no] * loaded.nodes[node_no].quantum_micro, None, 0)
        for node_no in made.stocked.tolist()
    )
    wanted = zip(loaded.coming, outlook.wanted.tolist(), outlook.served.tolist(), strict=True)
    coming = (
        (
            each.node_no, "receipt", each.receipt_id, each.planned_order_id, _date(each.day), each.micro, _date(day),
            served * loaded.nodes[each.node_no].quantum_micro,
        )
        for each, day, served in wanted
    )  # fmt: skip
    return ((number, *row) for number, row in enumerate(chain(stock, coming)))


def _delays(made: Made) -> Iterable[tuple[Any, ...]]:
    late = made.late
    return zip(late.tolist(), map(_date, made.outlook.available[late].tolist()), strict=True)


def _date(day: int) -> date | None:
    return None if day == NEVER else date.fromordinal(day + DAY_ZERO)
