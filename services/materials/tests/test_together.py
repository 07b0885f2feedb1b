"""Several substitutes together: never later than without, as few as do, none of it kept until it is taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import combinations, count
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.instead import SubstituteOffered
from contracts.orders import PromiseRequested
from contracts.shapes import Instead
from contracts.values import MICRO
from materials.domain.book import Book
from materials.domain.holding import may_be_sooner, offer_sooner, request
from materials.domain.instead import TOGETHER_COUNT_MAX
from materials.domain.item import Item, Site, Terms
from materials.domain.lot import MAIN, Lot, Stock
from materials.domain.network import Network
from materials.domain.recipe import Recipe
from materials.domain.substitute import Substitute
from services.materials.tests.made import DAY, NOW, ask, line, recipe

PLANT = "plant-1"


class Component(NamedTuple):
    """An input of a box: its lead time in days (None: nobody sells it), that of what may stand in, how many lie there.

    A deep one goes into a frame, which goes into the box.
    """

    lead_days: int | None
    other_lead_days: int | None
    others: int
    deep: bool = False


def world(components: list[Component]) -> tuple[Book, list[Substitute]]:
    """A book in which boxes are made of one of each, and what may stand in for what."""
    skus = [f"part-{number}" for number in range(len(components))]
    deep = {sku: "1" for sku, each in zip(skus, components, strict=True) if each.deep}
    inputs = {sku: "1" for sku in skus if sku not in deep}
    recipes = {
        (PLANT, "box"): (Recipe.of(recipe("box", inputs | ({"frame": "1"} if deep else {}), {"box": "1"})),)
    }
    if deep:
        recipes[PLANT, "frame"] = (Recipe.of(recipe("frame", deep, {"frame": "1"})),)
    items = ["box", "frame", *skus, *(f"other-{sku}" for sku in skus)]
    terms, lots, known = {}, {}, []
    for sku, each in zip(skus, components, strict=True):
        terms[PLANT, sku] = _sold(sku, each.lead_days)
        terms[PLANT, f"other-{sku}"] = _sold(f"other-{sku}", each.other_lead_days)
        lots[f"other-{sku}"] = each.others
        known.append(Substitute(sku, PLANT, f"other-{sku}", MICRO, 1, NOW - DAY, NOW + 900 * DAY))
    network = Network(
        NOW, {sku: Item(sku, sku, "piece", MICRO) for sku in items}, {PLANT: Site(PLANT, PLANT, "ours", 1, None)}, {},
        recipes, terms, {},
    )  # fmt: skip
    book = Book(network, NOW, iter(map(str, count())).__next__)
    for sku, pieces in lots.items():
        if pieces:
            book.lots.load(Lot(f"lot-{sku}", sku, PLANT, "released", (), None, (), None, None, NOW, "EUR"))
            book.stocks.load(Stock(f"lot-{sku}", PLANT, MAIN, sku, pieces * MICRO, 0, 0, 0, 0, 0))
    return book, known


def _sold(sku: str, lead_days: int | None) -> tuple[Terms, ...]:
    if lead_days is None:
        return ()
    since, until = NOW - DAY, NOW + 900 * DAY
    return (Terms(sku, "v", "external", sku, PLANT, 0, 0, lead_days, None, since, until, 1, expired=False),)


def boxes(request_no: int = 1, instead: tuple[Instead, ...] = (), promise_id: str = "p") -> PromiseRequested:
    return ask(promise_id, line("box", "2", 5, instead=instead), request_no=request_no)


def offered(book: Book, known: list[Substitute], asked: PromiseRequested) -> list[SubstituteOffered]:
    """What is offered for a promise when it is asked for."""
    book.substitutes = known
    request(book, asked)
    before = rows(book)
    book.drain()
    if may_be_sooner(book, asked):
        offer_sooner(book, asked, known)
    assert rows(book) == before, "nothing of what was tried is kept"
    return [fact for fact in book.drain() if isinstance(fact, SubstituteOffered)]


def rows(book: Book) -> list[object]:
    kept = (book.demands, book.orders, book.receipts, book.pegs, book.stocks, book.holds)
    return [*(sorted(each, key=str) for each in kept), list(book.substituted)]


def let(offer: SubstituteOffered, by: str = "ann") -> tuple[Instead, ...]:
    stand = [(offer.site_id, offer.sku, offer.substitute_sku)]
    stand += [(each.site_id, each.sku, each.substitute_sku) for each in offer.also]
    return tuple(Instead(*each, by) for each in stand)


def last(offer: SubstituteOffered) -> datetime:
    return max(step.at for step in offer.steps)


def held_at(book: Book) -> datetime | None:
    """When all of the promise is there, as it is held; None when it is refused."""
    return max((step.at for step in book.holds["p"].answer.steps), default=None)


def best(components: list[Component]) -> datetime | None:
    """By when it could be there at best with so many substitutes as may be taken together: all are tried."""
    found = []
    _, known = world(components)
    for number in range(TOGETHER_COUNT_MAX + 1):
        for ones in combinations(known, number):
            book, _ = world(components)
            book.substitutes = known
            instead = tuple(Instead(PLANT, one.sku, one.substitute_sku, "ann") for one in ones)
            request(book, boxes(instead=instead))
            found.append(held_at(book))
    return min((at for at in found if at is not None), default=None)


def assert_whole(book: Book) -> None:
    """What is taken is pegged whole, and nothing is given away twice."""
    for demand in book.demands:
        pegged = sum(each.quantity_micro for each in book.pegs.by("demand", demand.demand_id))
        assert demand.covered_micro == pegged == demand.quantity_micro
    for receipt in book.receipts:
        taken = sum(each.quantity_micro for each in book.pegs.by("supply", receipt.receipt_id))
        assert receipt.pegged_micro == taken <= receipt.quantity_micro
    for stock in book.stocks:
        taken = sum(each.quantity_micro for each in book.pegs.by("supply", stock.lot_id))
        assert stock.reserved_micro == taken <= stock.on_hand_micro


LEADS = st.one_of(st.none(), st.integers(1, 30))
COMPONENTS = st.lists(
    st.builds(Component, LEADS, LEADS, st.integers(0, 3), st.booleans()), min_size=1, max_size=5
)


@settings(max_examples=25)
@given(COMPONENTS)
def test_what_is_offered_comes_sooner_than_without_and_together_sooner_than_any_alone(
    components: list[Component],
) -> None:
    book, known = world(components)
    offers = offered(book, known, boxes())
    without, soonest = held_at(book), best(components)
    assert all(without is None or last(each) < without for each in offers)
    alone = [last(each) for each in offers if not each.also]
    joined = [each for each in offers if each.also]
    assert len(joined) <= 1, "one set at most"
    assert all(last(each) < at for each in joined for at in alone)
    assert all(len(each.also) < TOGETHER_COUNT_MAX for each in offers)
    assert all(soonest is not None and soonest <= last(each) for each in offers)
    if all(is_quick(each) for each in components):
        assert min((last(each) for each in offers), default=without) == (soonest or without)
    again, _ = world(components)
    assert offered(again, known, boxes()) == offers, "asked the same it says the same"


def is_quick(component: Component) -> bool:
    """Whether what may stand in comes no later than what it stands in for."""
    if component.other_lead_days is None:
        return not component.others
    return component.lead_days is None or component.other_lead_days <= component.lead_days


@settings(max_examples=25)
@given(COMPONENTS)
def test_what_is_taken_is_held_by_when_it_was_offered_whole_and_from_nobody_else(
    components: list[Component],
) -> None:
    book, known = world(components)
    for offer in offered(book, known, boxes()):
        taker, _ = world(components)
        offered(taker, known, boxes())
        request(taker, boxes(2, let(offer)))
        assert held_at(taker) == last(offer)
        assert set(taker.holds["p"].answer.instead) == set(let(offer)), "no more than it takes"
        assert_whole(taker)
        for more in offered(taker, known, boxes(promise_id="q"))[:1]:
            request(taker, boxes(2, let(more), promise_id="q"))
            assert_whole(taker)


def test_two_that_are_late_alike_are_offered_together_and_neither_alone() -> None:
    book, known = world([Component(30, None, 2), Component(30, None, 2), Component(1, 1, 2)])
    (offer,) = offered(book, known, boxes())
    assert [each.sku for each in let(offer)] == ["part-0", "part-1"]
    assert (offer.line_ids, [each.line_ids for each in offer.also]) == (("l1",), [("l1",)])


def test_one_is_late_at_its_level_and_another_below() -> None:
    book, known = world([Component(30, 3, 0), Component(28, 3, 0, deep=True)])
    offers = offered(book, known, boxes())
    assert [[each.sku for each in let(offer)] for offer in offers][-1] == ["part-0", "part-1"]


def test_what_two_parts_are_missing_for_is_to_be_had_with_both() -> None:
    book, known = world([Component(None, None, 2), Component(None, 3, 0)])
    (offer,) = offered(book, known, boxes())
    assert len(let(offer)) == len(known)


def test_of_more_than_may_be_taken_together_those_stay_whose_loss_costs_most() -> None:
    book, known = world([Component(days, None, 2) for days in (22, 30, 26, 24)])
    (alone, offer) = offered(book, known, boxes())
    assert [each.sku for each in let(alone)] == ["part-1"]
    assert [each.sku for each in let(offer)] == ["part-1", "part-2", "part-3"]


def test_what_would_itself_be_late_joins_nothing_and_the_second_choice_does() -> None:
    components = [Component(30, 60, 0), Component(30, None, 4), Component(30, 25, 0)]
    book, known = world(components)
    assert offered(book, known, boxes()) == [], "the first has none that helps"
    second = known[0]._replace(substitute_sku="other-part-1", priority=2)
    book, _ = world(components)
    (offer,) = offered(book, [*known, second], boxes())
    named = {(each.sku, each.substitute_sku) for each in let(offer)}
    assert named == {("part-0", "other-part-1"), ("part-1", "other-part-1"), ("part-2", "other-part-2")}


def test_lines_of_a_promise_name_what_each_is_made_of() -> None:
    book, known = world([Component(30, None, 9), Component(30, None, 9, deep=True)])
    asked = boxes()
    asked = replace(
        asked, lines=(*asked.lines, line("frame", "1", 5, line_id="l2")), delivery_policy="complete-line"
    )
    found = {tuple(each.sku for each in let(offer)): offer for offer in offered(book, known, asked)}
    assert found["part-1",].line_ids == ("l1", "l2"), "the frame of the box, too"
    joined = found["part-0", "part-1"]
    assert joined.line_ids == ("l1",)
    assert [each.line_ids for each in joined.also] == [("l1", "l2")]
