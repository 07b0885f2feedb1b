"""Builds orders from its rooms and hands it to the backbone."""

from __future__ import annotations

from backbone.service import Service
from backbone.wire import Catalogue
from contracts.policy import POLICY
from contracts.topics import TOPICS, type_name
from orders.api import ROUTERS
from orders.jobs import DEADLINES
from orders.pages import ROUTERS as PAGES
from orders.pages import WAY
from orders.subscriptions import SUBSCRIPTIONS
from orders.tables import metadata

SERVICE = Service(
    "orders",
    metadata,
    Catalogue(TOPICS, type_name),
    routes=(*ROUTERS, *PAGES),
    subscriptions=SUBSCRIPTIONS,
    deadlines=DEADLINES,
    way=WAY,
)

if __name__ == "__main__":
    from backbone.cli import main

    main(SERVICE, package="orders", policy=POLICY)
