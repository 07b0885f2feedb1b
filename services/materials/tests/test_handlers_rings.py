"""Sites of ours that buy the same item of each other: the ring ends where it closes, and is said so."""

from __future__ import annotations

from dataclasses import replace

from contracts.materials import InternalSupplyPromised, InternalSupplyRefused
from contracts.vendors import PurchaseOrderIssued
from materials import commands
from materials.domain.item import Site
from services.materials.tests.made import (
    HARD,
    HARD_WINDOW,
    SOFT,
    SOFT_WINDOW,
    ask,
    hardening,
    issued,
    line,
    placed,
    terms,
)
from services.materials.tests.stage import Stage


async def companies(stage: Stage, sku: str) -> None:
    """Two sites of two companies."""
    await stage.opened(sku)
    await stage.do(commands.DefineSite(Site("plant-2", "two", "two-ltd", 1, None)))


async def newest(stage: Stage, sku: str, site_id: str) -> str:
    ((key,),) = await stage.rows(
        "SELECT planned_order_id FROM planned_orders WHERE sku = :sku AND site_id = :site AND source = 'buy'",
        sku=sku, site=site_id,
    )  # fmt: skip
    return str(key)


def internal(key: str, sku: str, of: str, to: str) -> PurchaseOrderIssued:
    """A purchase order for a planned order, to one of our own sites."""
    made = issued(key, sku, "10", vendor_kind="internal", supplying_site_id=of)
    return replace(made, lines=(replace(made.lines[0], site_id=to),))


async def test_what_a_site_buys_for_the_same_need_it_does_not_supply(stage: Stage) -> None:
    await companies(stage, "board")
    await stage.hear(terms("board", 5, "internal"))
    await stage.hear(replace(terms("board", 5, "internal"), terms_id="back", site_id="plant-2"))
    asked = ask("p", line("board", "10", days=8))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=9)
    await stage.hear(internal(await newest(stage, "board", "plant-1"), "board", "plant-2", "plant-1"))
    assert len(await stage.told(InternalSupplyPromised)) == 1
    back = await newest(stage, "board", "plant-2")
    await stage.hear(internal(back, "board", "plant-1", "plant-2"))
    (refused,) = await stage.told(InternalSupplyRefused)
    assert (refused.purchase_line_id, refused.reason) == (
        f"line-{back}", "plant-1 buys board itself for the same need",
    )  # fmt: skip
    assert len(await stage.planned()) == 2, "nothing more is planned for it"


async def test_what_comes_back_with_other_properties_is_no_ring(stage: Stage) -> None:
    await companies(stage, "shaft")
    await stage.hear(replace(terms("shaft", 5, "internal"), properties=(HARD,)))
    await stage.hear(replace(hardening(), site_id="plant-2"))
    await stage.hear(
        replace(terms("shaft", 5, "internal"), terms_id="soft", site_id="plant-2", properties=(SOFT,))
    )
    await stage.hear(replace(terms("shaft", 5), terms_id="steel", rank=2, properties=(SOFT,)))
    asked = ask("p", line("shaft", "10", days=8, window=HARD_WINDOW))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=9)
    first = internal(await newest(stage, "shaft", "plant-1"), "shaft", "plant-2", "plant-1")
    await stage.hear(replace(first, lines=(replace(first.lines[0], window=HARD_WINDOW),)))
    second = internal(await newest(stage, "shaft", "plant-2"), "shaft", "plant-1", "plant-2")
    await stage.hear(replace(second, lines=(replace(second.lines[0], window=SOFT_WINDOW),)))
    assert await stage.told(InternalSupplyRefused) == []
    assert len(await stage.told(InternalSupplyPromised)) == 2
