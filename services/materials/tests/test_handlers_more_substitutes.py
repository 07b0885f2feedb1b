"""More of a line that was promised with a substitute: it takes the same, or says that there is too little of it."""

from __future__ import annotations

from dataclasses import replace

from contracts.changes import ChangeAnswered
from contracts.materials import RunRequested
from contracts.orders import AmendmentRequested
from contracts.shapes import DateStep, Instead
from contracts.values import Quantity
from materials import commands
from services.materials.tests.made import DAY, NOW, line, placed, terms
from services.materials.tests.stage import Stage
from services.materials.tests.test_handlers_changes import NO, YES
from services.materials.tests.test_handlers_more import wanted
from services.materials.tests.test_promise_substitutes import LET, SOON, boxes, opened, substitutions
from services.materials.tests.test_substitutes import CARD


async def ordered(stage: Stage, others: str = "10") -> None:
    """Five boxes are ordered that are made of others instead of cards."""
    await opened(stage, CARD, others=others)
    asked = boxes(2, instead=LET)
    await stage.hear(boxes(), asked, placed(asked))


def eight(days: float = 15, instead: tuple[Instead, ...] = LET) -> AmendmentRequested:
    return wanted(line("box", "8", days, instead=instead), ordered=5)


async def test_more_takes_the_substitute_that_its_line_was_promised_with(stage: Stage) -> None:
    await ordered(stage)
    await stage.hear(eight())
    answer = await stage.last(ChangeAnswered)
    assert (answer.refused, answer.steps) == (None, (DateStep("l1", Quantity(8), SOON),))
    assert await substitutions(stage) == [("other", "card", "p", 5, "ann"), ("other", "card", "p", 3, "ann")]
    assert (await stage.balances())["other-lot", "main"] == ("10", "8")
    await stage.hear(YES)
    assert {(sku, source) for sku, source, *_ in await stage.planned()} == {("box", "make")}
    await stage.pass_time(days=14)
    inputs = [(each.sku, each.quantity) for run in await stage.told(RunRequested) for each in run.inputs]
    assert sorted(inputs, key=str) == [("other", Quantity(3)), ("other", Quantity(5))]
    await stage.books_are_whole()


async def test_what_is_not_taken_gives_its_substitute_back(stage: Stage) -> None:
    await ordered(stage)
    await stage.hear(eight(), NO)
    assert (await stage.balances())["other-lot", "main"] == ("10", "5")
    assert await substitutions(stage) == [("other", "card", "p", 5, "ann")]
    await stage.books_are_whole()


async def test_where_the_substitute_does_not_suffice_more_is_refused_and_it_is_said_why(stage: Stage) -> None:
    await ordered(stage, others="7")
    before = await stage.planned()
    await stage.hear(eight())
    assert (await stage.last(ChangeAnswered)).refused == (
        "nothing supplies other at plant-1; other stands in for card"
    )
    assert await stage.planned() == before
    assert await substitutions(stage) == [("other", "card", "p", 5, "ann")]
    await stage.books_are_whole()


async def test_where_the_substitute_has_to_be_bought_first_more_comes_later(stage: Stage) -> None:
    await ordered(stage, others="7")
    await stage.hear(terms("other", 40), eight())
    (step,) = (await stage.last(ChangeAnswered)).steps
    assert step.at > NOW + 40 * DAY
    assert [row for row in await stage.planned() if row[0] != "box"] == [("other", "buy", "planned", "1")]


async def test_what_is_no_substitute_any_more_is_made_by_its_recipe(stage: Stage) -> None:
    await ordered(stage)
    await stage.do(commands.SetSubstitute(CARD._replace(valid_to_at=NOW + DAY)))
    await stage.hear(eight())
    assert (await stage.last(ChangeAnswered)).refused is None
    assert ("card", "buy", "planned", "3") in await stage.planned()
    assert await substitutions(stage) == [("other", "card", "p", 5, "ann")]


async def test_what_is_wanted_sooner_takes_the_substitute_a_second_time(stage: Stage) -> None:
    await stage.opened("box", "card", "other", "third")
    await ordered(stage, others="5")
    await stage.hear(terms("other", 4), boxes_at(12))
    (step,) = (await stage.last(ChangeAnswered)).steps
    assert step.at == NOW + 12 * DAY
    assert {each[0] for each in await substitutions(stage)} == {"other"}


def boxes_at(days: float) -> AmendmentRequested:
    return replace(eight(days), lines=(), wanted=(line("box", "5", days, instead=LET),))
