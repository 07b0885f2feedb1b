"""Loads the state of whole sites as a plan needs it: numbers are given by the database, rows come as binary copies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.service import Tx
from contracts.values import PropertyValue, Window, admits
from materials.domain.lot import UNDECIDED, USABLE
from materials.domain.network import Node, Place
from materials.domain.planning.copying import columns_of
from materials.domain.planning.nodes import PlanNode, day_of, nodes_of
from materials.domain.planning.site import Rows
from materials.domain.planning.version import Coming, Loaded, Reserved, loaded_of
from materials.domain.version import PlanVersion
from materials.store.network import load_places, load_unknown
from materials.store.plan_writing import add_table, add_table_keys, load_driver

# Whoever is later than that is later than everybody; nothing is left out.
PAST_DAYS_MAX: Final = 366
AHEAD_DAYS_MAX: Final = 3_660

# Asked for, firm, or so close to it that only a person may move it; what takes a substitute, since a person has decided
# that; and all that is planned, where that is kept.
STANDS: Final = """
    (o.state NOT IN ('planned', 'closed', 'cancelled')
     OR o.state = 'planned' AND (CAST(:keeps AS text) = 'planned' OR o.release_at <= :now
                                 OR NOT o.held AND o.firm_at <= :now
                                 OR o.planned_order_id IN (SELECT taking.planned_order_id FROM substitutions
                                                           JOIN demands AS taking USING (demand_id)
                                                           WHERE taking.planned_order_id IS NOT NULL)))
"""
# What stands, or what a site plans that is not planned anew itself, takes what it takes.
_WANTS: Final = f"""
    d.site_id = ANY(:sites) AND NOT d.suspended AND d.quantity_micro > d.done_micro
    AND (d.planned_order_id IS NULL OR {STANDS} OR o.state = 'planned' AND o.site_id <> ALL(:sites))
"""
PLACES: Final = text(
    """
    SELECT site_id, sku FROM parameters WHERE site_id = ANY(:sites)
    UNION SELECT site_id, sku FROM recipe_parts WHERE site_id = ANY(:sites)
    UNION SELECT site_id, sku FROM terms WHERE site_id = ANY(:sites)
    UNION SELECT site_id, sku FROM demands WHERE site_id = ANY(:sites)
    UNION SELECT site_id, sku FROM receipts WHERE site_id = ANY(:sites)
    """
)
ROOTS: Final = text(
    f"""
    SELECT d.site_id, d.sku, CAST(d."window" AS text) AS "window" FROM demands d
    LEFT JOIN planned_orders o ON o.planned_order_id = d.planned_order_id WHERE {_WANTS}
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """  # noqa: S608
)
STOCK: Final = text(
    """
    SELECT s.site_id, s.sku, s.lot_id AS supply_id, CAST(l.properties AS text) AS properties,
           CASE WHEN l.status = ANY(:counting) THEN s.on_hand_micro ELSE s.reserved_micro END AS micro
    FROM stocks s JOIN lots l USING (lot_id)
    WHERE s.site_id = ANY(:sites) AND s.store = 'main' AND s.on_hand_micro > 0 ORDER BY s.lot_id
    """
)
COMING: Final = text(
    f"""
    SELECT r.site_id, r.sku, r.receipt_id AS supply_id, CAST(r.properties AS text) AS properties,
           r.quantity_micro - r.received_micro AS micro, r.planned_order_id,
           coalesce(CASE WHEN o.expected_at IS NOT NULL THEN r.comes_at END, o.expected_at, o.due_at) AS at
    FROM receipts r JOIN planned_orders o USING (planned_order_id)
    WHERE r.site_id = ANY(:sites) AND r.quantity_micro > r.received_micro AND {STANDS} ORDER BY r.receipt_id
    """  # noqa: S608
)
PEGGED: Final = text(
    """
    SELECT p.supply_id, d.site_id, d.sku, CAST(d."window" AS text) AS "window", sum(p.quantity_micro) AS micro
    FROM pegs p JOIN demands d USING (demand_id)
    JOIN unnest(CAST(:site_ids AS text[]), CAST(:skus AS text[])) AS here(site_id, sku) USING (site_id, sku)
    GROUP BY 1, 2, 3, 4
    """
)
HERE: Final = text(
    """
    CREATE TEMPORARY TABLE plan_here (node_no integer, site_id text, sku text, "window" jsonb, quantum_micro bigint)
    ON COMMIT DROP
    """
)
NUMBER_DEMANDS: Final = f"""
    INSERT INTO plan_demands_{{plan_no:d}} (plan_no, demand_no, demand_id, node_no, needed_on, quantity_micro)
    SELECT {{plan_no:d}}, row_number() OVER (ORDER BY node_no, needed_on, priority, promised, placed_at, demand_id) - 1,
           demand_id, node_no, needed_on, open_micro
    FROM (
        SELECT h.node_no, d.demand_id, d.priority, d.placed_at, coalesce(d.promised_at, d.needed_at) AS promised,
               d.quantity_micro - d.done_micro AS open_micro,
               least(greatest(CAST(d.needed_at AT TIME ZONE 'UTC' AS date), CAST(:earliest AS date)),
                     CAST(:latest AS date)) AS needed_on
        FROM demands d JOIN plan_here h ON (h.site_id, h.sku, h."window") = (d.site_id, d.sku, d."window")
        LEFT JOIN planned_orders o ON o.planned_order_id = d.planned_order_id WHERE {_WANTS}
    ) AS wanted
