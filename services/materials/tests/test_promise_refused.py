"""What cannot be promised as it is asked for, and could be with a substitute: offered, and held when it is let."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.instead import SubstituteOffered
from contracts.materials import GoodsReady, PromiseOffered, PromiseRefused
from contracts.orders import PromiseRequested
from contracts.shapes import Instead
from contracts.values import Quantity
from materials import commands
from materials.domain.item import Item
from materials.domain.substitute import Substitute
from services.materials.tests.made import DAY, NOW, ask, line, placed, recipe, terms
from services.materials.tests.plans import orders_of, planned_anew
from services.materials.tests.stage import Stage
from services.materials.tests.test_handlers_changes import YES
from services.materials.tests.test_handlers_more import wanted
from services.materials.tests.test_promise_substitutes import LET, offers, substitutions
from services.materials.tests.test_substitutes import CARD


async def opened(stage: Stage, *known: Substitute) -> None:
    """Boxes are made of one card each, which nobody sells; others lie in stock, lids are bought."""
    await stage.opened("box", "card", "other", "lid")
    await stage.hear(recipe("box", {"card": "1"}, {"box": "1"}), terms("lid", 5))
    await stage.stock("other-lot", "other", "10")
    for each in known:
        await stage.do(commands.SetSubstitute(each))


def boxes(request_no: int = 1, quantity: str = "5", instead: tuple[Instead, ...] = ()) -> PromiseRequested:
    wanted = (line("box", quantity, 15, instead=instead), line("lid", "3", 15, line_id="l2"))
    return ask("p", *wanted, request_no=request_no)


async def test_what_nothing_supplies_hears_with_which_substitute_it_could_be_had(stage: Stage) -> None:
    await opened(stage, CARD)
    await stage.hear(boxes())
    refused = await stage.last(PromiseRefused)
    assert (refused.reason, refused.next_possible_at) == ("nothing supplies card at plant-1", None)
    (offer,) = await offers(stage)
    assert (offer.promise_id, offer.request_no) == ("p", 1)
    assert (offer.site_id, offer.sku, offer.substitute_sku) == ("plant-1", "card", "other")
    assert {each.line_id for each in offer.steps} == {"l1", "l2"}
    assert offer.line_ids == ("l1",), "no lid is made of it"
    told = [type(each) for each in await stage.all_told()]
    assert told.index(PromiseRefused) < told.index(SubstituteOffered)
    assert await stage.planned() == [], "nothing is taken by that"
    assert await stage.rows("SELECT count(*) FROM demands") == [(0,)]


async def test_what_was_refused_is_held_with_the_substitute_that_its_customer_lets_and_ordered_so(
    stage: Stage,
) -> None:
    await opened(stage, CARD)
    asked = replace(boxes(2, instead=LET), hold_until=NOW + 4 * DAY)
    await stage.hear(boxes())
    await stage.hear(asked)
    held = await stage.last(PromiseOffered)
    assert (held.request_no, held.instead) == (2, LET)
    assert held.steps == (await offers(stage))[0].steps
    assert await substitutions(stage) == [("other", "card", "p", 5, "ann")]
    assert (await stage.balances())["other-lot", "main"] == ("10", "5")
    await stage.hear(placed(asked))
    assert ("box", "make", "planned", "5") in await stage.planned()
    await stage.books_are_whole()


@pytest.mark.parametrize(
    ("known", "quantity"),
    [
        ((), "5"),
        ((CARD,), "11"),
        ((CARD._replace(ratio_micro=3_000_000),), "5"),
        ((CARD._replace(valid_to_at=NOW + DAY),), "5"),
    ],
    ids=["there is none", "too few lie there", "three stand in for one", "it is not valid then"],
)
async def test_where_no_substitute_suffices_it_stays_refused(
    stage: Stage, known: tuple[Substitute, ...], quantity: str
) -> None:
    await opened(stage, *known)
    await stage.hear(boxes(quantity=quantity))
    assert await stage.told(PromiseRefused)
    assert await offers(stage) == []


async def test_what_is_possible_from_a_moment_on_is_asked_for_again_with_that_and_offered_none(
    stage: Stage,
) -> None:
    await opened(stage, CARD)
    later = recipe("card", {"lid": "1"}, {"card": "1"}, effective_from=NOW + 40 * DAY)
    await stage.hear(later, boxes())
    assert (await stage.last(PromiseRefused)).next_possible_at == NOW + 40 * DAY
    assert await offers(stage) == []


async def test_what_cannot_be_asked_for_at_all_is_offered_none(stage: Stage) -> None:
    await opened(stage, CARD)
    await stage.hear(ask("p", line("box", "0.5", 15)), ask("q", line("box", "5", 15), hold_until=NOW - DAY))
    assert len({each.promise_id for each in await stage.told(PromiseRefused)}) == 2
    assert await offers(stage) == []


async def test_what_is_refused_with_the_substitute_too_is_offered_no_other(stage: Stage) -> None:
    await opened(stage, CARD)
    await stage.hear(boxes())
    await stage.hear(ask("q", line("box", "8", 15, instead=LET)))
    await stage.hear(boxes(2, instead=LET))
    assert (await stage.last(PromiseRefused)).request_no == 2
    assert [each.request_no for each in await offers(stage)] == [1]


PLUG = CARD._replace(sku="plug", ratio_micro=1_000_000)
WHOLE = (Instead("plant-1", "plug", "other", "ann"),)


def plugs(
    request_no: int = 1, quantity: str = "4", instead: tuple[Instead, ...] = (), days: float = 15
) -> PromiseRequested:
    return ask("p", line("plug", quantity, days, instead=instead), request_no=request_no)


async def sold(stage: Stage, *known: Substitute) -> None:
    """Plugs are sold as they are bought, and nobody sells them any more; of others ten lie there."""
    await stage.opened("plug", "other")
    await stage.stock("other-lot", "other", "10")
    for each in known:
        await stage.do(commands.SetSubstitute(each))


async def test_what_is_asked_for_itself_is_had_as_another_one_for_one_and_delivered_as_that(
    stage: Stage,
) -> None:
    await sold(stage, PLUG)
    await stage.hear(plugs())
    (offer,) = await offers(stage)
    assert (offer.sku, offer.substitute_sku, offer.line_ids) == ("plug", "other", ("l1",))
    assert await stage.rows("SELECT count(*) FROM demands") == [(0,)]
    asked = plugs(2, instead=WHOLE)
    await stage.hear(asked)
    held = await stage.last(PromiseOffered)
    assert (held.steps, held.instead) == (offer.steps, WHOLE)
    assert await substitutions(stage) == [("other", "plug", "p", 4, "ann")]
    await stage.hear(placed(asked))
    await stage.pass_time(days=15)
    ready = await stage.last(GoodsReady)
    assert [(lot.lot_id, lot.sku, lot.quantity) for lot in ready.lots] == [
        ("other-lot", "other", Quantity(4))
    ]
    await stage.books_are_whole()


async def test_an_order_after_its_hold_and_more_of_it_have_the_other_delivered_too(stage: Stage) -> None:
    await sold(stage, PLUG)
    asked = plugs(2, instead=WHOLE, days=40)
    await stage.hear(plugs(days=40), asked)
    await stage.pass_time(days=8)
    assert (await stage.balances())["other-lot", "main"] == ("10", "0")
    await stage.hear(placed(asked))
    await stage.hear(wanted(line("plug", "7", 40, instead=WHOLE), ordered=4), YES)
    taken = await substitutions(stage)
    assert taken == [("other", "plug", "p", 4, "ann"), ("other", "plug", "p", 3, "ann")]
    assert (await stage.balances())["other-lot", "main"] == ("10", "7")
    assert await orders_of(stage, await planned_anew(stage)) == [], "a plan of the site leaves it so"
    await stage.books_are_whole()


async def test_what_is_late_itself_is_offered_the_other_and_each_part_of_it_names_what_it_stands_in_for(
    stage: Stage,
) -> None:
    await sold(stage, PLUG)
    await stage.hear(
        terms("plug", 30), terms("other", 6), replace(plugs(quantity="12"), delivery_policy="partial")
    )
    (offer,) = await offers(stage)
    assert (offer.sku, offer.substitute_sku) == ("plug", "other")
    await stage.hear(replace(plugs(2, "12", WHOLE, days=4), delivery_policy="partial"))
    held = await stage.last(PromiseOffered)
    assert [each.quantity for each in held.steps] == [Quantity(10), Quantity(2)]
    assert [each[3] for each in await substitutions(stage)] == [10, 2]


@pytest.mark.parametrize("unit", ["piece", "kg"], ids=["two stand in for one", "it is counted otherwise"])
async def test_what_is_not_counted_alike_is_delivered_for_nothing(stage: Stage, unit: str) -> None:
    await sold(stage, PLUG._replace(ratio_micro=2_000_000))
    await stage.do(commands.DefineItem(Item("thing", "thing", unit, 1_000_000)))
    await stage.stock("thing-lot", "thing", "10")
    if unit == "kg":
        await stage.do(commands.SetSubstitute(PLUG._replace(substitute_sku="thing")))
    await stage.hear(plugs())
    assert await stage.told(PromiseRefused)
    assert await offers(stage) == []
