"""One order from need to delivery as all services tell it, every promise kept; tests plant what breaks one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from backbone.ids import new_id
from backbone.partition import partition_of
from backbone.wire import encode
from contracts import changes as c
from contracts import materials as m
from contracts import orders as o
from contracts import production as p
from contracts import recalls as r
from contracts import recipes, rfqs
from contracts import service_desk as d
from contracts import vendors as v
from contracts.orders import OrderLine
from contracts.shapes import (
    DateStep,
    DemandLine,
    ItemPart,
    LineQuantity,
    LotPart,
    Peg,
    Share,
    Slot,
    ValueAdded,
)
from contracts.topics import PARTITIONS_COUNT, topic_of
from contracts.values import CostVector, Money, Quantity
from o2d.verify.ground import Ground
from o2d.verify.hearing import Heard
from o2d.verify.log import Log, Told
from o2d.verify.sending import Kafka, Sent
from o2d.verify.stock import Booked

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATER = AT + timedelta(hours=2)
Q = Quantity
ONE, TWO, FOUR = Q(1), Q(2), Q(4)


def cost(bought_in: int, labour: int = 0, capital: int = 0, overhead: int = 0) -> CostVector:
    return CostVector(bought_in, labour, capital, overhead, "EUR")


def part(lot_id: str, sku: str, quantity: Quantity, spent: CostVector) -> LotPart:
    return LotPart(lot_id, sku, quantity, spent)


def moved(
    lot: str, no: str, sku: str, quantity: Quantity, reason: Any, spent: CostVector, **purpose: Any
) -> m.StockMoved:
    return m.StockMoved(lot, no, sku, purpose.pop("site", "works"), quantity, reason, spent, **purpose)


GOOD = DemandLine("line-1", "good", "computer", TWO, "pcs", "works", AT)
WORK = DemandLine("line-2", "service", "installation", ONE, "pcs", "works", AT)
BOARDS = part("lot-boards", "board", FOUR, cost(400))
USED = part("lot-boards", "board", TWO, cost(200))
MADE = part("lot-made", "computer", TWO, cost(200, 30, 20, 10))
INSIDE = part("lot-inside", "case", ONE, cost(50))
DONE = (d.DeliveredLine("line-1", (MADE,)),)
SHARE = (Share("order-1", "line-1", TWO, "need-1"),)
VALUE = ValueAdded("EUR", 2500, 205, 77, 23, 10, 2185)


def _line(purchase_line_id: str, planned: str, sku: str, quantity: Quantity) -> v.PurchaseLine:
    price = Money(100, "EUR")
    return v.PurchaseLine(purchase_line_id, planned, sku, quantity, "pcs", price, "works", AT, (), ())


def _promise() -> list[Any]:
    demand = (GOOD, WORK)
    return [
        o.NeedStated("need-1", "customer-1", "address-1", "two computers", (), "complete-order"),
        o.PromiseRequested("promise-1", "need-1", 1, demand, "complete-order", 2, LATER),
        m.PromiseOffered("promise-1", "need-1", 1, (DateStep("line-1", TWO, LATER),), LATER, ()),
        o.SlotsRequested("promise-1", "need-1", 1, "customer-1", "address-1", (WORK,), AT, LATER),
        d.SlotsOffered("promise-1", "need-1", 1, (Slot("slot-1", "line-2", AT, LATER),), LATER),
        o.OrderPlaced(
            "order-1", "need-1", "quote-1", "promise-1", "customer-1", "contact-1", "address-1", 2,
            "complete-order",
            (OrderLine(GOOD, Money(2000, "EUR"), LATER), OrderLine(WORK, Money(500, "EUR"), LATER, "slot-1")),
        ),
        m.RequirementsPlanned(
            "order-1", (DateStep("line-1", TWO, LATER),), (Peg("line-1", "run", "make-1", TWO, LATER),)
        ),
        d.VisitBooked("visit-1", "order-1", "line-2", AT, LATER, ("paul",)),
        d.VisitBooked("visit-2", "order-2", "line-9", LATER, LATER + timedelta(hours=1), ("paul",)),
    ]  # fmt: skip


def _supply() -> list[Any]:
    outside = v.ReceivedLine("purchase-line-1", "buy-1", "works", (BOARDS,), True)
    inside = v.ReceivedLine("purchase-line-2", "buy-2", "works", (INSIDE,), True)
    return [
        m.PurchaseRequested("buy-1", "board", FOUR, "pcs", "works", LATER, (), SHARE),
        rfqs.RfqIssued("rfq-1", "buy-1", "board", FOUR, ("vendor-1",), LATER),
        rfqs.RfqAwarded("rfq-1", "quotation-1", "vendor-1", "cheapest", "buyer"),
        v.PurchaseOrderIssued(
            "purchase-1", "vendor-1", "external", None, (_line("purchase-line-1", "buy-1", "board", FOUR),), LATER
        ),
        m.PurchaseRequested("buy-2", "case", ONE, "pcs", "works", LATER, (), ()),
        v.PurchaseOrderIssued(
            "purchase-2", "vendor-2", "internal", "north", (_line("purchase-line-2", "buy-2", "case", ONE),), LATER
        ),
        m.InternalSupplyPromised("purchase-2", "purchase-line-2", "case", ONE, LATER),
        v.GoodsReceived("purchase-1", "vendor-1", "external", "receipt-1", (outside,)),
        moved("lot-boards", "move-1", "board", FOUR, "received", BOARDS.cost, planned_order_id="buy-1"),
        m.LotStatusChanged("lot-boards", "board", "works", "in-quality-check", "released", "inspected"),
        moved("lot-cable", "move-2", "cable", ONE, "adjusted", cost(5)),
        moved("lot-inside", "move-3", "case", ONE, "adjusted", INSIDE.cost, site="north"),
        moved("lot-inside", "move-4", "case", ONE, "dispatched", INSIDE.cost, site="north"),
        v.GoodsReceived("purchase-2", "vendor-2", "internal", "receipt-2", (inside,)),
        moved("lot-inside", "move-5", "case", ONE, "received", INSIDE.cost, planned_order_id="buy-2"),
        moved("lot-inside", "move-6", "case", ONE, "scrapped", INSIDE.cost),
        m.LotStatusChanged("lot-inside", "case", "works", "released", "scrapped", "broken"),
    ]  # fmt: skip


def _run() -> list[Any]:
    made = p.ProducedLot(MADE, "main", parents=("lot-boards",))
    run = ("run-1", "make-1")
    inputs, outputs = (
        (recipes.RecipeInput("board", ONE, 10),),
        (recipes.RecipeOutput("computer", ONE, "main"),),
    )
    return [
        m.ItemDefined("board", "Board", "kg", ONE),
        m.ItemDefined("computer", "Computer", "kg", ONE),
        p.RecipeApproved(
            "recipe-1", 1, "congregation", "Assemble", "works", inputs, outputs, (), AT, None, "ann", "bob", 1
        ),
        m.RunRequested(
            "make-1", "recipe-1", 1, "works", TWO, (ItemPart("board", TWO),), (ItemPart("computer", TWO),), AT,
            LATER, 2, SHARE,
        ),
        p.RunScheduled(*run, (), AT, LATER),
        p.RunStarted(*run),
        p.MaterialConsumed(*run, "works", (USED,)),
        moved("lot-boards", "move-7", "board", TWO, "consumed", USED.cost, planned_order_id="make-1"),
        p.MaterialProduced(*run, "works", (made,)),
        moved("lot-made", "move-8", "computer", TWO, "produced", MADE.cost, planned_order_id="make-1"),
        p.RunEnded(*run),
        p.RunClosed(*run, Q(60), Q(60), cost(0, 30, 20, 10), TWO, TWO),
    ]  # fmt: skip


def _delivery() -> list[Any]:
    for_line = {"order_id": "order-1", "line_id": "line-1"}
    return [
        m.ReservationReleased("promise-1", "need-1", "ordered"),
        d.GoodsDispatched("visit-3", "order-1", "works", DONE),
        moved("lot-made", "move-9", "computer", TWO, "dispatched", MADE.cost, **for_line),
        d.HandOverCompleted("visit-3", "order-1", "works", DONE, cost(0, 7, 3), "client"),
        moved("lot-made", "move-10", "computer", TWO, "shipped", MADE.cost, **for_line),
        o.LineFulfilled("order-1", "line-1", TWO),
        d.VisitCompleted(
            "visit-1", "order-1", "line-2", ONE, 60, (d.PartUsed("cable", ONE, "works"),), cost(0, 40), "client"
        ),
        moved("lot-cable", "move-11", "cable", ONE, "shipped", cost(5), order_id="order-1", line_id="line-2"),
        o.LineFulfilled("order-1", "line-2", ONE),
        o.AmendmentRequested("order-1", "change-1", (LineQuantity("line-1", ONE),), LATER),
        c.ChangeAnswered("order-1", "change-1"),
        c.DeliveryChangeAnswered("order-1", "change-1", "hand-over visit-2 is dispatched already"),
        o.ChangeWithdrawn("order-1", "change-1", "service-desk: it is dispatched already"),
        o.OrderCompleted("order-1", "need-1", "customer-1", VALUE),
    ]  # fmt: skip


def _recall() -> list[Any]:
    reached = (
        r.RecalledLot("lot-boards", "board", "works", None, "blocked", TWO, Q(0)),
        r.RecalledLot(
            "lot-made", "computer", "works", None, "shipped", Q(0), Q(0), (r.SentPart("order-1", TWO),)
        ),
    )
    ids = ("lot-boards", "lot-made")
    ticket = r.RecallTicket("ticket-1", "customer-1", "order-1", (r.RecalledDelivery("lot-made", TWO),))
    return [
        r.RecallOpened("recall-1", "brittle", "quality", ("lot-boards",)),
        r.RecallTraced("recall-1", "brittle", reached, complete=True),
        r.RecallFollowed("recall-1", ids, ()),
        r.RecallNotified("recall-1", ids, (ticket,)),
        p.LotDisposed("lot-boards", "board", "works", "release", "sound", "quality"),
        r.RecallAnswered("recall-1", "ticket-1", "told"),
        r.RecallClosed("recall-1", "quality", "it was another lot"),
    ]


def story() -> list[Any]:
    """The facts of the whole, in the order in which they happen."""
    return [*_promise(), *_supply(), *_run(), *_delivery(), *_recall()]


def told(facts: Iterable[Any]) -> Iterator[Told]:
    """Facts as their tellers' logs have them: each is caused by the one before it."""
    counts: Counter[tuple[str, str]] = Counter()
    cause: str | None = None
    for position, fact in enumerate(facts):
        topic = topic_of(type(fact))
        key = getattr(fact, topic.key)
        counts[topic.name, key] += 1
        event_id = new_id()
        recorded = AT + timedelta(seconds=position)
        yield Told(
            topic.owner, position, event_id, topic.name, key, counts[topic.name, key], type(fact), recorded,
            "need-1", cause, encode(fact),
        )  # fmt: skip
        cause = event_id


def ground(facts: Iterable[Any] | None = None, tellings: Iterable[Told] | None = None) -> Ground:
    """All that is checked, as it is when these facts were told, sent, heard and booked without a fault."""
    log = Log(tellings if tellings is not None else told(story() if facts is None else facts))
    heard = tuple(
        Heard("listener", f"on_{one.kind.__name__}", one.event_id, one.recorded_at)
        for one in log.tellings
        if one.kind is not None
    )
    records = [
        Sent(one.topic, partition_of(one.key, PARTITIONS_COUNT), one.key, one.event_id)
        for one in log.tellings
    ]
    booked = {
        move.move_id: Booked(
            move.move_id, move.lot_id, move.quantity.micro,
            (move.cost.bought_in, move.cost.labour, move.cost.capital, move.cost.overhead),
        )
        for move in log.of(m.StockMoved)
    }  # fmt: skip
    return Ground(log, heard, booked, Kafka(records, {}))
