"""The menu and the pages agree."""

from __future__ import annotations

import pytest
from starlette.routing import Route

from contracts.policy import POLICY
from contracts.policy.control_tower import CONTROL_TOWER
from control_tower.gateways import Neighbours
from control_tower.pages import routers
from control_tower.pages.menu import MENU, Entry, menu_of, section_of
from tests.browser.pages import patterns

APART = {"/login"}
LISTED = [entry.path for group in MENU for entry in group.entries]


def test_the_menu_leads_to_every_page_that_is_not_of_one_thing_and_to_nothing_else() -> None:
    whole = {path for path in patterns() if "{" not in path and path == section_of(path)}
    assert sorted(LISTED) == sorted(whole - APART)


def test_a_menu_leads_a_role_only_to_what_it_may_look_at() -> None:
    seen = {
        role: {entry.path for group in menu_of(role, POLICY) for entry in group.entries}
        for role in ("admin", "operator", "buyer", "warehouse")
    }
    assert seen["admin"] == set(LISTED)
    assert ("/terminal" in seen["operator"], "/vendors" in seen["operator"]) == (True, False)
    assert ("/vendors" in seen["buyer"], "/production-runs" in seen["buyer"]) == (True, False)
    # Asked of materials, and not for it.
    assert ("/messages" in seen["warehouse"], "/items" in seen["warehouse"]) == (False, True)
    assert [group.title for group in menu_of("warehouse", POLICY) if group.has("/clocks")] == []


@pytest.mark.parametrize(
    "entry", [entry for group in MENU for entry in group.entries], ids=lambda one: one.path
)
def test_an_entry_needs_what_its_page_is_kept_for(entry: Entry) -> None:
    (page,) = [
        route.name
        for router in routers(Neighbours({}))
        for route in router.routes
        if isinstance(route, Route) and route.path == entry.path and "GET" in (route.methods or ())
    ]
    assert (entry.shows, f"control-tower.{entry.shows}" in CONTROL_TOWER) == (page, True)


def test_a_page_of_one_thing_stands_where_its_list_stands() -> None:
    assert section_of("/orders/order-1/flow") == "/orders"
    assert section_of("/") == "/"
    assert [group.title for group in MENU if group.has("/items")] == ["Plan"]