"""  # noqa: S608
DEMANDS: Final = """
    SELECT node_no, needed_on, (d.quantity_micro + h.quantum_micro - 1) / h.quantum_micro
    FROM plan_demands_{plan_no:d} d JOIN plan_here h USING (node_no) ORDER BY demand_no
"""

# What is reserved stays with whom it is for in every version; for a forecast or as safety stock nothing is.
RESERVED: Final = """
    SELECT demand_no, node_no, supply_id, pegs.planned_order_id, pegs.quantity_micro
    FROM plan_demands_{plan_no:d} JOIN pegs USING (demand_id) JOIN demands USING (demand_id)
    WHERE demands.kind NOT IN ('forecast', 'safety') ORDER BY demand_no, supply_id
"""

_window: Reads[Window] = reader(Window)
_properties: Reads[tuple[PropertyValue, ...]] = reader(tuple[PropertyValue, ...])


async def load_plan(tx: Tx, version: PlanVersion) -> Loaded:
    """The state of a version's sites, which the caller holds locked. Raises `RecipeCycle`."""
    wanted = {"sites": list(version.sites), "keeps": version.keeps, "now": tx.now}
    places = [(row.site_id, row.sku) for row in await tx.sql.execute(PLACES, {"sites": wanted["sites"]})]
    sited = [(site_id, "") for site_id in version.sites]
    masters = await load_unknown(tx)
    await load_places(tx, masters, places)
    network = masters.network(tx, [*places, *sited], ())
    coming = list(await tx.sql.execute(COMING, wanted))
    roots = [Node(row.site_id, row.sku, _window(row.window)) for row in await tx.sql.execute(ROOTS, wanted)]
    known = {(node.site_id, node.sku) for node in roots}
    roots += [Node(*place, ()) for place in sorted({(row.site_id, row.sku) for row in coming} - known)]
    nodes, site = nodes_of(network, roots)
    demands = await _demands(tx, version.plan_no, nodes, wanted)
    stock = list(
        await tx.sql.execute(STOCK, {"sites": wanted["sites"], "counting": [USABLE, *sorted(UNDECIDED)]})
    )
    shared = await _Shared.of(tx, nodes)
    on_hand = [(node_no, micro) for row in stock for node_no, micro in shared.parts(row)]
    receipts = tuple(
        Coming(node_no, row.supply_id, row.planned_order_id, day_of(row.at), micro)
        for row in coming
        for node_no, micro in shared.parts(row)
    )
    reserved = await _reserved(tx, version.plan_no, receipts)
    return loaded_of(nodes, site, on_hand, demands, receipts, day_of(tx.now), reserved)


