"""What a lot was made of and what was made of it: the nearest first, each once, page by page, however many."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from backbone.errors import NotFound
from contracts.values import Quantity
from materials import commands, queries
from services.materials.tests.made import consumed, part, produced
from services.materials.tests.stage import Stage

# A wide lot of 100,000 parents, a deep one of a chain, and one whose two ways lead to the same.
LINKS = """
    INSERT INTO lot_links (child_id, parent_id)
    SELECT 'wide', 'w' || lpad(CAST(n AS text), 6, '0') FROM generate_series(1, 100000) AS n
    UNION ALL SELECT 'd' || n, 'd' || n + 1 FROM generate_series(1, 120) AS n
    UNION ALL VALUES ('top', 'left'), ('top', 'right'), ('left', 'base'), ('right', 'base'), ('left', 'right')
"""


async def pages(
    stage: Stage, lot_id: str, *, up: bool = True, limit: int = 50, most: int = 10
) -> list[tuple[int, str]]:
    """Steps and lots of some pages."""
    found: list[tuple[int, str]] = []
    after = ""
    async with stage.host.read() as sql:
        for _ in range(most):
            page = await queries.page_related(sql, lot_id, up=up, after=after, limit=limit)
            found += [(lot.steps, lot.lot_id) for _, lot in page]
            if len(page) < limit:
                break
            after = page[-1][0]
    return found


async def test_lots_are_found_nearest_first_each_once_and_page_by_page(stage: Stage) -> None:
    async with stage.host.begin() as tx:
        await tx.sql.execute(text(LINKS))
    assert await pages(stage, "top", limit=1) == [(1, "left"), (1, "right"), (2, "base")]
    assert await pages(stage, "base", up=False, limit=2) == [(1, "left"), (1, "right"), (2, "top")]
    chain = await pages(stage, "d1", limit=50)
    assert chain == [(steps, f"d{steps + 1}") for steps in range(1, 121)]
    wide = await pages(stage, "wide", most=3)
    assert wide == [(1, f"w{number:06d}") for number in range(1, 151)]
    assert await pages(stage, "w100000", up=False) == [(1, "wide")]
    assert await pages(stage, "nothing") == []


async def test_the_lots_around_a_lot_are_shown_with_what_was_taken_of_which(stage: Stage) -> None:
    await stage.opened("bar", "shaft")
    await stage.stock("b1", "bar", "10")
    await stage.stock("b2", "bar", "5")
    await stage.asked_run("p1", "shaft")
    await stage.hear(consumed("p1", part("b1", "bar", "4", 400), part("b2", "bar", "5", 1_000)))
    await stage.hear(produced("p1", part("s1", "shaft", "9", 1_400), parents=("b1", "b2")))
    async with stage.host.read() as sql:
        seen = await queries.find_genealogy(sql, "s1")
        below = await queries.find_genealogy(sql, "b1")
        with pytest.raises(NotFound):
            await queries.find_genealogy(sql, "none")
    assert [(edge.parent_id, edge.quantity) for edge in seen.edges] == [
        ("b1", Quantity(4)),
        ("b2", Quantity(5)),
    ]
    assert [(lot.lot_id, lot.quantity, lot.status) for lot in seen.up] == [
        ("b1", Quantity(10), "released"), ("b2", Quantity(5), "consumed")
    ]  # fmt: skip
    assert ([lot.lot_id for lot in below.down], below.up, below.more_down) == (["s1"], (), False)


async def test_a_piece_is_found_by_its_serial(stage: Stage) -> None:
    await stage.opened("shaft")
    lot = replace(part("s1", "shaft", "2"), serials=("n1", "n2"))
    await stage.do(commands.BookLot("plant-1", lot))
    await stage.stock("s2", "shaft", "1")
    async with stage.host.read() as sql:
        found = await queries.page_lots_with_serial(sql, "n2", after="", limit=10)
        assert [key for key, _ in found] == ["s1"]
        assert await queries.page_lots_with_serial(sql, "n3", after="", limit=10) == []
