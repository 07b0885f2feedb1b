"""The transformation tree: what is planned, what has happened in its place, and how both are drawn."""

from __future__ import annotations

import random
import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_tower.domain.flow import Flow, flow_of
from control_tower.domain.flow.tree import AFTER
from control_tower.drawing.flow import BOX_HEIGHT, BOX_WIDTH, FlowDrawing, draw_flow
from control_tower.drawing.outlines import outline_of
from tests.browser.story import Told, half_story, late_story, whole_story
from tests.browser.tower import heard_of

NAMES = {
    ("recipe", "cut"): ("Cut bars", "separation"),
    ("recipe", "harden"): ("Harden shafts", "modification"),
    ("recipe", "build"): ("Build gearboxes", "congregation"),
    ("item", "gearbox"): ("Gearbox", ""),
    ("vendor", "v-steel"): ("Steel & Sons", "external"),
}
STORIES = {"planned": late_story(), "half made": half_story(), "delivered": whole_story()}


def tree_of(story: list[Told]) -> Flow:
    return flow_of(heard_of(story))


def drawn_of(story: list[Told]) -> FlowDrawing:
    drawn = draw_flow(tree_of(story), NAMES)
    assert drawn is not None
    return drawn


def test_the_plan_leads_from_the_vendor_through_every_run_and_the_peg_to_the_line() -> None:
    flow = tree_of(late_story())
    assert all(edge.planned for edge in flow.edges.values())
    assert flow.edges.keys() == {
        ("vendor v-steel", "purchase buy-order-1"),
        ("purchase buy-order-1", "item bar"),
        ("item bar", "run cut-order-1"),
        ("run cut-order-1", "item shaft"),
        ("item shaft", "run harden-order-1"),
        ("run harden-order-1", f"item shaft{AFTER}"),
        (f"item shaft{AFTER}", "run build-order-1"),
        ("item case", "run build-order-1"),
        ("run build-order-1", "peg L1 build-order-1"),
        ("peg L1 build-order-1", "line L1"),
    }


def test_lots_that_are_there_go_on_to_where_the_plan_leads() -> None:
    flow = tree_of(half_story())
    done = {place for place, edge in flow.edges.items() if not edge.planned}
    assert done == {
        ("vendor v-steel", "lot bar-order-1"),
        ("lot bar-order-1", "run cut-order-1"),
        ("run cut-order-1", "lot soft-order-1"),
        ("run cut-order-1", "lot off-order-1"),
    }
    assert ("lot soft-order-1", "item shaft") in flow.edges
    assert "purchase buy-order-1" not in flow.nodes
    assert "item bar" not in flow.nodes
    assert ("peg L1 build-order-1", "line L1") in flow.edges


def test_what_has_happened_replaces_what_was_planned() -> None:
    flow = tree_of(whole_story())
    assert not [edge for edge in flow.edges.values() if edge.planned]
    assert {node.kind for node in flow.nodes.values()} == {"vendor", "lot", "run", "line"}
    assert flow.nodes["line L1"].rank == max(node.rank for node in flow.nodes.values())


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_everything_stands_left_of_what_it_goes_into_and_near_it(story: list[Told]) -> None:
    flow = tree_of(story)
    ranks = {node_id: node.rank for node_id, node in flow.nodes.items()}
    assert all(ranks[start] < ranks[end] for start, end in flow.edges)
    for node_id in flow.starts():
        assert min(ranks[end] for start, end in flow.edges if start == node_id) == ranks[node_id] + 1


@given(st.randoms(use_true_random=False))
def test_a_tree_is_the_same_in_whatever_order_its_facts_are_heard(chance: random.Random) -> None:
    heard = HALF[:]
    chance.shuffle(heard)
    assert flow_of(heard) == flow_of(HALF)


HALF = heard_of(half_story())


def test_a_newer_plan_replaces_the_pegs_of_an_older_one() -> None:
    planned = next(told for told in late_story() if type(told.fact).__name__ == "RequirementsPlanned")
    flow = tree_of([*late_story(), Told(type(planned.fact)("order-1", planned.fact.steps, ()), 2.6)])  # type: ignore[attr-defined, call-arg]
    assert not [node for node in flow.nodes.values() if node.kind == "peg"]
    assert ("item gearbox", "line L1") in flow.edges


def test_a_tree_that_is_too_large_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not tree_of(whole_story()).cut
    monkeypatch.setattr("control_tower.domain.flow.NODES_COUNT_MAX", 3)
    assert tree_of(whole_story()).cut


def test_every_way_to_produce_and_every_kind_has_an_outline_of_its_own() -> None:
    ways = ("separation", "modification", "congregation", "vendor", "lot", "peg", "line")
    outlines = [outline_of(way, 0, 0, BOX_WIDTH, BOX_HEIGHT) for way in ways]
    assert all(one != other for one, other in combinations(outlines, 2))
    drawn = {box.way: box.outline for box in drawn_of(whole_story()).boxes if box.node.kind == "run"}
    assert drawn.keys() == {"separation", "modification", "congregation"}
    left, right = height_at_the_ends(drawn["separation"])
    assert left < right
    left, right = height_at_the_ends(drawn["congregation"])
    assert left > right
    assert height_at_the_ends(drawn["modification"]) == (BOX_HEIGHT, 0)


def height_at_the_ends(outline: str) -> tuple[float, float]:
    """How high an outline of straight lines is at its left and at its right end."""
    points = [(float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", outline)]
    heights = []
    for end in (min(points)[0], max(points)[0]):
        at_end = [y for x, y in points if x == end]
        heights.append(max(at_end) - min(at_end))
    return heights[0], heights[1]


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_boxes_lie_within_the_picture_and_never_upon_each_other(story: list[Told]) -> None:
    drawn = drawn_of(story)
    for box in drawn.boxes:
        assert 0 <= box.x <= drawn.width - BOX_WIDTH
        assert 0 <= box.y <= drawn.height - BOX_HEIGHT
    for one, other in combinations(drawn.boxes, 2):
        assert abs(one.x - other.x) >= BOX_WIDTH or abs(one.y - other.y) >= BOX_HEIGHT


def test_a_quantity_that_no_box_says_stands_on_its_curve() -> None:
    texts = {place_of(link): link.text for link in drawn_of(late_story()).links}
    assert texts["item case", "run build-order-1"] == "8"
    assert texts["vendor v-steel", "purchase buy-order-1"] == ""


def place_of(link: object) -> tuple[str, str]:
    edge = link.edge  # type: ignore[attr-defined]
    return edge.start, edge.end


def test_nothing_is_drawn_of_an_order_of_which_nothing_is_known() -> None:
    assert draw_flow(flow_of([]), {}) is None
