"""What moves stock: receipts, runs, inspections, deliveries, recalls; work that vendors did for runs brings none."""

from __future__ import annotations

from typing import Final

from backbone.service import Subscription, hears
from contracts import production, recalls, returns, service_desk, vendors
from materials import commands, handlers


def on_goods_received(fact: vendors.GoodsReceived) -> commands.TakeGoods | None:
    """Goods of a vendor arrived."""
    return None if fact.run_id is not None else commands.TakeGoods(fact)


def on_goods_returned(fact: vendors.GoodsReturned) -> commands.TakeGoods:
    """Goods went back to their vendor."""
    return commands.TakeGoods(fact)


def on_material_consumed(fact: production.MaterialConsumed) -> commands.TakeRun:
    """A run took lots."""
    return commands.TakeRun(fact)


def on_material_produced(fact: production.MaterialProduced) -> commands.TakeRun:
    """A run made lots."""
    return commands.TakeRun(fact)


def on_run_closed(fact: production.RunClosed) -> commands.TakeRun:
    """A run is reconciled."""
    return commands.TakeRun(fact)


def on_run_aborted(fact: production.RunAborted) -> commands.TakeRun:
    """A run was given up."""
    return commands.TakeRun(fact)


def on_lot_inspected(fact: production.LotInspected) -> commands.TakeQuality:
    """A lot was measured."""
    return commands.TakeQuality(fact)


def on_lot_disposed(fact: production.LotDisposed) -> commands.TakeQuality:
    """It was decided what becomes of a blocked lot."""
    return commands.TakeQuality(fact)


def on_goods_dispatched(fact: service_desk.GoodsDispatched) -> commands.TakeDelivery:
    """Goods have left for the client."""
    return commands.TakeDelivery(fact)


def on_hand_over_completed(fact: service_desk.HandOverCompleted) -> commands.TakeDelivery:
    """The client accepted goods."""
    return commands.TakeDelivery(fact)


def on_hand_over_refused(fact: service_desk.HandOverRefused) -> commands.TakeDelivery:
    """The client did not accept goods."""
    return commands.TakeDelivery(fact)


def on_return_received(fact: returns.ReturnReceived) -> commands.TakeBack:
    """A client has sent goods back."""
    return commands.TakeBack(fact)


def on_visit_missed(fact: service_desk.VisitMissed) -> commands.TakeDelivery:
    """Nobody was there."""
    return commands.TakeDelivery(fact)


def on_visit_completed(fact: service_desk.VisitCompleted) -> commands.TakeDelivery:
    """The work is done, and the client said so."""
    return commands.TakeDelivery(fact)


def on_visit_suspended(fact: service_desk.VisitSuspended) -> commands.TakeDelivery:
    """A visit waits for its client."""
    return commands.TakeDelivery(fact)


def on_visit_resumed(fact: service_desk.VisitResumed) -> commands.TakeDelivery:
    """A visit that waited goes on."""
    return commands.TakeDelivery(fact)


def on_recall(fact: recalls.RecallOpened | recalls.RecallWidened) -> commands.TraceRecall:
    """Lots are called back, with all that was made of them."""
    return commands.TraceRecall(fact)


def on_recall_closed(fact: recalls.RecallClosed) -> commands.CloseRecall:
    """Nothing is left to be done of a recall."""
    return commands.CloseRecall(fact.recall_id)


STOCK: Final[tuple[Subscription, ...]] = (
    hears(vendors.GoodsReceived, on_goods_received, handlers.follow_facts),
    hears(vendors.GoodsReturned, on_goods_returned, handlers.follow_facts),
    hears(production.MaterialConsumed, on_material_consumed, handlers.follow_facts),
    hears(production.MaterialProduced, on_material_produced, handlers.follow_facts),
    hears(production.RunClosed, on_run_closed, handlers.follow_facts),
    hears(production.RunAborted, on_run_aborted, handlers.follow_facts),
    hears(production.LotInspected, on_lot_inspected, handlers.follow_facts),
    hears(production.LotDisposed, on_lot_disposed, handlers.follow_facts),
    hears(recalls.RecallOpened, on_recall, handlers.trace_recall),
    hears(recalls.RecallWidened, on_recall, handlers.trace_recall),
    hears(recalls.RecallClosed, on_recall_closed, handlers.close_recall),
    hears(service_desk.GoodsDispatched, on_goods_dispatched, handlers.follow_facts),
    hears(service_desk.HandOverCompleted, on_hand_over_completed, handlers.follow_facts),
    hears(service_desk.HandOverRefused, on_hand_over_refused, handlers.follow_facts),
    hears(returns.ReturnReceived, on_return_received, handlers.take_back),
    hears(service_desk.VisitMissed, on_visit_missed, handlers.follow_facts),
    hears(service_desk.VisitCompleted, on_visit_completed, handlers.follow_facts),
    hears(service_desk.VisitSuspended, on_visit_suspended, handlers.follow_facts),
    hears(service_desk.VisitResumed, on_visit_resumed, handlers.follow_facts),
)
