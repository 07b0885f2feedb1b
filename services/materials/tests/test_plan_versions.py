"""Plans of whole sites from the database and back: what they hold, how they end, what they differ in."""

from __future__ import annotations

import pytest

from backbone.ids import new_id
from backbone.operations.asking import CancelOperation, cancel_operation
from contracts.plans import PlanPublished
from contracts.vendors import TermsExpired
from materials import queries
from materials.commands import AskPlan, PublishPlan
from materials.domain.version import PlanIsNotReady, PlanMakesLater
from materials.handlers import Planning
from services.materials.tests.made import (
    DAY,
    HARD_WINDOW,
    NOW,
    SOFT,
    acknowledged,
    ask,
    cancelled,
    hardening,
    issued,
    line,
    placed,
    recipe,
    terms,
)
from services.materials.tests.plans import one_step, orders_of, planned_anew, work_off
from services.materials.tests.stage import Stage


async def ordered(
    stage: Stage, promise_id: str, item: str, quantity: str, days: float = 30, **more: object
) -> None:
    asked = ask(promise_id, line(item, quantity, days, **more))  # type: ignore[arg-type]
    await stage.hear(asked, placed(asked))


async def computers(stage: Stage) -> None:
    """A bill of several levels with a phantom, down to what is bought."""
    await stage.opened("pc", "kit", "board", "screw", "chip")
    await stage.hear(
        recipe("assemble", {"board": "1", "kit": "1"}, {"pc": "1"}),
        recipe("kit", {"screw": "4"}, {"kit": "1"}, phantom=True, lead_days=0),
        recipe("solder", {"chip": "3"}, {"board": "1"}, lead_days=5),
        terms("screw", 3),
        terms("chip", 10),
    )


async def test_a_site_is_planned_from_its_lines_down_to_what_is_bought(stage: Stage) -> None:
    await computers(stage)
    await ordered(stage, "p", "pc", "40", days=60)
    plan = await planned_anew(stage)
    assert await orders_of(stage, plan) == [
        ("board", "make", "40", "04-24", "04-29"),
        ("chip", "buy", "120", "04-14", "04-24"),
        ("kit", "phantom", "40", "04-29", "04-29"),
        ("pc", "make", "40", "04-29", "05-01"),
        ("screw", "buy", "160", "04-26", "04-29"),
    ]
    assert (plan.state, plan.demands, plan.orders, plan.missing, plan.late) == ("ready", 1, 5, 0, 0)


async def test_what_was_asked_for_and_what_lies_there_stays_and_is_used_first(stage: Stage) -> None:
    await computers(stage)
    await stage.stock("L", "chip", "20")
    await ordered(stage, "p", "pc", "10", days=60)
    await stage.pass_time(days=45)
    assert ("chip", "buy", "released", "10") in await stage.planned()
    plan = await planned_anew(stage)
    assert [each[0] for each in await orders_of(stage, plan)] == ["board", "kit", "pc", "screw"]
    assert plan.supplies == 1


async def test_shafts_of_two_hardnesses_are_two_nodes(stage: Stage) -> None:
    await stage.opened("shaft")
    await stage.hear(hardening(), terms("shaft", properties=(SOFT,)))
    await stage.stock("soft", "shaft", "200", SOFT)
    await ordered(stage, "p", "shaft", "500", window=HARD_WINDOW)
    plan = await planned_anew(stage)
    assert await orders_of(stage, plan) == [
        ("shaft", "buy", "300", "03-25", "03-30"),
        ("shaft", "make", "500", "03-30", "04-01"),
    ]


async def test_fractions_of_one_oil_are_planned_together(stage: Stage) -> None:
    names = ("residue", "diesel", "kerosene", "petrol")
    await stage.opened("crude", *names)
    gives = dict(zip(names, ("45", "30", "15", "10"), strict=True))
    await stage.hear(recipe("crack", {"crude": "100"}, gives, "separation"), terms("crude"))
    await ordered(stage, "p", "residue", "450")
    await ordered(stage, "q", "kerosene", "300")
    plan = await planned_anew(stage)
    assert [(sku, quantity) for sku, _, quantity, *_ in await orders_of(stage, plan)] == [
        ("crude", "2000"),
        ("kerosene", "300"),
    ]


async def test_what_nothing_supplies_is_told_as_missing_and_late(stage: Stage) -> None:
    await stage.opened("gear")
    await ordered(stage, "p", "gear", "10")
    plan = await planned_anew(stage)
    assert await orders_of(stage, plan) == [("gear", "none", "10", "04-01", "04-01")]
    assert (plan.missing, plan.late) == (1, 1)
    assert await stage.rows("SELECT available_on FROM plan_delays") == [(None,)]


