"""Facts that vendors hears: each becomes a command."""

from __future__ import annotations

from typing import Final

from backbone.service import Subscription, hears
from contracts.materials import (
    InternalGoodsReady,
    InternalSupplyPromised,
    InternalSupplyRefused,
    ItemDefined,
    PurchaseRequested,
    SiteDefined,
)
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


SUBSCRIPTIONS: Final[tuple[Subscription, ...]] = (
    hears(ItemDefined, on_item_defined, handlers.know_item),
    hears(SiteDefined, on_site_defined, handlers.know_site),
    hears(CalendarChanged, on_calendar_changed, handlers.know_calendar),
    hears(PurchaseRequested, on_purchase_requested, handlers.source_purchase),
    hears(InternalSupplyPromised, on_internal_supply_promised, handlers.take_internal_promise),
    hears(InternalSupplyRefused, on_internal_supply_refused, handlers.take_internal_refusal),
    hears(InternalGoodsReady, on_internal_goods_ready, handlers.take_internal_goods),
    hears(LotInspected, on_lot_inspected, handlers.take_inspection),
)
