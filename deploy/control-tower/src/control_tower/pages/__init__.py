"""The pages of the control tower: rendered here, readable without scripts, live with them."""

from __future__ import annotations

from fastapi import APIRouter

from backbone.web.login import router as login
from control_tower.gateways import Neighbours
from control_tower.pages import making, orders, plan, shortages, static, things, values
from control_tower.pages.clocks import Clocks
from control_tower.pages.credits import Credits
from control_tower.pages.dead_letters import DeadLetters
from control_tower.pages.imports import Imports
from control_tower.pages.items import Items
from control_tower.pages.leads import Leads
from control_tower.pages.lots import Lots
from control_tower.pages.messages import Messages
from control_tower.pages.overview import Overview
from control_tower.pages.pegs import Pegs
from control_tower.pages.promise import Promises
from control_tower.pages.recalls import Recalls
from control_tower.pages.schedule import Schedule
from control_tower.pages.services import ServiceGraph
from control_tower.pages.surplus import Surplus
from control_tower.pages.vendors import Vendors
from control_tower.pages.versions import Versions
from control_tower.pages.what_if import WhatIf


def routers(neighbours: Neighbours) -> tuple[APIRouter, ...]:
    """All pages; those about the services themselves ask `neighbours`."""
    return (
        static.router,
        login,
        Overview().router,
        orders.router,
        plan.router,
        Messages(neighbours).router,
        shortages.router,
        Schedule(neighbours).router,
        Items(neighbours).router,
        Surplus(neighbours).router,
        Promises(neighbours).router,
        Pegs(neighbours).router,
        Versions(neighbours).router,
        WhatIf(neighbours).router,
        Imports(neighbours).router,
        *making.routers(neighbours),
        Vendors(neighbours).router,
        Leads(neighbours).router,
        Clocks(neighbours).router,
        Credits(neighbours).router,
        Lots(neighbours).router,
        Recalls(neighbours).router,
        values.router,
        things.router,
        DeadLetters(neighbours).router,
        ServiceGraph(neighbours).router,
    )