async def test_a_plan_that_starts_in_the_past_says_when_each_demand_can_be_served(stage: Stage) -> None:
    await computers(stage)
    await ordered(stage, "p", "pc", "1", days=60)
    await stage.hear(terms("chip", 70))
    plan = await planned_anew(stage)
    assert plan.late == 1
    (row,) = await stage.rows("SELECT available_on FROM plan_delays")
    assert row[0] == (NOW + 77 * DAY).date()


async def test_the_same_state_gives_the_same_bytes(stage: Stage) -> None:
    await computers(stage)
    for number, days in enumerate((60, 70, 80)):
        await ordered(stage, f"p{number}", "pc", "7", days=days)
    first, second = await planned_anew(stage), await planned_anew(stage)
    assert first.digest == second.digest
    await ordered(stage, "more", "pc", "1", days=90)
    assert (await planned_anew(stage)).digest != first.digest


async def test_pegs_name_whom_an_order_serves_and_what_it_takes(stage: Stage) -> None:
    await computers(stage)
    await stage.stock("L", "chip", "20")
    await ordered(stage, "p", "pc", "10", days=60)
    plan = await planned_anew(stage)
    async with stage.host.read() as sql:
        page = await queries.page_plan_orders(sql, plan.plan_id, sku="board", site_id=None, after="", limit=9)
        pegs = await queries.page_plan_pegs(sql, plan.plan_id, page[0][0], after="", limit=9)
    told = [
        (each.sku, str(each.quantity), each.from_kind, each.for_order_no == page[0][1].order_no)
        for _, each in pegs
    ]
    assert told == [
        ("board", "10", "planned", False),
        ("chip", "20", "stock", True),
        ("chip", "10", "planned", True),
    ]
    assert await stage.rows(
        "SELECT sum(p.quantity_micro) FROM plan_pegs p JOIN plan_nodes USING (plan_no, node_no) WHERE sku = 'chip'"
    ) == [(30_000_000,)]  # fmt: skip


async def test_two_versions_differ_in_what_is_new_gone_moved_more_or_less(stage: Stage) -> None:
    await stage.opened("gear", "cog")
    await stage.hear(terms("gear", 5), terms("cog", 5))
    await ordered(stage, "p", "gear", "10", days=20)
    await ordered(stage, "q", "gear", "4", days=40)
    before = await planned_anew(stage)
    await ordered(stage, "r", "gear", "3", days=20)
    await ordered(stage, "s", "cog", "5", days=30)
    asked = ask("q", line("gear", "4", 40))
    await stage.hear(cancelled(placed(asked)))
    after = await planned_anew(stage)

    async def told(one: str, other: str) -> list[tuple[str, str, str, str]]:
        async with stage.host.read() as sql:
            page = await queries.page_differences(sql, one, other, after="", limit=50)
            for place, (key, _) in enumerate(page, start=1):
                assert page[place:] == await queries.page_differences(sql, one, other, after=key, limit=50)
        return [(each.kind, each.sku, str(each.was_quantity), str(each.quantity)) for _, each in page]

    assert await told(before.plan_id, after.plan_id) == [
        ("new", "cog", "0", "5"),
        ("more", "gear", "10", "13"),
        ("gone", "gear", "4", "0"),
    ]
    assert [kind for kind, *_ in await told(after.plan_id, before.plan_id)] == ["gone", "less", "new"]
    assert await told(after.plan_id, after.plan_id) == []


async def test_a_plan_whose_process_dies_is_begun_anew_and_leaves_nothing_half_written(stage: Stage) -> None:
    await computers(stage)
    await ordered(stage, "p", "pc", "10", days=60)
    plan_id = new_id()
    await stage.do(AskPlan(plan_id, None, "firm", "ann"))
    dying = Planning()
    for _ in range(3):
        await one_step(stage, dying)
    assert await stage.rows("SELECT state, orders_count FROM plan_versions") == [("computing", 0)]
    await work_off(stage)
    (row,) = await stage.rows("SELECT state, orders_count FROM plan_versions")
    assert row == ("ready", 5)
    assert await stage.rows("SELECT count(*) FROM plan_orders") == [(5,)]


async def test_a_plan_that_is_cancelled_is_abandoned_and_swept_by_the_next(stage: Stage) -> None:
    await computers(stage)
    await ordered(stage, "p", "pc", "10", days=60)
    plan_id = new_id()
    await stage.do(AskPlan(plan_id, None, "firm", "ann"))
    planning = Planning()
    for _ in range(3):
        await one_step(stage, planning)
    await stage.host.do(cancel_operation, CancelOperation(plan_id))
    async with stage.host.read() as sql:
        assert (await queries.find_plan(sql, plan_id)).state == "abandoned"
    plan = await planned_anew(stage)
    left = await stage.rows("SELECT DISTINCT plan_no FROM plan_orders")
    assert left == [(plan.plan_no,)]
    assert not await stage.rows(
        "SELECT 1 FROM pg_class WHERE relname ~ '^plan_[a-z_]+_[0-9]+$' AND relname !~ :own",
        own=f"_{plan.plan_no}$",
    )


