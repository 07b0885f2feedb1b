"""The read model on a real PostgreSQL: each fact once, whatever comes twice, together, or in another order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from backbone.errors import NotFound
from backbone.service import Host
from backbone.testing import DatabaseOf
from backbone.wire import Incoming
from contracts.vendors import VendorRegistered
from control_tower import handlers
from control_tower.commands import DrawAnew
from control_tower.domain.heard import Heard
from control_tower.domain.mentions import Subject
from control_tower.domain.missing import by_component
from control_tower.queries import missing, orders, overview, plan, values
from control_tower.reading import read_story
from control_tower.store import facts
from control_tower.store.recall import Recall, mark_of
from tests.browser.story import START, Told, late_story, masters, records_of, whole_story
from tests.browser.tower import tower

TABLES = {
    "mentions": "kind, subject_id, event_id",
    "ties": "from_kind, from_id, to_kind, to_id",
    "subjects": "kind, subject_id",
    "order_lines": "order_id, line_id",
    "order_values": "order_id, kind",
    "run_operations": "run_id, operation_no",
    "open_messages": "planned_order_id, kind",
}


@pytest.fixture
async def host(database: str) -> AsyncIterator[Host]:
    async with tower(database) as host:
        yield host


async def rows(host: Host) -> dict[str, list[Any]]:
    async with host.read() as sql:
        found: dict[str, list[Any]] = {}
        for table, order in TABLES.items():
            statement = text(f"SELECT * FROM {table} ORDER BY {order}")
            found[table] = [tuple(row) for row in await sql.execute(statement)]
        found["facts"] = list(await sql.execute(text("SELECT count(*) FROM heard_facts")))
        assert (await sql.execute(text("SELECT count(*) FROM parked_key"))).scalar_one() == 0
    return found


def story() -> list[Incoming]:
    told = [*whole_story(), *masters()]
    other = [replace(one, because=None) for one in late_story("order-2")]
    return records_of([*told, *other])


def parts(records: Sequence[Incoming], chance: random.Random) -> list[list[Incoming]]:
    cut, found = list(records), []
    while cut:
        size = chance.randint(1, 12)
        found.append(cut[:size])
        del cut[:size]
    return found


@pytest.mark.parametrize("seed", [1, 2])
async def test_facts_that_come_twice_and_in_another_order_give_the_same_rows(
    database_of: DatabaseOf, seed: int
) -> None:
    records, chance = story(), random.Random(seed)
    shuffled = [*records, *records]
    chance.shuffle(shuffled)
    async with tower(await database_of("control_tower")) as first:
        await first.hear(records)
        expected = await rows(first)
    async with tower(await database_of("control_tower")) as second:
        for part in parts(shuffled, chance):
            await second.hear(part)
        assert await rows(second) == expected


async def test_facts_of_one_order_that_come_at_once_on_several_lanes_lose_none_of_each_other(
    host: Host, database_of: DatabaseOf
) -> None:
    records, chance = story(), random.Random(3)
    async with tower(await database_of("control_tower")) as first:
        await first.hear(records)
        expected = await rows(first)
    lanes: dict[str, list[Incoming]] = {}
    for record in records:
        lanes.setdefault(record.topic, []).append(record)

    async def lane(lane_records: list[Incoming]) -> None:
        for part in parts(lane_records, chance):
            await host.hear(part)

    await asyncio.gather(*(lane(one) for one in lanes.values()))
    assert await rows(host) == expected


async def test_an_envelope_that_cannot_be_read_is_parked_and_holds_up_nobody_else(host: Host) -> None:
    records = records_of(late_story())
    broken = replace(records[0], headers=tuple(h for h in records[0].headers if h[0] != "ce_time"))
    await host.hear([broken, *records[1:]])
    async with host.read() as sql:
        (cause,) = (await sql.execute(text("SELECT cause FROM parked_key"))).scalars()
        assert "envelope" in cause
        assert (await orders.find_order(sql, "order-1")).state == "at risk"


async def test_what_is_read_of_an_order_is_its_whole_story_and_nothing_of_others(host: Host) -> None:
    await host.hear(story())
    async with host.read() as sql:
        told = await read_story(sql, "order-1", START)
        other = await read_story(sql, "order-2", START)
        assert len(told.steps) == len(whole_story())
        assert len(other.steps) == len(late_story())
        assert not {step.event_id for step in told.steps} & {step.event_id for step in other.steps}
        later = await read_story(sql, "order-1", START, after=told.cursor)
        assert (later.steps, later.cursor) == ([], told.cursor)
        with pytest.raises(NotFound):
            await read_story(sql, "order-9", START)


async def test_what_is_sold_has_its_own_title_beside_a_recipe_and_a_vendor_of_its_name(host: Host) -> None:
    await host.hear(story())
    named = [VendorRegistered(name, f"{name} & Co", "external", None, "EUR") for name in ("bar", "gearbox")]
    await host.hear(records_of([Told(fact, 90) for fact in named]))
    async with host.read() as sql:
        told = await read_story(sql, "order-1", START)
    assert told.titles["gearbox"] == "Gearbox"
    assert "Steel bar from Steel & Sons" in {bar.label for bar in told.bars}


async def test_what_is_listed_is_what_the_pictures_say(host: Host) -> None:
    await host.hear(story())
    async with host.read() as sql:
        late = await overview.list_late(sql, START)
        assert [(line.order_id, line.line_id, line.title, line.lines) for line in late] == [
            ("order-2", "L1", "Gearbox", 1)
        ]
        counts = {(one.kind, one.state): one.things for one in await overview.list_counts(sql)}
        assert counts["order", "completed"] == counts["order", "at risk"] == 1
        messages = await plan.list_messages(sql, "expedite")
        assert {one.title for one in messages} == {"Steel bar"}
        assert await plan.list_messages(sql, "defer") == []
        lacks = await missing.list_missing(sql, START + timedelta(days=4), "order-2")
        assert [(one.title, one.kind, one.state, one.late) for one in lacks] == [
            ("Steel bar", "purchase_order", "acknowledged", True),
            ("Shaft", "run", "scheduled", False),
            ("Shaft", "run", "scheduled", False),
            ("Gearbox", "run", "scheduled", False),
        ]
        assert await missing.list_missing(sql, START, "order-1") == []
        components = by_component(await missing.list_missing(sql, START))
        assert [(one.sku, str(one.quantity), one.unit, len(one.supplies)) for one in components] == [
            ("bar", "2", "pcs", 1),
            ("shaft", "32", "pcs", 2),
            ("gearbox", "8", "pcs", 1),
        ]
        assert {order_id for one in components for order_id in one.order_ids} == {"order-2"}
        (goods, services, whole) = await values.list_totals(sql)
        assert goods.price_minor + services.price_minor == whole.price_minor


class Believing(Recall):
    """Remembers, and never asks whether anybody else was there meanwhile."""

    def facts_of(self, subject: Subject, mark: int) -> Sequence[Heard] | None:
        """What is remembered, whatever the row says."""
        return super().facts_of(subject, self._kept.get(subject, (mark,))[0])


async def by_turns(host: Host, records: Sequence[Incoming], memories: Sequence[Recall]) -> None:
    """Processes with these memories hear parts of the facts in turn."""
    with pytest.MonkeyPatch.context() as patch:
        for number, part in enumerate(parts(records, random.Random(7))):
            patch.setattr(facts, "_recall", memories[number % len(memories)])
            await host.hear(part)


@pytest.mark.parametrize("memories", [[Recall(), Recall()], [Recall(30)], [Recall(0)]])
async def test_pictures_are_the_same_whoever_remembers_what(
    memories: list[Recall], database_of: DatabaseOf
) -> None:
    records = story()
    async with tower(await database_of("control_tower")) as first:
        await first.hear(records)
        expected = await rows(first)
    async with tower(await database_of("control_tower")) as second:
        await by_turns(second, records, memories)
        assert await rows(second) == expected


async def test_who_does_not_ask_the_row_draws_what_is_not_so(database_of: DatabaseOf) -> None:
    records = story()
    async with tower(await database_of("control_tower")) as first:
        await first.hear(records)
        expected = await rows(first)
    async with tower(await database_of("control_tower")) as second:
        await by_turns(second, records, [Believing(), Believing()])
        assert await rows(second) != expected


async def test_what_a_lost_transaction_remembered_is_not_believed(database_of: DatabaseOf) -> None:
    records = story()
    async with tower(await database_of("control_tower")) as first:
        await first.hear(records)
        expected = await rows(first)
    async with tower(await database_of("control_tower")) as second:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(facts, "_recall", Recall())
            async with tower(await database_of("control_tower")) as elsewhere:
                # All that this remembers never was in the second database.
                await elsewhere.hear(records)
            for part in parts(records, random.Random(5)):
                await second.hear(part)
        assert await rows(second) == expected


async def test_what_was_drawn_by_older_rules_is_drawn_anew_part_by_part_and_all_is_shown_meanwhile(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    await host.hear(story())
    expected = await rows(host)
    async with host.begin() as tx:
        await tx.sql.execute(
            text("UPDATE subjects SET label = 'as it was', state = 'old' WHERE drawn_from <> 0")
        )
        await tx.sql.execute(text("UPDATE order_lines SET reason = 'as it was'"))
    # Who draws anew was started with the new rules, and remembers nothing.
    monkeypatch.setattr(facts, "_recall", Recall())
    monkeypatch.setattr(handlers, "DRAWN_COUNT", 3)
    after: Subject | None = ("", "")
    drawn = []
    while after is not None:
        done = await host.do(handlers.draw_anew, DrawAnew(after))
        drawn.append(done.count)
        after = done.last
        now = await rows(host)
        assert len(now["subjects"]) == len(expected["subjects"])
        assert len(now["order_lines"]) == len(expected["order_lines"])
    assert len(drawn) > 3
    assert now == expected


def test_a_mark_stands_for_a_set() -> None:
    one, two = (a_fact(f"01900000-0000-7000-8000-00000000000{number}") for number in (1, 2))
    assert mark_of([]) == 0
    assert mark_of([one, two]) == mark_of([two, one]) != mark_of([one]) != mark_of([two])


def test_what_was_not_used_for_longest_is_forgotten() -> None:
    memory, one = Recall(2), a_fact("01900000-0000-7000-8000-000000000001")
    for name in ("a", "b", "c"):
        memory.keep(("order", name), 1, [one])
    assert [memory.facts_of(("order", name), 1) for name in ("a", "b", "c")] == [None, [one], [one]]


def a_fact(event_id: str) -> Heard:
    """A fact of no further interest."""
    return Heard(event_id, "t", "k", 1, START, START, None, None, object())
