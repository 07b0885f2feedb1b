"""What cannot be promised as it is asked for, and could be with a substitute: offered, and held when it is let."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.instead import SubstituteOffered
from contracts.materials import PromiseOffered, PromiseRefused
from contracts.orders import PromiseRequested
from contracts.shapes import Instead
from materials import commands
from materials.domain.substitute import Substitute
from services.materials.tests.made import DAY, NOW, ask, line, placed, recipe, terms
from services.materials.tests.stage import Stage
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
