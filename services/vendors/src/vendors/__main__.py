"""Builds vendors from its rooms and hands it to the backbone."""

from __future__ import annotations

from backbone.service import Service
from backbone.wire import Catalogue
from contracts.policy import POLICY
from contracts.topics import TOPICS, type_name
from vendors.api import ROUTERS
from vendors.jobs import DEADLINES
from vendors.pages import ROUTERS as PAGES
from vendors.subscriptions import SUBSCRIPTIONS
from vendors.tables import metadata

SERVICE = Service(
    "vendors",
    metadata,
    Catalogue(TOPICS, type_name),
    routes=(*ROUTERS, *PAGES),
    subscriptions=SUBSCRIPTIONS,
    deadlines=DEADLINES,
)

if __name__ == "__main__":
    from backbone.cli import main

    main(SERVICE, package="vendors", policy=POLICY)
