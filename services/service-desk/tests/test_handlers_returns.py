"""What clients send back: only what was handed over to them, lot by lot, and no more than they may."""

from __future__ import annotations

import pytest
from tests.desk_door import CLIENT, OTHER, WAREHOUSE, Door
from tests.desk_made import lot, ready
from tests.desk_stage import Stage

from backbone.errors import NotFound
from contracts.returns import ReturnAuthorised, ReturnReceived
from contracts.values import Quantity
from service_desk import commands
from service_desk.domain.goods import RefusedLot
from service_desk.domain.returning import LotQuantity, MoreThanAuthorised, NotHandedOver

ALLOWED = ReturnAuthorised("r1", "o1", "need-p1", "c1", "L1", Quantity(3), "scratched")


async def handed_over(stage: Stage) -> None:
    """Two lots of two were brought; of the second the client took one."""
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready("L1", lot("A", "2"), lot("B", "2")))
    visit_id = await stage.confirm()
    await stage.do(commands.DispatchGoods(visit_id, 0))
    await stage.accept(visit_id, RefusedLot("L1", "B", Quantity(1)), reason="dented")


async def back(stage: Stage, lots: dict[str, int], return_id: str = "r1") -> None:
    named = tuple(LotQuantity(lot_id, Quantity(quantity)) for lot_id, quantity in lots.items())
    await stage.do(commands.ReceiveReturn(return_id, named))


async def test_what_was_handed_over_is_taken_in_lot_by_lot_until_all_has_come(stage: Stage) -> None:
    await handed_over(stage)
    await stage.hear(ALLOWED)
    await back(stage, {"A": 1})
    await back(stage, {"A": 1, "B": 1})
    first, second = await stage.told(ReturnReceived)
    assert (first.order_id, first.line_id, first.site_id) == ("o1", "L1", "plant-1")
    assert [(part.lot_id, str(part.quantity)) for part in second.lots] == [("A", "1"), ("B", "1")]
    assert first.lots[0].cost.bought_in == 50
    with pytest.raises(MoreThanAuthorised, match="0 can still come"):
        await back(stage, {"A": 1})
    assert await stage.rows("SELECT received_micro FROM returns") == [(3_000_000,)]


@pytest.mark.parametrize("lots", [{}, {"A": 3}, {"B": 2}, {"C": 1}, {"A": 0}, {"A": -1}])
async def test_nothing_is_taken_in_that_the_client_does_not_have(stage: Stage, lots: dict[str, int]) -> None:
    await handed_over(stage)
    await stage.hear(ALLOWED)
    with pytest.raises(NotHandedOver):
        await back(stage, lots)
    assert await stage.told(ReturnReceived) == []


async def test_what_came_back_by_one_return_does_not_come_by_another(stage: Stage) -> None:
    await handed_over(stage)
    await stage.hear(ALLOWED, ReturnAuthorised("r2", "o1", "need-p1", "c1", "L1", Quantity(2), "not liked"))
    await back(stage, {"A": 2})
    with pytest.raises(NotHandedOver):
        await back(stage, {"A": 1}, "r2")
    await back(stage, {"B": 1}, "r2")
    assert [fact.return_id for fact in await stage.told(ReturnReceived)] == ["r1", "r2"]
    with pytest.raises(NotFound):
        await back(stage, {"B": 1}, "r3")


async def test_a_return_is_listed_for_the_warehouse_and_for_its_client_alone(door: Door) -> None:
    await handed_over(door.stage)
    await door.stage.hear(ALLOWED)
    (one,) = (await door.get(WAREHOUSE, "/v1/returns?state=awaited&order_id=o1"))["items"]
    assert (one["return_id"], one["quantity"], one["received"]) == ("r1", "3", "0")
    taken = {"lots": [{"lot_id": "A", "quantity": "2"}, {"lot_id": "B", "quantity": "1"}]}
    assert (await door.post(WAREHOUSE, "/v1/returns/r1/receipt", taken))["state"] == "received"
    assert (await door.get(WAREHOUSE, "/v1/returns?state=awaited"))["items"] == []
    assert (await door.get(CLIENT, "/v1/returns/r1"))["lots"][0] == {"lot_id": "A", "quantity": "2"}
    await door.get(OTHER, "/v1/returns/r1", status=404)
    await door.post(WAREHOUSE, "/v1/returns/r1/receipt", {"lots": []}, status=422)
