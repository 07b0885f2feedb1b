"""Facts that materials hears: each becomes a command."""

from __future__ import annotations

from typing import Final

from backbone.service import Subscription
from materials.subscriptions.demand import DEMAND
from materials.subscriptions.masters import MASTERS
from materials.subscriptions.stock import STOCK
from materials.subscriptions.supply import SUPPLY

SUBSCRIPTIONS: Final[tuple[Subscription, ...]] = (*MASTERS, *DEMAND, *SUPPLY, *STOCK)
