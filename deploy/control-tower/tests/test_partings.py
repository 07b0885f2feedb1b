"""Runs that are split and put together, as the read model shows them: none of them in a state that is over."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts import materials
from contracts.changes import RunResized
from contracts.partings import MergedRun, RunPart, RunsMerged, RunSplit
from contracts.shapes import ItemPart
from contracts.values import Quantity
from control_tower.domain.flow import flow_of
from control_tower.domain.flow.tree import AFTER
from control_tower.domain.mentions import mentions_of
from control_tower.domain.picture import Picture
from control_tower.domain.pictures import picture_of, pictured
from control_tower.domain.supply import PlannedDetail, SupplyDetail
from control_tower.queries import making, missing, plan
from tests.browser.story import START, Told, late_story
from tests.browser.story.ordering import scheduled
from tests.browser.tower import hear, heard_of, tower

WHOLE, PART = "harden-order-1", "part-order-1"
DUE = START + timedelta(days=6.5)


def shafts(count: int) -> tuple[ItemPart, ...]:
    """So many shafts."""
    return (ItemPart("shaft", Quantity(count)),)


SPLIT = RunSplit(
    f"run-{WHOLE}", WHOLE, Quantity("1.5"), shafts(12), shafts(12),
    RunPart(f"run-{PART}", PART, Quantity("0.5"), shafts(4), shafts(4)),
)  # fmt: skip
MERGED = RunsMerged(
    f"run-{PART}", PART, Quantity(2), shafts(16), shafts(16), DUE, (MergedRun(f"run-{WHOLE}", WHOLE),)
)
# The rest of a run that was split goes into its part again; what was staged for it by then comes too late.
SPLIT_STORY = [*late_story(), Told(SPLIT, 3), scheduled(PART, "harden", 7)]
STAGED = materials.MaterialsStaged(WHOLE, Quantity(2), ())
MERGED_STORY = [
    *SPLIT_STORY,
    Told(MERGED, 4),
    replace(scheduled(PART, "harden", 6), day=4),
    Told(STAGED, 4.1),
]


def pictures_of(
    story: list[Told], chance: random.Random | None = None
) -> dict[tuple[str, str], Picture | None]:
    """The picture of each thing that a story is about, heard in any order."""
    heard = heard_of(story)
    if chance is not None:
        chance.shuffle(heard)
    subjects = {subject for one in heard for subject in pictured(one.fact, mentions_of(one.fact))}
    return {
        each: picture_of(each, [one for one in heard if each in mentions_of(one.fact)]) for each in subjects
    }


def shown(story: list[Told], kind: str, subject_id: str) -> Picture:
    """A picture that must be there."""
    picture = pictures_of(story)[kind, subject_id]
    assert picture is not None
    return picture


def test_a_part_and_its_rest_are_planned_as_what_each_is_asked_for() -> None:
    rest, part = (shown(SPLIT_STORY, "planned_order", each).detail for each in (WHOLE, PART))
    assert isinstance(rest, PlannedDetail)
    assert isinstance(part, PlannedDetail)
    assert (rest.sku, rest.quantity, rest.recipe_id) == ("shaft", Quantity(12), "harden")
    assert (part.sku, part.quantity, part.recipe_id) == ("shaft", Quantity(4), None)
    assert {shown(SPLIT_STORY, "run", f"run-{each}").state for each in (WHOLE, PART)} == {"scheduled"}


def test_a_run_that_another_makes_too_is_merged_and_keeps_no_machine() -> None:
    gone = shown(MERGED_STORY, "run", f"run-{WHOLE}")
    assert (gone.state, gone.operations) == ("merged", ())
    assert gone.since_at == START + timedelta(days=4)
    assert isinstance(gone.detail, SupplyDetail)
    assert gone.detail.reason == f"run run-{PART} makes it"
    assert shown(MERGED_STORY, "planned_order", WHOLE).state == "merged"
    whole = shown(MERGED_STORY, "planned_order", PART)
    assert isinstance(whole.detail, PlannedDetail)
    assert (whole.state, whole.detail.quantity, whole.detail.needed_at) == ("scheduled", Quantity(16), DUE)
    assert shown(MERGED_STORY, "run", f"run-{PART}").operations


def test_a_run_of_another_size_is_planned_and_flows_as_what_it_is_asked_for_now() -> None:
    resized = RunResized(
        f"run-{WHOLE}", WHOLE, Quantity(24), Quantity(2), Quantity(3), shafts(24), shafts(24)
    )
    story = [*late_story(), Told(resized, 3)]
    detail = shown(story, "planned_order", WHOLE).detail
    assert isinstance(detail, PlannedDetail)
    assert (detail.sku, detail.quantity, detail.recipe_id) == ("shaft", Quantity(24), "harden")
    flow = flow_of(heard_of(story))
    assert flow.nodes[f"run {WHOLE}"].note == "v1, 3 runs"
    assert flow.edges["item shaft", f"run {WHOLE}"].quantity == "24"


@given(st.randoms(use_true_random=False))
def test_runs_that_are_parted_look_the_same_in_whatever_order_that_is_heard(chance: random.Random) -> None:
    assert pictures_of(MERGED_STORY, chance) == pictures_of(MERGED_STORY)


def test_parts_flow_from_where_the_whole_came_to_where_it_went() -> None:
    flow = flow_of(heard_of(SPLIT_STORY))
    for run in (f"run {WHOLE}", f"run {PART}"):
        assert flow.nodes[run].recipe_id == "harden"
        assert {("item shaft", run), (run, f"item shaft{AFTER}")} <= flow.edges.keys()
    assert (flow.nodes[f"run {WHOLE}"].note, flow.nodes[f"run {PART}"].note) == (
        "v1, 1.5 runs",
        "v1, 0.5 runs",
    )
    together = flow_of(heard_of(MERGED_STORY))
    assert f"run {WHOLE}" not in together.nodes
    assert together.edges["item shaft", f"run {PART}"].quantity == "16"
    assert together.nodes[f"run {PART}"].note == "v1, 2 runs"


async def test_what_is_merged_stands_neither_on_the_board_nor_among_what_is_missing(database: str) -> None:
    async with tower(database) as host:
        await hear(host, SPLIT_STORY)
        async with host.read() as sql:
            before = {one.subject_id: one.quantity for one in await missing.list_missing(sql, START)}
        assert (before[f"run-{WHOLE}"], before[f"run-{PART}"]) == (Quantity(12), Quantity(4))
        await hear(host, MERGED_STORY[len(SPLIT_STORY) :])
        async with host.read() as sql:
            after = {one.subject_id: one.quantity for one in await missing.list_missing(sql, START)}
            lanes = await plan.list_operations(sql, START, START + timedelta(days=30))
        assert (after.get(f"run-{WHOLE}"), after[f"run-{PART}"]) == (None, Quantity(16))
        assert f"run-{WHOLE}" not in {one.run_id for one in lanes}
        assert f"run-{PART}" in {one.run_id for one in lanes}


async def test_a_part_is_missing_for_the_orders_of_the_whole_and_by_its_day_until_it_is_made_with_another(
    database: str,
) -> None:
    async with tower(database) as host:
        await hear(host, SPLIT_STORY)
        async with host.read() as sql:
            found = {one.subject_id: one for one in await missing.list_missing(sql, START)}
            whole, part = found[f"run-{WHOLE}"], found[f"run-{PART}"]
            assert (part.needed_at, part.order_ids) == (whole.needed_at, whole.order_ids)
            assert (part.needed_at is not None, part.order_ids) == (True, ("order-1",))
            mine = await missing.list_missing(sql, START, "order-1")
            assert {f"run-{WHOLE}", f"run-{PART}"} <= {one.subject_id for one in mine}
            assert await making.list_orders_of(sql, PART) == ["order-1"]
            bars = {
                one.run_id: one for one in await plan.list_operations(sql, START, START + timedelta(days=30))
            }
            kept = bars[f"run-{PART}"]
            assert (kept.order_id, kept.due_at) == ("order-1", whole.needed_at)
        back = RunsMerged(
            f"run-{WHOLE}", WHOLE, Quantity(2), shafts(16), shafts(16), DUE, (MergedRun(f"run-{PART}", PART),)
        )
        await hear(host, [Told(back, 4)])
        async with host.read() as sql:
            after = {one.subject_id: one for one in await missing.list_missing(sql, START, "order-1")}
        assert (after[f"run-{WHOLE}"].order_ids, f"run-{PART}" in after) == (("order-1",), False)
