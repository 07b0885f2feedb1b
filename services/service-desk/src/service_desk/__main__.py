"""Builds the service desk from its rooms and hands it to the backbone."""

from __future__ import annotations

from backbone.service import Service
from backbone.wire import Catalogue
from contracts.policy import POLICY
from contracts.topics import TOPICS, type_name
from service_desk.api import ROUTERS
from service_desk.jobs import DEADLINES
from service_desk.pages import ROUTERS as PAGES
from service_desk.pages import WAY
from service_desk.subscriptions import SUBSCRIPTIONS
from service_desk.tables import metadata

SERVICE = Service(
    "service-desk",
    metadata,
    Catalogue(TOPICS, type_name),
    routes=(*ROUTERS, *PAGES),
    subscriptions=SUBSCRIPTIONS,
    deadlines=DEADLINES,
    way=WAY,
)

if __name__ == "__main__":
    from backbone.cli import main

    main(SERVICE, package="service_desk", policy=POLICY)
