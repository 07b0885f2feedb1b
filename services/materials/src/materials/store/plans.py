"""Headers of plan versions, which of them each site goes by, and what publishing one has to look at."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from contracts.topics import PLAN
from materials.domain.version import REPLACED_COUNT_MAX, VERSIONS_KEPT_COUNT, Later, PlanVersion, Wanted
from materials.store.plan_loading import STANDS
from materials.store.sheets import PLAN_VERSIONS

PARTS: Final = (
    "plan_nodes", "plan_demands", "plan_supplies", "plan_order_lists", "plan_peg_lists", "plan_delays",
)  # fmt: skip

NAMED: Final = PLAN_VERSIONS.reading("plan_id = ANY(:plans)")
NUMBER: Final = text("SELECT CAST(nextval('plan_numbers') AS integer) AS plan_no")
LOCK: Final = text(
    "SELECT plan_id FROM plan_versions WHERE plan_id = ANY(:plans) ORDER BY plan_id FOR UPDATE"
)
SUPPLYING: Final = text(
    """
    WITH RECURSIVE reached(site_id) AS (
        SELECT site_id FROM sites WHERE CAST(:site_id AS text) IS NULL OR site_id = :site_id
        UNION SELECT from_site_id FROM reached JOIN parameters USING (site_id) WHERE from_site_id IS NOT NULL
    )
    SELECT site_id FROM reached ORDER BY site_id
    """
)
# What nobody works on any more, and the oldest of those that no site goes by.
LEFT: Final = text(
    """
    SELECT plan_id, plan_no, TRUE AS unfinished FROM plan_versions
    LEFT JOIN operations ON operation_id = plan_id
    WHERE plan_versions.state = 'computing' AND operations.state NOT IN ('waiting', 'running')
    UNION ALL
    (SELECT plan_id, plan_no, FALSE FROM plan_versions WHERE state IN ('ready', 'superseded')
     ORDER BY plan_no DESC OFFSET :kept)
    """
)
ABANDON: Final = text("UPDATE plan_versions SET state = 'abandoned' WHERE plan_id = ANY(:plans)")
FORGET: Final = text("DELETE FROM plan_versions WHERE plan_id = ANY(:plans)")
POINT: Final = text(
    """
    INSERT INTO plan_pointers (site_id, plan_id) SELECT unnest(CAST(:sites AS text[])), :plan_id
    ON CONFLICT (site_id) DO UPDATE SET plan_id = excluded.plan_id
    """
)
UNPOINTED: Final = text(
    """
    UPDATE plan_versions SET state = 'superseded', version = version + 1
    WHERE state = 'live' AND plan_id <> :plan_id AND plan_id NOT IN (SELECT plan_id FROM plan_pointers)
    RETURNING plan_id
    """
)
LATER: Final = text(
    """
    SELECT demand_id, available_on,
           CAST(greatest(coalesce(promised_at, needed_at), available_at) AT TIME ZONE 'UTC' AS date) AS now_on
    FROM plan_delays JOIN plan_demands USING (plan_no, demand_no) JOIN demands USING (demand_id)
    WHERE plan_no = :plan_no AND kind IN ('hold', 'order', 'internal') AND NOT suspended
      AND demands.quantity_micro > done_micro
      AND (available_on IS NULL OR available_on >
           CAST(greatest(coalesce(promised_at, needed_at), available_at) AT TIME ZONE 'UTC' AS date))
    ORDER BY demand_id
    """
)
WANTED: Final = text(
    """
    SELECT planned_orders.planned_order_id, min(there_on) AS there_on, min(wanted_on) AS wanted_on,
           EXISTS (SELECT FROM action_messages m WHERE m.planned_order_id = planned_orders.planned_order_id
                   AND m.state = 'open' AND m.kind IN ('defer', 'cancel')) AS asked
    FROM plan_supplies
    JOIN planned_orders USING (planned_order_id)
    WHERE plan_no = :plan_no AND planned_orders.state NOT IN ('closed', 'cancelled')
      AND (planned_orders.state <> 'planned' OR NOT planned_orders.held AND planned_orders.firm_at <= :now)
    GROUP BY planned_orders.planned_order_id ORDER BY planned_order_id
    """
)


# What a version that keeps what is firm plans anew; what is planned for holds alone stays as it was offered.
REPLACEABLE: Final = text(
    f"""
    SELECT o.planned_order_id FROM planned_orders o
    WHERE o.site_id = ANY(:sites) AND o.state = 'planned' AND NOT o.held AND {STANDS} IS NOT TRUE
    ORDER BY o.planned_order_id LIMIT :limit
    """  # noqa: S608
)


async def add_plan(tx: Tx, version: PlanVersion) -> PlanVersion:
    """Write down a version that is asked for; the answer has its number."""
    (row,) = (await tx.sql.execute(NUMBER)).all()
    numbered = version._replace(plan_no=row.plan_no)
    tx.added(PLAN, [version.plan_id])
    await PLAN_VERSIONS.put(tx, [numbered])
    return numbered


async def load_plan_version(tx: Tx, plan_id: str) -> PlanVersion | None:
    """A version, if it is there."""
    found = await PLAN_VERSIONS.load(tx, NAMED, {"plans": [plan_id]})
    return found[0] if found else None


async def lock_plan(tx: Tx, plan_id: str) -> PlanVersion | None:
    """A version, its row locked; None when there is none."""
    await tx.sql.execute(LOCK, {"plans": [plan_id]})
    return await load_plan_version(tx, plan_id)


async def save_plan(tx: Tx, version: PlanVersion) -> None:
    """Write a version's header."""
    await PLAN_VERSIONS.put(tx, [version])


