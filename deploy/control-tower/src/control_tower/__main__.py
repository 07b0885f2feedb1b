"""Builds the control tower from its rooms and hands it to the backbone."""

from __future__ import annotations

from typing import Final

from backbone.service import Service
from backbone.wire import Catalogue
from contracts.policy import POLICY
from contracts.topics import TOPICS, type_name
from control_tower import api, pages
from control_tower.gateways import Neighbours
from control_tower.settings import TowerSettings
from control_tower.subscriptions import SUBSCRIPTIONS
from control_tower.tables import metadata

# People look at pages: half a second later is soon enough, and each picture is drawn less often.
GATHER_SECONDS: Final = 0.5


def service_of(neighbours: Neighbours) -> Service:
    """The control tower beside these services."""
    return Service(
        "control-tower",
        metadata,
        Catalogue(TOPICS, type_name),
        routes=(api.router, *pages.routers(neighbours)),
        subscriptions=SUBSCRIPTIONS,
        gather_seconds=GATHER_SECONDS,
        sends_webhooks=False,
    )


SETTINGS = TowerSettings()
SERVICE = service_of(Neighbours(SETTINGS.service_urls, SETTINGS.tower_token.get_secret_value()))

if __name__ == "__main__":
    from backbone.cli import main

    main(SERVICE, package="control_tower", policy=POLICY)