async def _reserved(tx: Tx, plan_no: int, receipts: Sequence[Coming]) -> tuple[Reserved, ...]:
    """What is reserved of lots, and of supplies that stand; what is only planned is planned anew."""
    numbers = {(each.node_no, each.receipt_id): number for number, each in enumerate(receipts)}
    found = []
    for row in await tx.sql.execute(text(RESERVED.format(plan_no=plan_no))):
        coming_no = numbers.get((row.node_no, row.supply_id))
        if row.planned_order_id is None or coming_no is not None:
            found.append(Reserved(row.demand_no, row.node_no, coming_no, row.quantity_micro))
    return tuple(found)


async def _demands(tx: Tx, plan_no: int, nodes: Sequence[PlanNode], wanted: Mapping[str, Any]) -> Rows:
    """Number what is wanted, in the order in which it is served, and copy it out."""
    await tx.sql.execute(HERE)
    sql = await load_driver(tx)
    records = [
        (number, *each.node[:2], document(each.node.window), each.quantum_micro)
        for number, each in enumerate(nodes)
    ]
    await sql.copy_records_to_table("plan_here", records=records)
    await tx.sql.execute(text("ANALYZE plan_here"))
    await add_table(tx, "plan_demands", plan_no)
    today = tx.now.date().toordinal()
    limits = {
        "earliest": tx.now.date().fromordinal(today - PAST_DAYS_MAX),
        "latest": tx.now.date().fromordinal(today + AHEAD_DAYS_MAX),
    }
    await tx.sql.execute(text(NUMBER_DEMANDS.format(plan_no=plan_no)), {**wanted, **limits})
    await add_table_keys(tx, "plan_demands", plan_no)
    copied = BytesIO()
    await sql.copy_from_query(DEMANDS.format(plan_no=plan_no), output=copied, format="binary")
    return Rows(*columns_of(copied.getvalue(), 4, 4, 8))


class _Shared:
    """Which nodes a supply counts for: those of the demands it is pegged to, with the rest the first that it fits."""

    def __init__(self, nodes: Iterable[PlanNode]) -> None:
        self.at: dict[Place, list[tuple[Window, int]]] = {}
        for number, each in enumerate(nodes):
            self.at.setdefault((each.node.site_id, each.node.sku), []).append((each.node.window, number))
        for found in self.at.values():
            # The narrowest first: what wants nothing special takes what is left.
            found.sort(key=lambda each: (-len(each[0]), each[1]))
        self.pegged: dict[tuple[str, str], list[tuple[Window, int]]] = {}

    @classmethod
    async def of(cls, tx: Tx, nodes: Iterable[PlanNode]) -> _Shared:
        """With the pegs of those places that have several nodes, or one for special properties."""
        shared = cls(nodes)
        places = [place for place, found in shared.at.items() if len(found) > 1 or found[0][0]]
        named = {"site_ids": [place[0] for place in places], "skus": [place[1] for place in places]}
        for row in await tx.sql.execute(PEGGED, named):
            key = (row.supply_id, row.site_id)
            shared.pegged.setdefault(key, []).append((_window(row.window), int(row.micro)))
        return shared

    def parts(self, row: Any) -> Iterable[tuple[int, int]]:
        """Node and millionths of each part of a supply."""
        found = self.at.get((row.site_id, row.sku), [])
        left = row.micro
        if len(found) != 1 or found[0][0]:
            numbers = dict(found)
            for window, micro in self.pegged.get((row.supply_id, row.site_id), ()):
                if window in numbers:
                    yield numbers[window], min(micro, left)
                    left -= min(micro, left)
            properties = _properties(row.properties)
            found = [each for each in found if admits(each[0], properties)]
        if found and left:
            yield found[0][1], left
