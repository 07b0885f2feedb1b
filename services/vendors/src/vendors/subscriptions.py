"""Facts that vendors hears: each becomes a command."""

from __future__ import annotations

from typing import Final

from backbone.service import Subscription, hears
from contracts.answers import ActionMessageAccepted
from contracts.changes import ChangeProbed
from contracts.materials import (
    InternalGoodsReady,
    InternalSupplyPromised,
    InternalSupplyRefused,
    ItemDefined,
    PurchaseRequested,
    SiteDefined,
)
from contracts.orders import ChangeCommitted, ChangeWithdrawn
from contracts.outside import WorkRequested, WorkWithdrawn
from contracts.production import CalendarChanged, LotInspected
from vendors import commands, handlers
from vendors.domain.answer import LineAnswer


def on_item_defined(fact: ItemDefined) -> commands.KnowItem:
    """An item is counted so."""
    return commands.KnowItem(fact)


def on_site_defined(fact: SiteDefined) -> commands.KnowSite:
    """A site lies so far away."""
    return commands.KnowSite(fact)


def on_calendar_changed(fact: CalendarChanged) -> commands.KnowCalendar:
    """Somebody works on these days."""
    return commands.KnowCalendar(fact)


def on_purchase_requested(fact: PurchaseRequested) -> commands.SourcePurchase:
    """Materials wants something bought."""
    return commands.SourcePurchase(fact)


def on_work_requested(fact: WorkRequested) -> commands.SourceWork:
    """Production wants the work of a run bought."""
    return commands.SourceWork(fact)


def on_work_withdrawn(fact: WorkWithdrawn) -> commands.WithdrawWork:
    """Production wants it no more."""
    return commands.WithdrawWork(fact.run_id, fact.planned_order_id, fact.reason)


def on_internal_supply_promised(fact: InternalSupplyPromised) -> commands.TakeInternalPromise:
    """A site of ours names its date."""
    line = LineAnswer(fact.purchase_line_id, fact.quantity, at=fact.at)
    return commands.TakeInternalPromise(fact.purchase_order_id, line)


def on_internal_supply_refused(fact: InternalSupplyRefused) -> commands.TakeInternalRefusal:
    """A site of ours cannot."""
    return commands.TakeInternalRefusal(fact.purchase_order_id, fact.reason)


def on_internal_goods_ready(fact: InternalGoodsReady) -> commands.TakeInternalGoods:
    """Goods of a site of ours set out."""
    return commands.TakeInternalGoods(fact.purchase_order_id, fact.purchase_line_id, fact.lots)


def on_lot_inspected(fact: LotInspected) -> commands.TakeInspection | None:
    """What incoming inspection found counts for the vendor; a lot of a run is no business of vendors."""
    return None if fact.run_id is not None else commands.TakeInspection(fact.lot_id, fact.passed)


def on_change_probed(fact: ChangeProbed) -> commands.AnswerProbe | None:
    """Materials asks whether a supply could be less; runs are no business of vendors."""
    return commands.AnswerProbe(fact) if fact.supply == "purchase" else None


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
    hears(SiteDefined, on_site_defined, handlers.know_site),
    hears(CalendarChanged, on_calendar_changed, handlers.know_calendar),
    hears(PurchaseRequested, on_purchase_requested, handlers.source_purchase),
    hears(WorkRequested, on_work_requested, handlers.source_work),
    hears(WorkWithdrawn, on_work_withdrawn, handlers.withdraw_work),
    hears(InternalSupplyPromised, on_internal_supply_promised, handlers.take_internal_promise),
    hears(InternalSupplyRefused, on_internal_supply_refused, handlers.take_internal_refusal),
    hears(InternalGoodsReady, on_internal_goods_ready, handlers.take_internal_goods),
    hears(LotInspected, on_lot_inspected, handlers.take_inspection),
    hears(ChangeProbed, on_change_probed, handlers.answer_probe),
    hears(ChangeCommitted, on_change_committed, handlers.follow_change),
    hears(ChangeWithdrawn, on_change_withdrawn, handlers.follow_change),
    hears(ActionMessageAccepted, on_action_message_accepted, handlers.follow_wish),
)
