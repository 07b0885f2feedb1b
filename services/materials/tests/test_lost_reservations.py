"""Who was told of lots as ready or staged, and loses them to a count, a return or somebody else, hears of others."""

from __future__ import annotations

from contracts.instead import GoodsWithdrawn, MaterialsWithdrawn
from contracts.materials import GoodsReady, MaterialsStaged, RunRequested
from contracts.vendors import GoodsReturned
from materials import commands
from materials.domain.correcting import Counted
from services.materials.tests.made import DAY, NOW, ask, line, part, placed, recipe, scheduled
from services.materials.tests.stage import Stage


async def counted(stage: Stage, lot_id: str, quantity: str) -> None:
    """A count of a lot, which a second person approves."""
    micro = part(lot_id, "any", quantity).quantity.micro
    await stage.do(commands.CountLot(Counted(f"count-{lot_id}", "plant-1", lot_id, micro, "ann")))
    await stage.do(commands.DecideCount(f"count-{lot_id}", "bob", approved=True))


async def staged_run(stage: Stage) -> str:
    """The order of a run that has ten blanks of lot B staged."""
    await stage.opened("gear", "blank")
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}))
    await stage.stock("B", "blank", "10")
    asked = ask("p", line("gear", "10"))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=28)
    made = (await stage.last(RunRequested)).planned_order_id
    await stage.hear(scheduled(made, NOW + 28 * DAY, NOW + 29 * DAY))
    assert [each.lot_id for each in (await stage.last(MaterialsStaged)).lots] == ["B"]
    return made


async def test_goods_that_a_count_does_not_find_are_ready_with_other_lots(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.stock("L", "gear", "10")
    asked = ask("p", line("gear", "10"))
    await stage.hear(asked, placed(asked))
    await stage.stock("M", "gear", "10")
    await counted(stage, "L", "4")
    (gone,) = await stage.told(GoodsWithdrawn)
    assert gone.order_id == "order-p"
    ready = await stage.last(GoodsReady)
    assert {each.lot_id: str(each.quantity) for each in ready.lots} == {"L": "4", "M": "6"}


async def test_goods_that_go_back_to_their_vendor_are_ready_no_more(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.stock("L", "gear", "10")
    asked = ask("p", line("gear", "10"))
    await stage.hear(asked, placed(asked))
    await stage.stock("M", "gear", "4")
    back = GoodsReturned(
        "po", "line", "some-order", "steel-ltd", "plant-1", "r", (part("L", "gear", "3"),), replacement=False,
        reason="scratched",
    )  # fmt: skip
    await stage.hear(back)
    assert [each.reason for each in await stage.told(GoodsWithdrawn)] == ["returned to the vendor: scratched"]
    ready = await stage.last(GoodsReady)
    assert {each.lot_id: str(each.quantity) for each in ready.lots} == {"L": "7", "M": "3"}


async def test_a_run_whose_material_a_count_does_not_find_gets_other_lots(stage: Stage) -> None:
    made = await staged_run(stage)
    await stage.stock("C", "blank", "10")
    await counted(stage, "B", "7")
    staged = (await stage.told(MaterialsStaged))[1:]
    assert [{lot.lot_id: str(lot.quantity) for lot in each.lots} for each in staged] == [{"B": "7", "C": "3"}]
    told = [type(each) for each in await stage.all_told() if getattr(each, "planned_order_id", "") == made]
    assert told[-3:] == [MaterialsStaged, MaterialsWithdrawn, MaterialsStaged]


async def test_a_run_whose_material_goes_back_to_its_vendor_waits_until_there_is_other(stage: Stage) -> None:
    made = await staged_run(stage)
    back = GoodsReturned(
        "po", "line", "some-order", "steel-ltd", "plant-1", "r", (part("B", "blank", "1"),),
        replacement=False, reason="bent",
    )  # fmt: skip
    await stage.hear(back)
    assert await stage.told(MaterialsWithdrawn) == [MaterialsWithdrawn(made, "returned to the vendor: bent")]
    assert len(await stage.told(MaterialsStaged)) == 1
    await stage.stock("C", "blank", "1")
    lots = (await stage.last(MaterialsStaged)).lots
    assert {lot.lot_id: str(lot.quantity) for lot in lots} == {"B": "9", "C": "1"}
