"""Builds production from its rooms and hands it to the backbone."""

from __future__ import annotations

from backbone.service import Service
from backbone.wire import Catalogue
from contracts.policy import POLICY
from contracts.topics import TOPICS, type_name
from production.api import ROUTERS
from production.jobs import DEADLINES, works
from production.subscriptions import SUBSCRIPTIONS
from production.tables import metadata

SERVICE = Service(
    "production",
    metadata,
    Catalogue(TOPICS, type_name),
    routes=ROUTERS,
    subscriptions=SUBSCRIPTIONS,
    deadlines=DEADLINES,
    operations=works(),
)

if __name__ == "__main__":
    from backbone.cli import main

    main(SERVICE, package="production", policy=POLICY)
