"""Every kind of row that materials keeps, each with its table and the topic whose keys it owns."""

from __future__ import annotations

from typing import Final

from contracts.topics import DEMAND, HOLD, INTERNAL_SUPPLY, ITEM, LOT, PLAN, PLANNED_ORDER, SITE
from materials import tables
from materials.domain.capacity.room import Crew, Load, WorkCentre
from materials.domain.cycle_count import CycleCount
from materials.domain.demand import Demand, Peg
from materials.domain.forecast import Forecast
from materials.domain.header import Change, Dispatch, Hold, InternalSupply, Order
from materials.domain.item import Item, LaterParameters, Parameters, ServiceParts, Site, Terms
from materials.domain.lot import Link, Lot, Move, Serial, Stock
from materials.domain.substitute import Substitute, Substitution
from materials.domain.supply import Message, PlannedOrder, Receipt
from materials.domain.version import PlanVersion
from materials.store.sheet import Sheet

WORK_CENTRES: Final = Sheet(tables.work_centres, WorkCentre)
CREWS: Final = Sheet(tables.crews, Crew)
LOADS: Final = Sheet(tables.loads, Load)
ITEMS: Final = Sheet(tables.items, Item, ITEM)
SITES: Final = Sheet(tables.sites, Site, SITE)
PARAMETERS: Final = Sheet(tables.parameters, Parameters)
FORECASTS: Final = Sheet(tables.forecasts, Forecast)
LATER_PARAMETERS: Final = Sheet(tables.later_parameters, LaterParameters)
TERMS: Final = Sheet(tables.terms, Terms)
SERVICES: Final = Sheet(tables.services, ServiceParts)
DEMANDS: Final = Sheet(tables.demands, Demand)
PEGS: Final = Sheet(tables.pegs, Peg)
PLANNED_ORDERS: Final = Sheet(tables.planned_orders, PlannedOrder, PLANNED_ORDER)
RECEIPTS: Final = Sheet(tables.receipts, Receipt)
LOTS: Final = Sheet(tables.lots, Lot, LOT)
STOCKS: Final = Sheet(tables.stocks, Stock)
MOVES: Final = Sheet(tables.moves, Move)
COUNTS: Final = Sheet(tables.cycle_counts, CycleCount)
SERIALS: Final = Sheet(tables.serials, Serial)
LINKS: Final = Sheet(tables.lot_links, Link)
HOLDS: Final = Sheet(tables.holds, Hold, HOLD)
ORDERS: Final = Sheet(tables.orders, Order, DEMAND)
CHANGES: Final = Sheet(tables.changes, Change)
INTERNAL_SUPPLIES: Final = Sheet(tables.internal_supplies, InternalSupply, INTERNAL_SUPPLY)
DISPATCHES: Final = Sheet(tables.dispatches, Dispatch)
MESSAGES: Final = Sheet(tables.action_messages, Message)
SUBSTITUTES: Final = Sheet(tables.substitutes, Substitute)
SUBSTITUTIONS: Final = Sheet(tables.substitutions, Substitution)
PLAN_VERSIONS: Final = Sheet(tables.plan_versions, PlanVersion, PLAN)
