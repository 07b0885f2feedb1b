"""Inquiries say what could be there sooner with a substitute, and take none."""

from __future__ import annotations

from typing import Any

import pytest

from materials import commands
from materials.domain.substitute import Substitute
from services.materials.tests.door import PLANNER, Door
from services.materials.tests.made import DAY, NOW, recipe, terms
from services.materials.tests.test_substitutes import CARD

SLOW = CARD._replace(substitute_sku="third", priority=2)


async def opened(door: Door, *known: Substitute) -> None:
    """Boxes are made of one card each; cards take thirty days, others lie in stock, thirds take ten."""
    stage = door.stage
    await stage.opened("box", "card", "other", "third")
    await stage.hear(recipe("box", {"card": "1"}, {"box": "1"}), terms("card", 30), terms("third", 10))
    await stage.stock("other-lot", "other", "10")
    for each in known:
        await stage.do(commands.SetSubstitute(each))


async def reasons(door: Door, quantity: str = "5", days: int = 15) -> list[str]:
    line = {"sku": "box", "site_id": "plant-1", "quantity": quantity}
    wanted = {"lines": [{**line, "wanted_at": (NOW + days * DAY).isoformat()}]}
    answer: dict[str, Any] = await door.post(PLANNER, "/v1/promises", wanted)
    found: list[str] = answer["reasons"]
    return [each for each in found if "instead of" in each]


async def test_an_inquiry_names_the_first_substitute_that_lets_it_be_there_sooner(door: Door) -> None:
    await opened(door, CARD, SLOW)
    assert await reasons(door) == ["2026-03-17 with other instead of card"]
    assert await reasons(door, "11") == ["2026-03-17 with third instead of card"], (
        "of the others too few lie in stock"
    )
    assert await door.stage.planned() == [], "nothing of it is kept"
    assert await door.stage.rows("SELECT count(*) FROM demands") == [(0,)]


@pytest.mark.parametrize(
    ("known", "days"),
    [
        ((), 15),
        ((CARD,), 60),
        ((CARD._replace(ratio_micro=3_000_000),), 15),
        ((CARD._replace(valid_to_at=NOW + 10 * DAY),), 15),
    ],
    ids=["there is none", "it is in time", "three stand in for one", "it is not valid then"],
)
async def test_where_no_substitute_helps_none_is_named(
    door: Door, known: tuple[Substitute, ...], days: int
) -> None:
    await opened(door, *known)
    assert await reasons(door, days=days) == []


async def test_an_inquiry_names_those_that_let_it_be_there_sooner_together(door: Door) -> None:
    stage = door.stage
    await stage.opened("box", "card", "other", "lid", "third")
    both = recipe("box", {"card": "1", "lid": "1"}, {"box": "1"})
    await stage.hear(both, terms("card", 30), terms("lid", 30), terms("third", 10))
    await stage.stock("other-lot", "other", "10")
    for each in (CARD, CARD._replace(sku="lid", substitute_sku="third")):
        await stage.do(commands.SetSubstitute(each))
    assert await reasons(door) == ["2026-03-17 with other instead of card and third instead of lid"]
