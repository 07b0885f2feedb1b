"""Who may do what: the operations of all services and the roles that may ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.policy.control_tower import CONTROL_TOWER
from contracts.policy.everywhere import OPERATIONS
from contracts.policy.materials import MATERIALS
from contracts.policy.orders import ORDERS
from contracts.policy.production import PRODUCTION
from contracts.policy.service_desk import SERVICE_DESK
from contracts.policy.vendors import VENDORS

POLICY: Final[Mapping[str, frozenset[str]]] = {
    **ORDERS,
    **MATERIALS,
    **PRODUCTION,
    **VENDORS,
    **SERVICE_DESK,
    **OPERATIONS,
    **CONTROL_TOWER,
}