async def load_supplying_sites(tx: Tx, site_id: str | None) -> tuple[str, ...]:
    """A site and all that supply it by transfers; every site where none is named."""
    rows = (await tx.sql.execute(SUPPLYING, {"site_id": site_id})).all()
    return tuple(row.site_id for row in rows)


async def save_swept_plans(tx: Tx) -> None:
    """Drop what is left of versions that will never be ready, and the oldest of those that nobody goes by."""
    rows = (await tx.sql.execute(LEFT, {"kept": VERSIONS_KEPT_COUNT})).all()
    for row in rows:
        await save_without_rows(tx, row.plan_no)
    unfinished = [row.plan_id for row in rows if row.unfinished]
    if rows:
        await tx.sql.execute(ABANDON, {"plans": unfinished})
        await tx.sql.execute(FORGET, {"plans": [row.plan_id for row in rows if not row.unfinished]})


async def save_without_rows(tx: Tx, plan_no: int) -> None:
    """Drop the rows of a version."""
    for name in PARTS:
        await tx.sql.execute(text(f"DROP TABLE IF EXISTS {name}_{plan_no:d}"))


async def save_pointers(tx: Tx, version: PlanVersion) -> list[str]:
    """The version's sites go by it; the answer names the versions that no site goes by any more."""
    await tx.sql.execute(POINT, {"sites": list(version.sites), "plan_id": version.plan_id})
    rows = await tx.sql.execute(UNPOINTED, {"plan_id": version.plan_id})
    return sorted(row.plan_id for row in rows)


async def load_later(tx: Tx, version: PlanVersion) -> list[Later]:
    """The committed lines and holds that a version serves later than they are promised and covered now."""
    rows = await tx.sql.execute(LATER, {"plan_no": version.plan_no})
    return [Later(row.demand_id, row.now_on, row.available_on) for row in rows]


async def load_wanted(tx: Tx, version: PlanVersion) -> list[Wanted]:
    """When a version wants each supply that has been ordered and is still to come."""
    rows = await tx.sql.execute(WANTED, {"plan_no": version.plan_no, "now": tx.now})
    return [
        Wanted(
            row.planned_order_id, _at(row.there_on), _at(row.wanted_on) if row.wanted_on else None, row.asked
        )
        for row in rows
    ]


def _at(day: object) -> datetime:
    return datetime.combine(day, time(), UTC)  # type: ignore[arg-type]


async def load_replaceable(tx: Tx, version: PlanVersion) -> list[str]:
    """The planned orders of a version's sites that stand by now no more than when it was made; one above the most."""
    wanted = {"sites": list(version.sites), "keeps": "firm", "now": tx.now, "limit": REPLACED_COUNT_MAX + 1}
    rows = await tx.sql.execute(REPLACEABLE, wanted)
    return [row.planned_order_id for row in rows]
