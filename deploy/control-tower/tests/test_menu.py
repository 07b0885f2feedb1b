"""The menu and the pages agree."""

from __future__ import annotations

from control_tower.pages.menu import MENU, section_of
from tests.browser.pages import patterns

APART = {"/login"}
LISTED = [entry.path for group in MENU for entry in group.entries]


def test_the_menu_leads_to_every_page_that_is_not_of_one_thing_and_to_nothing_else() -> None:
    whole = {path for path in patterns() if "{" not in path and path == section_of(path)}
    assert sorted(LISTED) == sorted(whole - APART)


def test_a_page_of_one_thing_stands_where_its_list_stands() -> None:
    assert section_of("/orders/order-1/flow") == "/orders"
    assert section_of("/") == "/"
    assert [group.title for group in MENU if group.has("/items")] == ["Plan"]
