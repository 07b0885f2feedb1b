"""Goods on their way, at the gate and back: quantities, tolerances, landed cost and lots of our own sites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.shapes import LotPart
from contracts.values import ZERO, CostVector, Money, PropertyValue, Quantity, total
from contracts.vendors import (
    GoodsReceived,
    GoodsRejected,
    GoodsReturned,
    PurchaseOrderClosed,
    ShipmentNotified,
)
from services.vendors.tests.made import DAY, HARD, NOW, RATES, internal, lot, order
from vendors.domain.delivery import (
    NothingArrived,
    Receipt,
    ReceivedLot,
    Returned,
    Shipment,
    Shipped,
    picked,
    receive,
    send_back,
    ship,
)
from vendors.domain.line import MoreThanOrdered, NothingThere
from vendors.domain.policy import Policy
from vendors.domain.purchase_order import PurchaseOrder
from vendors.domain.receipt import (
    Arrival,
    ArrivedLot,
    LotIsNotOnItsWay,
    NotInWholeQuanta,
    TurnedAway,
    taken,
    whole,
)
from vendors.domain.states import WrongState


def sent(of: PurchaseOrder, quantity: str, *lots: LotPart) -> tuple[PurchaseOrder, list[object]]:
    part = Shipped("pl1", Quantity(quantity), lots)
    return ship(of, Shipment("s1", "po1", (part,), NOW + DAY, NOW))


def arrived(*quantities: str, rejected: tuple[TurnedAway, ...] = ()) -> Arrival:
    lots = tuple(
        ArrivedLot(f"lot{n}", f"their{n}", Quantity(quantity)) for n, quantity in enumerate(quantities)
    )
    return Arrival("pl1", lots, rejected)


def received(
    of: PurchaseOrder, *arrivals: Arrival, extras: int = 0
) -> tuple[PurchaseOrder, Receipt, list[object]]:
    return receive(of, arrivals, receipt_id="r1", extras_minor=extras, rates=RATES, by="w", at=NOW + DAY)


def kinds(told: list[object]) -> list[type]:
    return [type(fact) for fact in told]


def test_a_shipment_is_notified_and_more_than_ordered_cannot_be_sent() -> None:
    shipped, (told,) = sent(order(), "20")
    assert isinstance(told, ShipmentNotified)
    assert shipped.lines[0].state == "shipped"
    with pytest.raises(MoreThanOrdered, match="takes 2 more"):
        sent(shipped, "3")
    with pytest.raises(NothingThere):
        sent(order(), "0")


def test_a_whole_receipt_carries_lots_with_landed_cost_and_closes_the_order() -> None:
    shipped, _ = sent(order(), "20")
    done, receipt, told = received(shipped, arrived("12", "8"), extras=101)
    assert kinds(told) == [GoodsReceived, PurchaseOrderClosed]
    assert isinstance(told[0], GoodsReceived)
    (line,) = told[0].lines
    assert line.complete
    assert [each.cost.bought_in for each in line.lots] == [12_061, 8_040]
    assert [each.vendor_lot for each in line.lots] == ["their0", "their1"]
    assert (done.lines[0].state, done.lines[0].completed_at) == ("received", NOW + DAY)
    assert receipt.parts[0].lots == line.lots


def test_the_price_of_a_foreign_vendor_is_landed_in_our_currency() -> None:
    _, _, told = received(order(unit_price=Money(1_000, "USD")), arrived("20"))
    assert isinstance(told[0], GoodsReceived)
    assert told[0].lines[0].lots[0].cost == CostVector(18_000, 0, 0, 0, "EUR")


def test_partial_receipts_leave_a_balance_and_a_receipt_needs_no_shipment_notice() -> None:
    part, _, told = received(order(), arrived("5"))
    assert kinds(told) == [GoodsReceived]
    assert (part.lines[0].state, part.lines[0].balance) == ("part-received", Quantity(15))
    done, _, told = received(part, arrived("15"))
    assert done.closed
    assert PurchaseOrderClosed in kinds(told)


def test_over_and_under_delivery_are_right_within_tolerance_only() -> None:
    over, _, _ = received(order(), arrived("22"))
    assert over.lines[0].state == "received"
    with pytest.raises(MoreThanOrdered):
        received(order(), arrived("22.000001"))
    lax = order(policy=Policy(under_tolerance_points=1_000))
    assert received(lax, arrived("18"))[0].closed
    assert not received(lax, arrived("17.999999"))[0].closed


def test_what_comes_after_the_end_within_tolerance_is_taken_in_and_moves_no_date() -> None:
    done, _, _ = received(order(), arrived("20"))
    more, _, told = receive(
        done, (arrived("2"),), receipt_id="r2", extras_minor=0, rates=RATES, by="w", at=NOW + 9 * DAY
    )
    assert kinds(told) == [GoodsReceived]
    assert more.lines[0].completed_at == NOW + DAY


def test_what_is_turned_away_opens_the_balance_again() -> None:
    shipped, _ = sent(order(), "20")
    bad, receipt, told = received(shipped, arrived("15", rejected=(TurnedAway(Quantity(5), "rust"),)))
    assert kinds(told) == [GoodsReceived, GoodsRejected]
    assert (bad.lines[0].state, bad.lines[0].balance) == ("part-received", Quantity(5))
    assert (receipt.parts[0].rejected, receipt.parts[0].reason) == (Quantity(5), "rust")
    again, _ = sent(bad, "5")
    assert received(again, arrived("5"))[0].closed


def test_a_line_of_which_nothing_was_accepted_is_rejected_and_may_be_sent_again() -> None:
    away, _, told = received(order(), arrived(rejected=(TurnedAway(Quantity(20), "wrong item"),)))
    assert kinds(told) == [GoodsRejected]
    assert away.lines[0].state == "rejected"
    assert sent(away, "20")[0].lines[0].state == "shipped"


def test_a_measured_property_replaces_the_promised_one_and_others_stay() -> None:
    soft = PropertyValue("hardness", Quantity(57), "HRC")
    length = PropertyValue("length", Quantity(300), "mm")
    ordered = order(properties=(HARD, length))
    measured = Arrival("pl1", (ArrivedLot("l", "v", Quantity(20), (soft,), ("s1",)),))
    _, _, told = received(ordered, measured)
    assert isinstance(told[0], GoodsReceived)
    (part,) = told[0].lines[0].lots
    assert set(part.properties) == {soft, length}
    assert part.serials == ("s1",)


def test_a_lot_of_our_own_site_keeps_its_id_and_its_cost() -> None:
    shipped, _ = sent(order(internal()), "20", lot("L1", "12", 100, 50, 25, 10), lot("L2", "8", 80, 0, 0, 1))
    here = Arrival("pl1", (ArrivedLot("new", "L1", Quantity(12)), ArrivedLot("new", "L2", Quantity(8))))
    done, _, told = received(shipped, here)
    assert isinstance(told[0], GoodsReceived)
    parts = told[0].lines[0].lots
    assert [(part.lot_id, part.cost) for part in parts] == [
        ("L1", CostVector(100, 50, 25, 10, "EUR")),
        ("L2", CostVector(80, 0, 0, 1, "EUR")),
    ]
    assert done.lines[0].on_the_way == ()


def test_only_lots_on_their_way_arrive_from_our_own_site_and_rejected_ones_are_named() -> None:
    shipped, _ = sent(order(internal()), "20", lot("L1", "20", 100, 0, 0, 0))
    for strange in (arrived("20"), arrived(rejected=(TurnedAway(Quantity(1), "dent"),))):
        with pytest.raises(LotIsNotOnItsWay):
            received(shipped, strange)
    back = Arrival("pl1", (), (TurnedAway(Quantity(20), "dent", "L1"),))
    _, _, (told,) = received(shipped, back)
    assert isinstance(told, GoodsRejected)
    assert [part.lot_id for part in told.lots] == ["L1"]
    assert told.supplying_site_id == order(internal()).supplying_site_id is not None


@given(
    st.lists(st.integers(1, 1_000), min_size=1, max_size=8),
    st.tuples(*(st.integers(0, 10_000),) * 4),
)
def test_parts_of_a_lot_sum_to_its_quantity_and_cost(sizes: list[int], cost: tuple[int, ...]) -> None:
    whole = lot("L", str(sum(sizes)), *cost)
    left: tuple[LotPart, ...] = (whole,)
    parts = []
    for size in sizes:
        part, left = taken(left, "L", Quantity(size))
        parts.append(part)
    assert left == ()
    assert total(part.quantity for part in parts) == whole.quantity
    assert sum(part.cost.total for part in parts) == whole.cost.total


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10)), min_size=1, max_size=12))
def test_never_more_than_the_tolerance_is_taken_in_whatever_arrives(
    deliveries: list[tuple[int, int]],
) -> None:
    current = order()
    for accepted, rejected in deliveries:
        lots = (str(accepted),) if accepted else ()
        away = (TurnedAway(Quantity(rejected), "bad"),) if rejected else ()
        try:
            current, _, _ = received(current, arrived(*lots, rejected=away))
        except (MoreThanOrdered, NothingThere, WrongState):
            continue
    line = current.lines[0]
    assert line.kept <= line.quantity.times(Quantity("1.1").decimal)
    assert current.closed == (line.kept >= line.quantity)


@pytest.mark.parametrize(
    ("arrivals", "extras"),
    [
        ((), 0),
        ((arrived("1"), arrived("1")), 0),
        ((arrived("1"),), -1),
        ((arrived(rejected=(TurnedAway(Quantity(1), "bad"),)),), 5),
    ],
)
def test_a_receipt_that_makes_no_sense_is_refused(arrivals: tuple[Arrival, ...], extras: int) -> None:
    with pytest.raises(NothingArrived):
        received(order(), *arrivals, extras=extras)


def returned(
    of: PurchaseOrder, quantity: str, *, replacement: bool = True
) -> tuple[PurchaseOrder, list[object]]:
    lots = (lot("lot0", quantity, 10, 0, 0, 0),)
    return send_back(of, Returned("b1", "po1", "pl1", lots, replacement, "porous", NOW, "w"))


def test_a_return_takes_the_newest_receipts_of_a_lot_first_and_never_more_than_came_in() -> None:
    came = [
        ReceivedLot("r1", "pl1", lot("L", "12", 120, 0, 0, 0), Quantity(2)),
        ReceivedLot("r2", "pl1", lot("L", "8", 80, 0, 0, 0), ZERO),
    ]
    left, parts = picked(came, [("L", Quantity(10))])
    assert [each.returned for each in left] == [Quantity(4), Quantity(8)]
    assert [(part.quantity, part.cost.bought_in) for part in parts] == [(Quantity(8), 80), (Quantity(2), 20)]
    for too_much in ("18.5", "0"):
        with pytest.raises(NothingArrived):
            picked(came, [("L", Quantity(too_much))])
    with pytest.raises(NothingArrived):
        picked(came, [("other", Quantity(1))])


def test_an_item_is_counted_in_its_quanta() -> None:
    whole(Quantity("1.5"), None, "a lot")
    whole(Quantity("1.5"), 500_000, "a lot")
    with pytest.raises(NotInWholeQuanta, match=r"1\.5"):
        whole(Quantity("1.5"), 1_000_000, "a lot")


def test_what_goes_back_for_a_replacement_is_owed_again() -> None:
    done, _, _ = received(order(), arrived("20"))
    back, (told,) = returned(done, "6")
    assert isinstance(told, GoodsReturned)
    assert (back.lines[0].state, back.lines[0].balance) == ("part-received", Quantity(6))
    assert received(back, arrived("6"))[0].closed


def test_what_goes_back_for_credit_is_not_owed_and_nothing_goes_back_twice() -> None:
    done, _, _ = received(order(), arrived("20"))
    back, _ = returned(done, "20", replacement=False)
    assert back.closed
    with pytest.raises(MoreThanOrdered):
        returned(back, "1")


def test_nothing_is_replaced_of_a_line_whose_rest_was_let_go() -> None:
    part, _, _ = received(order(), arrived("5"))
    closed, _ = part.short_closed("enough")
    with pytest.raises(WrongState, match="let it be credited"):
        returned(closed, "2")
    back, (told,) = returned(closed, "2", replacement=False)
    assert isinstance(told, GoodsReturned)
    assert back.lines[0].state == "closed"


def test_goods_on_their_way_cannot_be_refused_but_the_rest_can_be_closed() -> None:
    shipped, _ = sent(order(), "5")
    with pytest.raises(WrongState):
        shipped.refused("no", NOW)
    part, _, _ = received(shipped, arrived("5"))
    closed, told = part.short_closed("enough")
    assert closed.lines[0].state == "closed"
    assert PurchaseOrderClosed in kinds(told)
