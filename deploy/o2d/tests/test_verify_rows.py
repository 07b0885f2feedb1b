"""The checks of tables, on the real tables of a service: silent where all is well, loud about each planted row."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from backbone.ids import new_id
from backbone.testing import DatabaseOf, plain_dsn
from contracts.topics import ITEM
from deploy.o2d.tests.rows import plant, unguarded
from o2d.verify.catalogue import CHECKS
from o2d.verify.finding import Finding
from o2d.verify.ground import gather
from o2d.verify.tables import ROW_CHECKS, look

BY_NAME = {check.name: check for check in ROW_CHECKS}


@pytest.fixture
async def dsn(database_of: DatabaseOf) -> str:
    return plain_dsn(await database_of("materials"))


@pytest.fixture
async def sql(dsn: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    """The database of materials: a lot of ten with its move, of which four are pegged to a demand; a supply, too.

    Three of another lot lie at the vendor of a run.
    """
    connection = await asyncpg.connect(dsn)
    await plant(connection, "lots", lot_id="lot", sku="bolt", site_id="works")
    where = {"lot_id": "lot", "sku": "bolt", "site_id": "works", "store": "main"}
    cost = {"bought_in_minor": 7, "labour_minor": 1}
    await plant(connection, "moves", move_id="move", quantity_micro=10_000_000, **where, **cost)
    await plant(connection, "stocks", on_hand_micro=10_000_000, reserved_micro=4_000_000, **where, **cost)
    there = {"lot_id": "away", "sku": "rod", "site_id": "works", "store": "vendor", "bought_in_minor": 2}
    await plant(connection, "lots", lot_id="away", sku="rod", site_id="works")
    await plant(
        connection, "moves", move_id="sent", quantity_micro=3_000_000, planned_order_id="run", **there
    )
    await plant(connection, "stocks", on_hand_micro=3_000_000, **there)
    run = {"planned_order_id": "run", "state": "running"}
    await plant(connection, "planned_orders", quantity_micro=1_000_000, runs_micro=1_000_000, **run)
    await plant(
        connection, "demands", demand_id="demand", site_id="works", quantity_micro=9_000_000,
        done_micro=2_000_000, covered_micro=7_000_000,
    )  # fmt: skip
    await plant(
        connection, "receipts", receipt_id="receipt", quantity_micro=5_000_000, received_micro=1_000_000,
        pegged_micro=3_000_000,
    )  # fmt: skip
    await plant(
        connection, "loads", planned_order_id="order", resource_id="saw", day="2026-03-02", load_micro=5
    )
    await plant(connection, "taken_days", resource_id="saw", day="2026-03-02", load_micro=5)
    await plant(connection, "pegs", demand_id="demand", supply_id="lot", quantity_micro=4_000_000)
    await plant(connection, "pegs", demand_id="demand", supply_id="receipt", quantity_micro=3_000_000)
    yield connection
    await connection.close()


async def found(sql: asyncpg.Connection[Any]) -> dict[str, Finding]:
    return {check.name: await look(sql, check) for check in ROW_CHECKS}


async def test_where_all_is_well_nothing_is_found(sql: asyncpg.Connection[Any]) -> None:
    assert {name: finding.first for name, finding in (await found(sql)).items() if finding.wrong} == {}
    assert (await look(sql, BY_NAME["stock is its moves"])).checked == 2
    assert (await look(sql, BY_NAME["vendors have what runs sent"])).checked == 1


@pytest.mark.parametrize(
    ("name", "table", "change", "words"),
    [
        (
            "stock is its moves",
            "stocks",
            "on_hand_micro = on_hand_micro + 1000000",
            "bolt of lot lot at works/main: 11",
        ),
        ("stock is its moves", "moves", "labour_minor = 2", "{7,1,0,0}, the moves say 10"),
        ("stock is its moves", "moves", "store = 'transit'", "0 on hand"),
        (
            "vendors have what runs sent",
            "planned_orders",
            "state = 'closed'",
            "lot away: 3 at a cost of 2 lie",
        ),
        (
            "vendors have what runs sent",
            "planned_orders",
            "planned_order_id = 'other'",
            "run, which is not there",
        ),
        (
            "vendors have what runs sent",
            "moves",
            "quantity_micro = -quantity_micro",
            "lot away: -3 at a cost of 2",
        ),
        ("vendors have what runs sent", "moves", "quantity_micro = 0", "lot away: 0 at a cost of 2"),
        ("reserved is on hand", "stocks", "reserved_micro = 11000000", "11 of 10"),
        ("reserved is on hand", "stocks", "capital_minor = -1", "cost 7"),
        ("reserved is on hand", "stocks", "on_hand_micro = 0, reserved_micro = 0", "cost 8"),
        ("reserved is pegged", "stocks", "reserved_micro = 8000000", "8 reserved, 4 pegged"),
        ("reserved is pegged", "stocks", "site_id = 'north'", "lot lot at north: 4 reserved"),
        ("told is pegged", "stocks", "told_micro = 1000000", "lot lot at works: {1000000,0,0,0,0} told of"),
        ("told is pegged", "pegs", "told_labour_minor = 1", "its pegs {0,0,1,0,0}"),
        ("demands covered once", "demands", "covered_micro = 6000000", "6 covered, 7 pegged"),
        ("demands covered once", "demands", "done_micro = 3000000", "demand demand of 9, 3 done"),
        ("supplies pegged once", "receipts", "pegged_micro = 2000000", "2 counted, 3 pegged"),
        (
            "days taken once",
            "taken_days",
            "load_micro = 5000005",
            "saw on 2026-03-02: 5.000005 minutes taken",
        ),
        ("days taken once", "loads", "day = '2026-03-03'", "saw on 2026-03-03: 0 minutes taken"),
        ("supplies pegged once", "receipts", "received_micro = 3000000", "supply receipt of 5, 3 received"),
        ("pegs hold something", "pegs", "supply_id = 'nowhere' || supply_id", "peg of demand on nowherelot"),
    ],
)
async def test_a_row_that_was_changed_by_hand_is_reported(
    sql: asyncpg.Connection[Any], name: str, table: str, change: str, words: str
) -> None:
    await unguarded(sql, table)
    await sql.execute(f'UPDATE "{table}" SET {change}')
    finding = (await found(sql))[name]
    assert finding.wrong >= 1
    assert words in " ".join(finding.first)


@pytest.mark.parametrize(
    ("name", "table", "columns", "words"),
    [
        ("nothing stuck", "outbox", {"topic": "a.b.v1", "key": "k"}, "of a.b.v1, k has waited since"),
        (
            "nothing parked",
            "parked_key",
            {"subscription": "on_x", "topic": "a.b.v1", "key": "k", "cause": "it broke"},
            "on_x, k of a.b.v1: it broke",
        ),
        (
            "queues have keys",
            "parked_event",
            {"subscription": "on_x", "topic": "a.b.v1", "key": "k"},
            "on_x, k of a.b.v1: fact",
        ),
    ],
)
async def test_what_waits_is_reported(
    sql: asyncpg.Connection[Any], name: str, table: str, columns: dict[str, str], words: str
) -> None:
    await plant(sql, table, **columns)
    finding = (await found(sql))[name]
    assert (finding.wrong, words in finding.first[0]) == (1, True)


async def test_an_overdue_deadline_is_reported_and_one_that_comes_is_not(
    sql: asyncpg.Connection[Any],
) -> None:
    await plant(sql, "business_clock", at="2026-03-02T08:00:00Z")
    await plant(sql, "due", kind="hold-expiry", key="late", at="2026-03-02T07:59:00Z")
    await plant(sql, "due", kind="hold-expiry", key="early", at="2026-03-02T08:01:00Z")
    finding = (await found(sql))["deadlines fired"]
    assert (finding.checked, finding.wrong) == (2, 1)
    assert finding.first[0].startswith("hold-expiry of late was due at")


async def test_a_machine_that_is_kept_for_two_at_a_time_is_reported(database_of: DatabaseOf) -> None:
    connection = await asyncpg.connect(plain_dsn(await database_of("production")))
    try:
        await plant(connection, "runs", run_id="run")
        place = {"run_id": "run", "work_centre_id": "lathes"}
        kept = [(1, 1, 8, 9), (2, 1, 9, 10), (3, 2, 8, 10), (4, 1, 10, 10)]
        for number, machine, starts, ends in kept:
            await plant(
                connection,
                "bookings",
                operation_no=number,
                machine_no=machine,
                **place,
                **_from(starts, ends),
            )
        check = BY_NAME["machine kept once"]
        assert await look(connection, check) == Finding(len(kept))
        await plant(connection, "bookings", operation_no=5, machine_no=2, **place, **_from(9, 11))
        finding = await look(connection, check)
        assert (finding.checked, finding.wrong) == (len(kept) + 1, 1)
        assert finding.first[0].startswith("machine 2 of lathes is kept from")
        assert "for run/5 while it is kept until" in finding.first[0]
    finally:
        await connection.close()


def _from(starts: int, ends: int) -> dict[str, str]:
    return {"starts_at": f"2026-03-02T{starts:02}:00:00Z", "ends_at": f"2026-03-02T{ends:02}:00:00Z"}


async def test_a_fact_in_the_log_that_waits_as_well_is_reported(sql: asyncpg.Connection[Any]) -> None:
    event_id = new_id()
    await plant(sql, "facts", event_id=event_id, topic="a.b.v1", key="k")
    assert (await found(sql))["logged or waiting"].wrong == 0
    await plant(sql, "outbox", event_id=event_id, topic="a.b.v1", key="k")
    assert (await found(sql))["logged or waiting"].wrong == 1


async def test_only_the_first_ten_rows_are_told_and_all_are_counted(sql: asyncpg.Connection[Any]) -> None:
    for number in range(12):
        await plant(sql, "parked_key", subscription="on_x", topic="a.b.v1", key=f"k{number:02}")
    finding = (await found(sql))["nothing parked"]
    assert (len(finding.first), finding.wrong) == (10, 12)
    assert "k00" in finding.first[0]


async def test_a_service_without_such_tables_has_nothing_to_check(empty_database: str) -> None:
    connection = await asyncpg.connect(plain_dsn(empty_database))
    try:
        assert await found(connection) == {name: Finding() for name in BY_NAME}
    finally:
        await connection.close()


HEADERS = (
    '[["ce_type", "o2d.item.defined.v1"], ["ce_sequence", "00000000000000000001"],'
    ' ["ce_recordedtime", "2026-03-02T08:00:00.5Z"]]'
)
BOLT = '{"sku": "bolt", "title": "Bolt", "unit": "pcs", "quantum": "1", "properties": []}'


async def test_databases_are_read_whole_with_each_finding_under_its_service(
    sql: asyncpg.Connection[Any], dsn: str
) -> None:
    event_id = new_id()
    await plant(sql, "facts", event_id=event_id, topic=ITEM.name, key="bolt", headers=HEADERS, payload=BOLT)
    await plant(sql, "inbox", subscription="on_item_defined", event_id=event_id)
    await plant(sql, "parked_key", subscription="on_x", topic="a.b.v1", key="k", cause="it broke")
    ground = await gather({"materials": dsn}, None)
    assert [(one.service, one.key, one.sequence) for one in ground.log.tellings] == [("materials", "bolt", 1)]
    assert [(row.service, row.subscription, row.event_id) for row in ground.heard] == [
        ("materials", "on_item_defined", event_id)
    ]
    assert {move_id: row.micro for move_id, row in ground.booked.items()} == {
        "move": 10_000_000,
        "sent": 3_000_000,
    }
    wrong = {check.name: check.look(ground).first for check in CHECKS if check.look(ground).wrong}
    assert wrong == {"nothing parked": ["materials: on_x, k of a.b.v1: it broke"]}


async def test_a_machine_that_is_kept_twice_is_found_and_a_shared_load_is_not(
    database_of: DatabaseOf,
) -> None:
    connection = await asyncpg.connect(plain_dsn(await database_of("production")))
    check = BY_NAME["machine kept once"]
    for run_id, begin, end, shared in (
        ("a", "06:00", "08:00", {"load_id": "a"}),
        ("b", "06:00", "08:00", {"load_id": "a"}),
        ("c", "08:00", "09:00", {}),
    ):
        await plant(
            connection, "runs", run_id=run_id, planned_order_id=run_id, state="scheduled", runs_micro=1
        )
        await plant(
            connection, "bookings", run_id=run_id, operation_no=10, work_centre_id="furnace", machine_no=1,
            starts_at=f"2026-03-02T{begin}Z", ends_at=f"2026-03-02T{end}Z", **shared,
        )  # fmt: skip
    assert await look(connection, check) == Finding(3)
    await connection.execute(
        "UPDATE bookings SET starts_at = starts_at - interval '1 minute' WHERE run_id = 'c'"
    )
    wrong = await look(connection, check)
    assert (wrong.checked, wrong.wrong) == (3, 1)
    assert "machine 1 of furnace" in wrong.first[0]
    await connection.close()