async def test_a_cycle_ends_the_plan_with_its_way_and_publishes_nothing(stage: Stage) -> None:
    await stage.opened("egg", "hen")
    await stage.hear(recipe("lay", {"hen": "1"}, {"egg": "1"}), recipe("hatch", {"egg": "1"}, {"hen": "1"}))
    await ordered(stage, "p", "egg", "1")
    plan_id = new_id()
    await stage.do(AskPlan(plan_id, None, "firm", "ann"))
    await work_off(stage)
    (row,) = await stage.rows("SELECT state, problem FROM operations")
    assert row == ("failed", "items go into themselves: egg at plant-1 > hen at plant-1 > egg at plant-1")
    with pytest.raises(PlanIsNotReady):
        await stage.do(PublishPlan(plan_id, accepts_later=False))


async def test_a_published_plan_is_live_until_the_next_one_is(stage: Stage) -> None:
    await computers(stage)
    await ordered(stage, "p", "pc", "10", days=60)
    first = await planned_anew(stage, "plant-1")
    await stage.do(PublishPlan(first.plan_id, accepts_later=False))
    second = await planned_anew(stage)
    await stage.do(PublishPlan(second.plan_id, accepts_later=False))
    assert await stage.rows("SELECT plan_id, state FROM plan_versions ORDER BY plan_no") == [
        (first.plan_id, "superseded"),
        (second.plan_id, "live"),
    ]
    told = await stage.told(PlanPublished)
    assert [(each.plan_id, each.orders, each.replaces) for each in told] == [
        (first.plan_id, 5, ()),
        (second.plan_id, 5, (first.plan_id,)),
    ]


async def test_a_plan_that_makes_a_line_later_lists_it_and_waits_for_a_planner(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await ordered(stage, "p", "gear", "10", days=10)
    await stage.hear(
        TermsExpired("terms-gear", "steel-ltd", "gear", "plant-1"), terms("gear", 60, terms_id="slow")
    )
    plan = await planned_anew(stage)
    with pytest.raises(PlanMakesLater) as refused:
        await stage.do(PublishPlan(plan.plan_id, accepts_later=False))
    assert refused.value.pointers == (("/demands/p/l1/1/gear", "2026-03-12 becomes 2026-05-01"),)
    await stage.do(PublishPlan(plan.plan_id, accepts_later=True))
    assert (await stage.last(PlanPublished)).later == 1


async def test_what_was_asked_for_is_only_talked_about(stage: Stage) -> None:
    """One purchase too late, one too early, one for nobody: three messages, and every order stays as it is."""
    await stage.opened("late", "early", "none")
    await stage.hear(*(terms(sku, 5) for sku in ("late", "early", "none")))
    for sku in ("late", "early", "none"):
        await ordered(stage, sku, sku, "10", days=10)
    await stage.pass_time(days=5)
    ids = {sku: await stage.order_of(sku) for sku in ("late", "early", "none")}
    await stage.hear(cancelled(placed(ask("early", line("early", "10", 10)))))
    await ordered(stage, "again", "early", "10", days=40)
    await stage.hear(
        issued(ids["late"], "late", "10"), acknowledged(ids["late"], "late", "10", NOW + 14 * DAY)
    )
    await stage.hear(cancelled(placed(ask("none", line("none", "10", 10)))))
    before = await stage.planned()
    plan = await planned_anew(stage)
    assert plan.orders == 0
    await stage.do(PublishPlan(plan.plan_id, accepts_later=False))
    assert await stage.planned() == before
    asked = await stage.rows("SELECT sku, kind FROM action_messages WHERE state = 'open' ORDER BY sku, kind")
    assert asked == [("early", "defer"), ("late", "expedite"), ("none", "cancel")]
    assert (await stage.last(PlanPublished)).messages == 3


async def test_the_oldest_versions_that_nobody_goes_by_are_dropped(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("materials.store.plans.VERSIONS_KEPT_COUNT", 1)
    await stage.opened("gear")
    live = await planned_anew(stage)
    await stage.do(PublishPlan(live.plan_id, accepts_later=False))
    plans = [await planned_anew(stage) for _ in range(3)]
    found = [row[0] for row in await stage.rows("SELECT plan_id FROM plan_versions ORDER BY plan_no")]
    assert found == [live.plan_id, plans[1].plan_id, plans[2].plan_id]
