"""Rows: what only a service's own tables can show; each check is one question that finds the rows that are wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from o2d.verify.finding import FIRST_COUNT, Finding


@dataclass(frozen=True, slots=True)
class RowCheck:
    """`wrong` selects `what`, a sentence about each row that breaks the promise; `all` counts the rows looked at.

    `service` is None for what holds in every database; `tables` must be there, else there is nothing to check.
    """

    name: str
    promise: str
    all: str
    wrong: str
    tables: tuple[str, ...]
    service: str | None = None


ROW_CHECKS: Final = (
    RowCheck(
        "nothing stuck",
        "no fact waits in an outbox",
        "SELECT (SELECT count(*) FROM facts) + (SELECT count(*) FROM outbox)",
        "SELECT format('fact %s of %s, %s has waited since %s', event_id, topic, key, created_at) AS what FROM outbox"
        " ORDER BY shard, id",
        ("facts", "outbox"),
    ),
    RowCheck(
        "logged or waiting",
        "no fact is in the outbox and in the log",
        "SELECT (SELECT count(*) FROM facts) + (SELECT count(*) FROM outbox)",
        "SELECT format('fact %s of %s, %s', event_id, outbox.topic, outbox.key) AS what"
        " FROM outbox JOIN facts USING (event_id)",
        ("facts", "outbox"),
    ),
    RowCheck(
        "nothing parked",
        "no key is parked",
        "SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM parked_key)",
        "SELECT format('%s, %s of %s: %s', subscription, key, topic, cause) AS what FROM parked_key"
        " ORDER BY parked_at, subscription, topic, key",
        ("inbox", "parked_key"),
    ),
    RowCheck(
        "queues have keys",
        "no fact is queued under a key that is not parked",
        "SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM parked_event)",
        "SELECT format('%s, %s of %s: fact %s', subscription, key, topic, event_id) AS what FROM parked_event"
        " WHERE NOT EXISTS (SELECT FROM parked_key WHERE parked_key.subscription = parked_event.subscription"
        " AND parked_key.topic = parked_event.topic AND parked_key.key = parked_event.key) ORDER BY queue_id",
        ("inbox", "parked_event", "parked_key"),
    ),
    RowCheck(
        "deadlines fired",
        "no deadline is overdue",
        "SELECT count(*) FROM due",
        "SELECT format('%s of %s was due at %s', kind, key, due.at) AS what FROM due, business_clock"
        " WHERE due.at <= business_clock.at ORDER BY due.at",
        ("due", "business_clock"),
    ),
    RowCheck(
        "stock is its moves",
        "per lot, site and store: on hand and cost are the sums of the moves",
        "SELECT count(*) FROM stocks",
        """
        SELECT format('%s of lot %s at %s/%s: %s on hand for %s, the moves say %s for %s', sku, lot_id, site_id,
                      store, coalesce(s.on_hand, 0), s.cost, coalesce(m.on_hand, 0), m.cost) AS what
        FROM (SELECT lot_id, site_id, store, sku, trim_scale(on_hand_micro / 1e6) AS on_hand,
                     ARRAY[bought_in_minor, labour_minor, capital_minor, overhead_minor]::numeric[] AS cost
              FROM stocks) AS s
        FULL JOIN (SELECT lot_id, site_id, store, sku, trim_scale(sum(quantity_micro) / 1e6) AS on_hand,
                          ARRAY[sum(bought_in_minor), sum(labour_minor), sum(capital_minor),
                                sum(overhead_minor)] AS cost
                   FROM moves GROUP BY lot_id, site_id, store, sku) AS m USING (lot_id, site_id, store, sku)
        WHERE s.on_hand IS DISTINCT FROM m.on_hand OR s.cost IS DISTINCT FROM m.cost ORDER BY lot_id, site_id, store
        """,
        ("stocks", "moves"),
        "materials",
    ),
    RowCheck(
        "vendors have what runs sent",
        "per run and lot: no more comes back from a vendor than went there, and all has when the run is closed",
        "SELECT count(*) FROM (SELECT DISTINCT planned_order_id, lot_id FROM moves WHERE store = 'vendor') AS sent",
        """
        SELECT format('lot %s: %s at a cost of %s lie at a vendor for planned order %s, which is %s', lot_id, away,
                      bought_in + labour + capital + overhead, planned_order_id, coalesce(state, 'not there')) AS what
        FROM (SELECT lot_id, planned_order_id, trim_scale(sum(quantity_micro) / 1e6) AS away,
                     sum(bought_in_minor) AS bought_in, sum(labour_minor) AS labour, sum(capital_minor) AS capital,
                     sum(overhead_minor) AS overhead
              FROM moves WHERE store = 'vendor' GROUP BY lot_id, planned_order_id) AS sent
        LEFT JOIN planned_orders USING (planned_order_id)
        WHERE least(away, bought_in, labour, capital, overhead) < 0
           OR ((away = 0 OR coalesce(state, 'closed') = 'closed')
               AND greatest(away, bought_in, labour, capital, overhead) > 0)
        ORDER BY lot_id, planned_order_id
        """,
        ("moves", "planned_orders"),
        "materials",
    ),
    RowCheck(
        "reserved is on hand",
        "0 <= reserved <= on hand, and no empty store keeps a cost",
        "SELECT count(*) FROM stocks",
        """
        SELECT format('lot %s at %s/%s: %s of %s on hand reserved, cost %s', lot_id, site_id, store,
                      trim_scale(reserved_micro / 1e6), trim_scale(on_hand_micro / 1e6),
                      bought_in_minor + labour_minor + capital_minor + overhead_minor) AS what
        FROM stocks
        WHERE NOT (0 <= reserved_micro AND reserved_micro <= on_hand_micro)
           OR least(bought_in_minor, labour_minor, capital_minor, overhead_minor) < 0
           OR (on_hand_micro = 0
               AND greatest(bought_in_minor, labour_minor, capital_minor, overhead_minor) > 0)
        ORDER BY lot_id, site_id, store
        """,
        ("stocks",),
        "materials",
    ),
    RowCheck(
        "reserved is pegged",
        "what is reserved of a lot at a site is the sum of the pegs on it there",
        "SELECT count(*) FROM stocks",
        """
        SELECT format('lot %s at %s: %s reserved, %s pegged', lot_id, site_id, trim_scale(coalesce(reserved, 0) / 1e6),
                      trim_scale(coalesce(pegged, 0) / 1e6)) AS what
        FROM (SELECT lot_id, site_id, sum(reserved_micro) AS reserved FROM stocks GROUP BY lot_id, site_id) AS s
        FULL JOIN (SELECT pegs.supply_id AS lot_id, demands.site_id, sum(pegs.quantity_micro) AS pegged
                   FROM pegs JOIN demands USING (demand_id) JOIN lots ON lots.lot_id = pegs.supply_id
                   GROUP BY pegs.supply_id, demands.site_id) AS p USING (lot_id, site_id)
        WHERE coalesce(reserved, 0) <> coalesce(pegged, 0) ORDER BY lot_id, site_id
        """,
        ("stocks", "pegs", "demands", "lots"),
        "materials",
    ),
    RowCheck(
        "told is pegged",
        "what takers have heard of parts of a lot at a site, and of their cost, is what its pegs say",
        "SELECT count(*) FROM stocks WHERE told_micro > 0",
        """
        SELECT format('lot %s at %s: %s told of, its pegs %s', lot_id, site_id, s.told, p.told) AS what
        FROM (SELECT lot_id, site_id,
                     ARRAY[sum(told_micro), sum(told_bought_in_minor), sum(told_labour_minor),
                           sum(told_capital_minor), sum(told_overhead_minor)] AS told
              FROM stocks GROUP BY lot_id, site_id) AS s
        LEFT JOIN (SELECT pegs.supply_id AS lot_id, demands.site_id,
                          ARRAY[sum(told_micro), sum(told_bought_in_minor), sum(told_labour_minor),
                                sum(told_capital_minor), sum(told_overhead_minor)] AS told
                   FROM pegs JOIN demands USING (demand_id)
                   GROUP BY pegs.supply_id, demands.site_id) AS p USING (lot_id, site_id)
        WHERE s.told <> coalesce(p.told, ARRAY[0, 0, 0, 0, 0]) ORDER BY lot_id, site_id
        """,
        ("stocks", "pegs", "demands"),
        "materials",
    ),
    RowCheck(
        "demands covered once",
        "the pegs of a requirement are what it counts as covered, never more than is open of it",
        "SELECT count(*) FROM demands",
        """
        SELECT format('demand %s of %s, %s done: %s covered, %s pegged', demand_id, trim_scale(quantity_micro / 1e6),
                      trim_scale(done_micro / 1e6), trim_scale(covered_micro / 1e6), trim_scale(pegged / 1e6)) AS what
        FROM (SELECT demands.*, (SELECT coalesce(sum(pegs.quantity_micro), 0) FROM pegs
                                 WHERE pegs.demand_id = demands.demand_id) AS pegged FROM demands) AS d
        WHERE pegged <> covered_micro OR pegged > greatest(quantity_micro - done_micro, 0) ORDER BY demand_id
        """,
        ("demands", "pegs"),
        "materials",
    ),
    RowCheck(
        "supplies pegged once",
        "the pegs on a supply are what it counts as pegged, never more than is still to come of it",
        "SELECT count(*) FROM receipts",
        """
        SELECT format('supply %s of %s, %s received: %s counted, %s pegged', receipt_id,
                      trim_scale(quantity_micro / 1e6),
                      trim_scale(received_micro / 1e6),
                      trim_scale(pegged_micro / 1e6), trim_scale(pegged / 1e6)) AS what
        FROM (SELECT receipts.*, (SELECT coalesce(sum(pegs.quantity_micro), 0) FROM pegs
                                  WHERE pegs.supply_id = receipts.receipt_id) AS pegged FROM receipts) AS r
        WHERE pegged <> pegged_micro OR pegged > greatest(quantity_micro - received_micro, 0) ORDER BY receipt_id
        """,
        ("receipts", "pegs"),
        "materials",
    ),
    RowCheck(
        "pegs hold something",
        "every peg joins a requirement and a supply that are there",
        "SELECT count(*) FROM pegs",
        """
        SELECT format('peg of %s on %s', demand_id, supply_id) AS what FROM pegs
        WHERE NOT EXISTS (SELECT FROM demands WHERE demands.demand_id = pegs.demand_id)
           OR NOT (EXISTS (SELECT FROM lots WHERE lots.lot_id = pegs.supply_id)
                   OR EXISTS (SELECT FROM receipts WHERE receipts.receipt_id = pegs.supply_id))
        ORDER BY demand_id, supply_id
        """,
        ("pegs", "demands", "lots", "receipts"),
        "materials",
    ),
    RowCheck(
        "days taken once",
        "what is taken of a work centre or of people on a day is the sum of what orders take of it",
        "SELECT count(*) FROM taken_days",
        """
        SELECT format('%s on %s: %s minutes taken, the orders say %s', resource_id, day,
                      trim_scale(coalesce(taken, 0) / 1e6), trim_scale(coalesce(asked, 0) / 1e6)) AS what
        FROM (SELECT resource_id, day, load_micro AS taken FROM taken_days) AS t
        FULL JOIN (SELECT resource_id, day, sum(load_micro) AS asked FROM loads GROUP BY resource_id, day) AS l
             USING (resource_id, day)
        WHERE coalesce(taken, 0) <> coalesce(asked, 0) ORDER BY resource_id, day
        """,
        ("taken_days", "loads"),
        "materials",
    ),
    RowCheck(
        "machine kept once",
        "no machine is kept for two loads at once",
        "SELECT count(*) FROM bookings",
        """
        SELECT format('machine %s of %s is kept from %s for %s while it is kept until %s', machine_no, work_centre_id,
                      starts_at, load, kept_until) AS what
        FROM (SELECT *, max(ends_at) OVER (PARTITION BY work_centre_id, machine_no ORDER BY starts_at, ends_at, load
                                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS kept_until
              FROM (SELECT DISTINCT work_centre_id, machine_no, starts_at, ends_at,
                           coalesce(load_id, run_id || '/' || operation_no) AS load
                    FROM bookings WHERE starts_at < ends_at) AS loads) AS kept
        WHERE starts_at < kept_until ORDER BY work_centre_id, machine_no, starts_at
        """,
        ("bookings",),
        "production",
    ),
    RowCheck(
        "people kept once",
        "no crew has more people at work at once than it has, so far as what is there may still move",
        "SELECT count(*) FROM bookings WHERE crew_id IS NOT NULL",
        """
        WITH kept AS (
            SELECT crew_id, bookings.starts_at, bookings.ends_at, max(bookings.people) AS people,
                   bool_or(state IN ('scheduled', 'allowed')) AS waiting
            FROM bookings JOIN runs USING (run_id)
            WHERE crew_id IS NOT NULL AND bookings.starts_at < bookings.ends_at
            GROUP BY crew_id, bookings.starts_at, bookings.ends_at, coalesce(load_id, run_id || '/' || operation_no)
        )
        SELECT format('crew %s has %s people at work at %s, it has %s', crew_id, sum(other.people), one.starts_at,
                      crews.people) AS what
        FROM (SELECT DISTINCT crew_id, starts_at FROM kept
              WHERE ends_at > (SELECT min(starts_at) FROM kept WHERE waiting)) AS one JOIN crews USING (crew_id)
             JOIN kept AS other USING (crew_id)
        WHERE other.starts_at <= one.starts_at AND other.ends_at > one.starts_at
        GROUP BY crew_id, one.starts_at, crews.people
        HAVING sum(other.people) > crews.people AND bool_or(waiting)
        ORDER BY crew_id, one.starts_at
        """,
        ("bookings", "runs", "crews"),
        "production",
    ),
    RowCheck(
        "run use",
        "a closed run took of each item what its recipe needs for what was done, or its batch record says what it took;"
        " what was closed before records said so is known",
        "SELECT count(*) FROM runs WHERE state = 'closed'",
        """
        SELECT format('run %s took %s of %s, its recipe needs %s for what was done', run_id, trim_scale(taken / 1e6),
                      sku, trim_scale(round(asked * done_runs_micro / runs_micro / 1e6, 6))) AS what
        FROM (SELECT run_id, runs_micro, done_runs_micro, sku, sum(quantity) * 1e6 AS asked,
                     coalesce((SELECT sum(CAST(lot ->> 'quantity' AS numeric)) * 1e6
                               FROM jsonb_array_elements(floor -> 'consumed') AS lot
                               WHERE lot ->> 'sku' = input.sku), 0) AS taken
              FROM runs CROSS JOIN LATERAL jsonb_to_recordset(inputs) AS input(sku text, quantity numeric)
              WHERE state = 'closed' GROUP BY run_id, sku) AS used
        LEFT JOIN items USING (sku)
        WHERE abs(taken * runs_micro - asked * done_runs_micro) >= coalesce(quantum_micro, 1) * runs_micro
          AND NOT EXISTS (SELECT FROM run_entries WHERE run_entries.run_id = used.run_id
                          AND position(format('of %s taken, its recipe needs', sku) IN entry) > 0)
          AND NOT EXISTS (SELECT FROM unsaid_uses WHERE unsaid_uses.run_id = used.run_id)
        ORDER BY run_id, sku
        """,
        ("runs", "run_entries", "unsaid_uses", "items"),
        "production",
    ),
)


async def look(sql: asyncpg.Connection[Any], check: RowCheck) -> Finding:
    """What a check finds in one database."""
    for table in check.tables:
        if await sql.fetchval("SELECT to_regclass($1)", table) is None:
            return Finding()
    wrong = f"SELECT what, count(*) OVER () AS rows FROM ({check.wrong}) AS found LIMIT {FIRST_COUNT}"  # noqa: S608
    rows = await sql.fetch(wrong)
    count = rows[0]["rows"] if rows else 0
    return Finding(max(await sql.fetchval(check.all), count), count, [row["what"] for row in rows])
