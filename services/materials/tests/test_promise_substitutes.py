"""Promises that are held with a substitute: offered where they are late, taken by people, kept by the order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.instead import StandIn, SubstituteOffered
from contracts.materials import PromiseOffered, RequirementsPlanned, RunRequested
from contracts.orders import PromiseRequested
from contracts.shapes import Instead
from materials import commands
from materials.domain.substitute import Substitute
from services.materials.tests.made import DAY, NOW, ask, line, placed, recipe, terms
from services.materials.tests.plans import orders_of, planned_anew
from services.materials.tests.stage import Stage
from services.materials.tests.test_substitutes import CARD

LET = (Instead("plant-1", "card", "other", "ann"),)
SOON = NOW + 15 * DAY


async def opened(stage: Stage, *known: Substitute, others: str = "10") -> None:
    """Boxes are made of one card each; cards take thirty days, others lie in stock."""
    await stage.opened("box", "card", "other", "third")
    await stage.hear(recipe("box", {"card": "1"}, {"box": "1"}), terms("card", 30), terms("third", 10))
    await stage.stock("other-lot", "other", others)
    for each in known:
        await stage.do(commands.SetSubstitute(each))


def boxes(request_no: int = 1, quantity: str = "5", instead: tuple[Instead, ...] = ()) -> PromiseRequested:
    asked = line("box", quantity, 15, instead=instead)
    return ask("p", asked, request_no=request_no)


async def substitutions(stage: Stage) -> list[tuple[str, str, str, int, str]]:
    return await stage.rows(
        """
        SELECT demands.sku, substitutions.sku, supply_id, substitutions.quantity_micro / 1000000, decided_by
        FROM substitutions JOIN demands USING (demand_id) ORDER BY 1
        """
    )


async def offers(stage: Stage) -> list[SubstituteOffered]:
    """What was offered of substitutes; an ask that is repeated is answered again."""
    return list(dict.fromkeys(await stage.told(SubstituteOffered)))


async def test_a_promise_that_is_late_hears_with_which_substitute_it_could_be_sooner(stage: Stage) -> None:
    await opened(stage, CARD, CARD._replace(substitute_sku="third", priority=2))
    await stage.hear(boxes())
    (offer,) = await offers(stage)
    assert (offer.promise_id, offer.request_no, offer.site_id) == ("p", 1, "plant-1")
    assert (offer.sku, offer.substitute_sku) == ("card", "other")
    late = await stage.last(PromiseOffered)
    assert [each.at for each in offer.steps] < [each.at for each in late.steps]
    assert await substitutions(stage) == [], "nothing is taken by that"
    assert {each[0] for each in await stage.planned()} == {"box", "card"}


@pytest.mark.parametrize(
    ("known", "days"),
    [((), 15), ((CARD,), 60), ((CARD._replace(ratio_micro=3_000_000),), 15)],
    ids=["there is none", "it is in time", "three stand in for one"],
)
async def test_where_no_substitute_helps_none_is_offered(
    stage: Stage, known: tuple[Substitute, ...], days: int
) -> None:
    await opened(stage, *known)
    await stage.hear(ask("p", line("box", "5", days)))
    assert await offers(stage) == []


async def test_a_promise_is_held_with_the_substitute_that_its_customer_lets(stage: Stage) -> None:
    await opened(stage, CARD)
    await stage.hear(boxes())
    late = await stage.last(PromiseOffered)
    await stage.hear(boxes(2, instead=LET))
    sooner = await stage.last(PromiseOffered)
    assert (sooner.request_no, sooner.instead) == (2, LET)
    assert sooner.steps == (await offers(stage))[0].steps
    assert sooner.steps[0].at < late.steps[0].at
    assert await substitutions(stage) == [("other", "card", "p", 5, "ann")]
    assert await stage.planned() == [("box", "make", "planned", "5")], "no card is wanted any more"
    assert (await stage.balances())["other-lot", "main"] == ("10", "5")
    await stage.books_are_whole()


async def test_a_ratio_counts_and_each_level_takes_the_substitute(stage: Stage) -> None:
    await stage.opened("crate", "box", "card", "other")
    await stage.hear(
        recipe("crate", {"box": "2"}, {"crate": "1"}),
        recipe("box", {"card": "1"}, {"box": "1"}),
        terms("card", 30),
    )
    await stage.stock("other-lot", "other", "30")
    await stage.do(commands.SetSubstitute(CARD._replace(ratio_micro=1_500_000)))
    await stage.hear(
        ask("p", line("crate", "5", 15)), ask("p", line("crate", "5", 15, instead=LET), request_no=2)
    )
    assert (await stage.last(PromiseOffered)).instead == LET
    assert (await stage.balances())["other-lot", "main"] == ("30", "15")
    assert await substitutions(stage) == [("other", "card", "p", 10, "ann")]


async def test_what_would_come_no_sooner_stays_held_as_it_was(stage: Stage) -> None:
    await opened(stage, CARD)
    await stage.hear(boxes())
    late = await stage.last(PromiseOffered)
    await stage.hear(ask("q", line("box", "8", 15, instead=LET)))
    assert (await stage.balances())["other-lot", "main"] == ("10", "8")
    before = await stage.planned()
    await stage.hear(boxes(2, instead=LET))
    kept = await stage.last(PromiseOffered)
    assert (kept.request_no, kept.steps, kept.instead) == (2, late.steps, ())
    assert await stage.planned() == before
    assert [each[2] for each in await substitutions(stage)] == ["q"]


@pytest.mark.parametrize(
    "known", [(), (CARD._replace(valid_to_at=NOW + DAY),)], ids=["unknown", "not valid then"]
)
async def test_what_is_no_substitute_does_not_stand_in(stage: Stage, known: tuple[Substitute, ...]) -> None:
    await opened(stage, *known)
    await stage.hear(boxes(), boxes(2, instead=LET))
    assert (await stage.last(PromiseOffered)).instead == ()
    assert await substitutions(stage) == []


async def test_an_order_keeps_what_its_promise_took_and_its_run_wants_it(stage: Stage) -> None:
    await opened(stage, CARD)
    asked = boxes(2, instead=LET)
    await stage.hear(boxes(), asked, placed(asked))
    await stage.pass_time(days=14)
    run = await stage.last(RunRequested)
    assert [(each.sku, str(each.quantity)) for each in run.inputs] == [("other", "5")]
    assert await substitutions(stage) == [("other", "card", "p", 5, "ann")]
    plan = await planned_anew(stage)
    assert await orders_of(stage, plan) == [], "a plan of the site keeps it"


async def test_an_order_that_comes_after_its_hold_is_planned_with_the_substitute_too(stage: Stage) -> None:
    await opened(stage, CARD)
    asked = boxes(2, instead=LET)
    await stage.hear(boxes(), asked)
    await stage.pass_time(days=8)
    assert await stage.planned() == []
    await stage.hear(placed(asked, at=SOON + timedelta(days=10)))
    assert (await stage.last(RequirementsPlanned)).pegs
    assert await substitutions(stage) == [("other", "card", "p", 5, "ann")]


async def test_the_substitute_of_one_is_not_the_others(stage: Stage) -> None:
    await opened(stage, CARD)
    await stage.hear(boxes(), boxes(2, instead=LET), ask("q", line("box", "2", 60)))
    assert ("card", "buy", "planned", "2") in await stage.planned()
    assert await substitutions(stage) == [("other", "card", "p", 5, "ann")]


async def test_what_waits_for_something_else_just_as_long_is_offered_no_substitute(stage: Stage) -> None:
    await stage.opened("box", "card", "other", "lid")
    await stage.hear(
        recipe("box", {"card": "1", "lid": "1"}, {"box": "1"}), terms("card", 30), terms("lid", 30)
    )
    await stage.stock("other-lot", "other", "10")
    await stage.do(commands.SetSubstitute(CARD))
    await stage.hear(boxes())
    assert (await stage.last(PromiseOffered)).reasons
    assert await offers(stage) == []


async def test_a_promise_that_took_a_substitute_and_is_still_late_is_offered_no_other(stage: Stage) -> None:
    await opened(stage, CARD._replace(substitute_sku="third"), others="1")
    await stage.hear(ask("p", line("box", "5", 5)))
    assert [each.substitute_sku for each in await offers(stage)] == ["third"]
    await stage.do(commands.SetSubstitute(CARD))
    await stage.stock("more", "other", "10")
    let = (Instead("plant-1", "card", "third", "ann"),)
    await stage.hear(ask("p", line("box", "5", 5, instead=let), request_no=2))
    assert (await stage.last(PromiseOffered)).instead == let
    assert [each.request_no for each in await offers(stage)] == [1]


async def test_lines_that_let_it_and_lines_that_do_not_are_made_apart_though_they_fall_together(
    stage: Stage,
) -> None:
    await opened(stage, CARD)
    await stage.planned_by("box", period_days=30)
    await stage.hear(ask("q", line("box", "3", 59)))
    one, other = line("box", "5", 60, instead=LET), line("box", "2", 61, line_id="l2")
    await stage.hear(ask("p", one, other))
    assert await substitutions(stage) == [("other", "card", "p", 5, "ann")]
    cards = [row for row in await stage.planned() if row[0] == "card"]
    assert sum(int(quantity) for *_, quantity in cards) == 5, "three for the one and two for the other"
    await stage.books_are_whole()


async def test_two_that_are_late_alike_are_offered_and_taken_together(stage: Stage) -> None:
    await stage.opened("box", "card", "other", "lid", "cap")
    await stage.hear(
        recipe("box", {"card": "1", "lid": "2"}, {"box": "1"}), terms("card", 30), terms("lid", 30)
    )
    await stage.stock("other-lot", "other", "10")
    await stage.stock("cap-lot", "cap", "10")
    await stage.do(commands.SetSubstitute(CARD))
    await stage.do(commands.SetSubstitute(CARD._replace(sku="lid", substitute_sku="cap")))
    await stage.hear(boxes())
    (offer,) = await offers(stage)
    assert (offer.sku, offer.substitute_sku, offer.line_ids) == ("lid", "cap", ("l1",))
    assert offer.also == (StandIn("plant-1", "card", "other", ("l1",)),)
    assert offer.steps[0].at == SOON
    both = (Instead("plant-1", "lid", "cap", "ann"), *LET)
    await stage.hear(boxes(2, instead=both))
    held = await stage.last(PromiseOffered)
    assert (held.steps, held.instead, held.reasons) == (offer.steps, both, ())
    assert await substitutions(stage) == [("cap", "lid", "p", 10, "ann"), ("other", "card", "p", 5, "ann")]
    assert await stage.planned() == [("box", "make", "planned", "5")]
    await stage.books_are_whole()
