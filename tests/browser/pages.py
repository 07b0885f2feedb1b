"""Every page there is, read from the routers: a page that is added is looked at, or collecting the tests fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from starlette.routing import Route

from backbone.service import Service
from control_tower.gateways import Neighbours
from control_tower.pages import routers
from materials.__main__ import SERVICE as MATERIALS
from orders.__main__ import SERVICE as ORDERS
from production.__main__ import SERVICE as PRODUCTION
from service_desk.__main__ import SERVICE as SERVICE_DESK
from vendors.__main__ import SERVICE as VENDORS

TOWER: Final = "control-tower"
SERVICES: Final[tuple[Service, ...]] = (ORDERS, MATERIALS, PRODUCTION, VENDORS, SERVICE_DESK)
# What a page with a hole in its path, or with a query, is looked at with: a name of the view, and its address.
VIEWS: Final[Mapping[str, Mapping[str, str]]] = {
    "/": {"overview": "/"},
    "/orders/{order_id}": {"order-done": "/orders/order-1", "order-late": "/orders/order-2"},
    "/orders/{order_id}/flow": {
        "flow-done": "/orders/order-1/flow",
        "flow-planned": "/orders/order-2/flow",
        "flow-half": "/orders/order-3/flow",
    },
    "/orders/{order_id}/pegs": {"pegs": "/orders/order-g/pegs"},
    "/planned-orders/{planned_order_id}": {"planned-order": "/planned-orders/{gear}"},
    "/vendors/{vendor_id}": {"vendor": "/vendors/v-steel"},
    "/vendors/{vendor_id}/{figure}": {"vendor-figure": "/vendors/v-steel/otif"},
    "/promise": {
        "promise": "/promise?sku=gear&site_id=plant-1&quantity=30&wanted_at=2026-03-20T08:00",
        "promise-form": "/promise",
    },
    "/plans/{plan_id}": {"plan": "/plans/{plan}"},
    "/plans/{plan_id}/orders/{order_no}": {"plan-order": "/plans/{plan}/orders/0"},
    "/plans/difference": {"plan-difference": "/plans/difference?was={plan}&now={plan}"},
    "/imports/{import_id}": {"import": "/imports/{import}"},
    # A file.
    "/imports/{import_id}/errors.csv": {},
    "/surplus": {"surplus": "/surplus"},
    "/items/{sku:path}": {"item": "/items/bolt", "item-nothing": "/items/nut"},
    "/lots/{lot_id:path}": {"lot": "/lots/B"},
    "/certificates/{lot_id:path}": {"certificate": "/certificates/B"},
    # A file where there is a certificate, else the page that says why not.
    "/certificate-files/{lot_id:path}": {},
    "/recalls/{recall_id}": {"recall": "/recalls/{recall}"},
    "/runs": {"runs": "/runs?days=60", "runs-none": "/runs?days=1"},
    "/production-runs/{run_id}": {
        "run": "/production-runs/{run}",
        "run-waiting": "/production-runs/{waiting}",
        "run-inspected": "/production-runs/{inspected}",
    },
    # A file where there is a record, else the page that says why not.
    "/record-files/{run_id}": {},
    "/production-runs": {"run-list": "/production-runs"},
    "/schedules/{schedule_id}": {"proposal": "/schedules/{schedule}"},
    "/periods/{site_id}/{month}": {
        "period": "/periods/plant-1/2026-03",
        "period-figure": "/periods/plant-1/2026-03?figure=material",
    },
    "/terminal/{work_centre_id}": {"terminal-furnace": "/terminal/furnace"},
    "/quality/{sku:path}": {"quality-item": "/quality/shaft"},
    "/inspection-points/{recipe_id}/{operation_no}/{sku:path}": {
        "inspection-point": "/inspection-points/temper/10/shaft",
    },
    "/work-centres/{work_centre_id}": {
        "centre": "/work-centres/furnace",
        "centre-weeks": "/work-centres/furnace?by=week&buckets=6",
    },
    "/crews/{crew_id}": {"crew": "/crews/hardeners"},
    "/costs/runs/{run_id}": {"cost-run": "/costs/runs/{run}"},
    "/costs/roll-ups/{roll_up_id}/{sku:path}": {"cost-item": "/costs/roll-ups/{roll_up}/petrol"},
    "/bills/{sku:path}": {"bill": "/bills/shaft"},
    "/recipes/{recipe_id}/{version}": {
        "recipe": "/recipes/harden/1",
        "recipe-separation": "/recipes/crack/1",
    },
    "/recipes/{recipe_id}/{version}/difference": {"recipe-difference": "/recipes/harden/2/difference"},
    "/recipes/{recipe_id}/{version}/edit": {"recipe-edit": "/recipes/crack/1/edit"},
    "/things/{kind}/{subject_id:path}": {"thing": "/things/run/run-cut-order-1"},
}


@dataclass(frozen=True, slots=True)
class PageOf:
    """A page of a service: the name of its pictures, its address, and the status it answers with."""

    name: str
    service: str
    path: str
    status: int = 200


def patterns() -> list[str]:
    """The paths of the control tower's pages."""
    return [path for router in routers(Neighbours({})) for path in hidden_routes(router)]


def hidden_routes(router: APIRouter) -> list[str]:
    """The paths of routes that answer GET and that no API describes: pages."""
    return [
        route.path
        for route in router.routes
        if isinstance(route, Route) and "GET" in (route.methods or ()) and not route.include_in_schema
    ]


def views_of(pattern: str) -> Mapping[str, str]:
    """The addresses a page is looked at with; raises `LookupError` for a path with a hole that nobody filled."""
    if pattern in VIEWS:
        return VIEWS[pattern]
    if "{" in pattern:
        raise LookupError(
            f"the page {pattern} is new: say in VIEWS of tests/browser/pages.py what to look at"
        )
    return {pattern.strip("/").replace("/", "-"): pattern}


def all_pages() -> list[PageOf]:
    """Every page of the control tower, the pages that each service has of its own, and what refusals look like."""
    found = [PageOf(name, TOWER, path) for pattern in patterns() for name, path in views_of(pattern).items()]
    found += [
        PageOf(f"docs-{name}", name, "/docs") for name in (TOWER, *(service.name for service in SERVICES))
    ]
    found.append(PageOf("problem", TOWER, "/problems/version-missing"))
    found.append(PageOf("refused", TOWER, "/orders/nobody", 404))
    return found
