"""Builds materials from its rooms and hands it to the backbone."""

from __future__ import annotations

from backbone.service import Service
from backbone.wire import Catalogue
from contracts.policy import POLICY
from contracts.topics import TOPICS, type_name
from materials.api import IMPORTS, ROUTERS
from materials.jobs import DEADLINES, works
from materials.subscriptions import SUBSCRIPTIONS
from materials.tables import metadata

SERVICE = Service(
    "materials",
    metadata,
    Catalogue(TOPICS, type_name),
    routes=ROUTERS,
    subscriptions=SUBSCRIPTIONS,
    deadlines=DEADLINES,
    operations=works(),
    imports=IMPORTS,
)

if __name__ == "__main__":
    from backbone.cli import main

    main(SERVICE, package="materials", policy=POLICY)
