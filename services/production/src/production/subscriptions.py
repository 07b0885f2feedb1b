"""Facts that production hears: each becomes a command."""

from __future__ import annotations

from typing import Final

from backbone.service import Subscription, hears
from contracts.answers import ActionMessageAccepted
from contracts.changes import ChangeProbed
from contracts.instead import MaterialsDelayed, MaterialsWithdrawn
from contracts.materials import ItemDefined, MaterialsStaged, RunRequested
from contracts.orders import ChangeCommitted, ChangeWithdrawn
from contracts.recalls import RecallAnswered, RecallNotified, RecallTraced
from contracts.returns import ReturnReceived
from contracts.service_desk import HandOverRefused
from contracts.vendors import (
    GoodsReceived,
    GoodsRejected,
    GoodsReturned,
    OrderAcknowledged,
    PurchaseOrderCancelled,
    PurchaseOrderIssued,
    PurchaseRefused,
)
from production import commands, handlers


def on_run_requested(fact: RunRequested) -> commands.PlanRun:
    """Materials asks for a run."""
    return commands.PlanRun(fact)


def on_materials_staged(fact: MaterialsStaged) -> commands.AllowRun:
    """The inputs of a run lie ready."""
    return commands.AllowRun(fact.planned_order_id, fact.runs, fact.lots)


def on_materials_withdrawn(fact: MaterialsWithdrawn) -> commands.UnstageRun:
    """What was staged for a run lies ready no more."""
    return commands.UnstageRun(fact.planned_order_id, fact.reason)


def on_materials_delayed(fact: MaterialsDelayed) -> commands.AwaitMaterial:
    """The inputs of a run come later than it was to begin."""
    return commands.AwaitMaterial(fact)


def on_purchase_order_issued(fact: PurchaseOrderIssued) -> commands.FollowPurchase | None:
    """A vendor is asked; only work on runs is production's business."""
    return None if fact.run_id is None else commands.FollowPurchase(fact.lines[0].planned_order_id, fact)


def on_order_acknowledged(fact: OrderAcknowledged) -> commands.FollowPurchase | None:
    """A vendor agrees to do the work of a run."""
    return None if fact.run_id is None else commands.FollowPurchase(fact.lines[0].planned_order_id, fact)


def on_purchase_refused(fact: PurchaseRefused) -> commands.FollowPurchase | None:
    """Nobody does the work of a run."""
    return None if fact.run_id is None else commands.FollowPurchase(fact.planned_order_id, fact)


def on_purchase_order_cancelled(fact: PurchaseOrderCancelled) -> commands.FollowPurchase | None:
    """The work of a run, or the rest of it, is not bought any more."""
    return None if fact.run_id is None else commands.FollowPurchase(fact.planned_order_ids[0], fact)


def on_work_received(fact: GoodsReceived) -> commands.FollowPurchase | None:
    """So much of the work of a run is done, and the goods are back."""
    return None if fact.run_id is None else commands.FollowPurchase(fact.lines[0].planned_order_id, fact)


def on_goods_received(fact: GoodsReceived) -> commands.AwaitInspection | None:
    """Goods arrived; only those that are to be inspected are production's business."""
    lines = tuple(line for line in fact.lines if line.inspect and line.lots)
    return commands.AwaitInspection(lines, fact.vendor_kind == "internal") if lines else None


def on_goods_returned(fact: GoodsReturned) -> commands.ForgetLots:
    """Goods went back, to another company or to another site of ours."""
    return commands.ForgetLots(fact.lots, fact.supplying_site_id)


def on_goods_rejected(fact: GoodsRejected) -> commands.AwaitReturned | None:
    """Another site of ours did not take goods of ours."""
    site_id = fact.supplying_site_id
    return None if site_id is None or not fact.lots else commands.AwaitReturned(site_id, fact.lots)


def on_hand_over_refused(fact: HandOverRefused) -> commands.AwaitReturned:
    """A client did not take these goods."""
    return commands.AwaitReturned(fact.site_id, tuple(lot for line in fact.lines for lot in line.lots))


def on_return_received(fact: ReturnReceived) -> commands.AwaitReturned:
    """A client has sent these goods back."""
    return commands.AwaitReturned(fact.site_id, fact.lots)


def on_item_defined(fact: ItemDefined) -> commands.KnowItem:
    """An item is counted so."""
    return commands.KnowItem(fact.counted)


def on_recall_traced(fact: RecallTraced) -> commands.FollowRecall:
    """Materials has found and blocked recalled lots."""
    return commands.FollowRecall(fact)


def on_recall_customers(fact: RecallNotified | RecallAnswered) -> commands.KnowCustomers:
    """Customers were sent recalled lots, or have answered."""
    return commands.KnowCustomers(fact)


def on_change_probed(fact: ChangeProbed) -> commands.AnswerProbe | None:
    """Materials asks whether a supply could be less; purchases are no business of production."""
    return commands.AnswerProbe(fact) if fact.supply == "run" else None


def on_change_committed(fact: ChangeCommitted) -> commands.FollowChange:
    """A customer takes a change."""
    return commands.FollowChange(fact.change_id, committed=True)


def on_change_withdrawn(fact: ChangeWithdrawn) -> commands.FollowChange:
    """A customer leaves a change, or it cannot be."""
    return commands.FollowChange(fact.change_id, committed=False)


def on_action_message_accepted(fact: ActionMessageAccepted) -> commands.FollowWish:
    """A planner wants a supply otherwise."""
    return commands.FollowWish(fact)


SUBSCRIPTIONS: Final[tuple[Subscription, ...]] = (
    hears(ItemDefined, on_item_defined, handlers.know_item),
    hears(RunRequested, on_run_requested, handlers.plan_run),
    hears(MaterialsStaged, on_materials_staged, handlers.allow_run),
    hears(MaterialsWithdrawn, on_materials_withdrawn, handlers.unstage_run),
    hears(MaterialsDelayed, on_materials_delayed, handlers.await_material),
    hears(PurchaseOrderIssued, on_purchase_order_issued, handlers.follow_purchase),
    hears(OrderAcknowledged, on_order_acknowledged, handlers.follow_purchase),
    hears(PurchaseRefused, on_purchase_refused, handlers.follow_purchase),
    hears(PurchaseOrderCancelled, on_purchase_order_cancelled, handlers.follow_purchase),
    hears(GoodsReceived, on_work_received, handlers.follow_purchase),
    hears(GoodsReceived, on_goods_received, handlers.await_inspection),
    hears(GoodsRejected, on_goods_rejected, handlers.await_returned),
    hears(HandOverRefused, on_hand_over_refused, handlers.await_returned),
    hears(ReturnReceived, on_return_received, handlers.await_returned),
    hears(GoodsReturned, on_goods_returned, handlers.forget_lots),
    hears(RecallTraced, on_recall_traced, handlers.follow_recall),
    hears(RecallNotified, on_recall_customers, handlers.know_customers),
    hears(RecallAnswered, on_recall_customers, handlers.know_customers),
    hears(ChangeProbed, on_change_probed, handlers.answer_probe),
    hears(ChangeCommitted, on_change_committed, handlers.follow_change),
    hears(ChangeWithdrawn, on_change_withdrawn, handlers.follow_change),
    hears(ActionMessageAccepted, on_action_message_accepted, handlers.follow_wish),
)
