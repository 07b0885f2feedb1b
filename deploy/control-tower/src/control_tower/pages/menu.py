"""The menu of the pages: groups by what people do, and the group that a page stands in; each role sees its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from backbone.policy import Policy


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that the menu leads to: its path, of one part, its title, and what who looks at it must be allowed.

    That is an operation of the control tower, and of the service that the page shows where it shows another's.
    """

    path: str
    title: str
    shows: str
    of_service: str = ""

    def is_for(self, role: str, policy: Policy) -> bool:
        """Whether a role may look at the page and at what it shows."""
        needed = (f"control-tower.{self.shows}", self.of_service)
        return all(role in policy[one] for one in needed if one)


@dataclass(frozen=True, slots=True)
class Group:
    """Pages for one kind of work; the group's own link leads to the first of them."""

    title: str
    entries: tuple[Entry, ...]

    @property
    def first(self) -> str:
        """Where the group's link leads to."""
        return self.entries[0].path

    def has(self, path: str) -> bool:
        """Whether the page at a path is one of the group."""
        return any(entry.path == path for entry in self.entries)


MENU: Final = (
    Group("Overview", (Entry("/", "Overview", "show_overview"),)),
    Group("Orders", (Entry("/orders", "Orders", "show_orders"), Entry("/values", "Value", "show_values"))),
    Group(
        "Plan",
        (
            Entry("/messages", "Action list", "show_messages", "materials.list_action_messages"),
            Entry("/shortages", "Shortages", "show_shortages"),
            Entry("/items", "Items", "show_items", "materials.list_items"),
            Entry("/surplus", "Surplus", "show_surplus", "materials.list_surplus"),
            Entry("/promise", "Promise", "show_promise", "materials.show_promise"),
            Entry("/what-if", "What if", "show_what_if"),
            Entry("/plans", "Plan versions", "show_plans", "materials.list_plans"),
            Entry("/imports", "Import", "show_imports", "materials.list_operations"),
        ),
    ),
    Group(
        "Make",
        (
            Entry("/runs", "Runs", "show_runs"),
            Entry("/production-runs", "Run list", "show_production_runs", "production.list_runs"),
            Entry("/terminal", "Terminal", "show_terminal", "production.list_work_centres"),
            Entry("/quality", "Quality", "show_quality", "production.list_inspections"),
            Entry("/work-centres", "Work centres", "show_work_centres", "production.list_work_centres"),
            Entry("/crews", "Crews", "show_crews", "production.list_crews"),
            Entry("/skills", "Skills", "show_skills", "production.list_qualifications"),
            Entry("/costs", "Costs", "show_costs", "production.list_roll_ups"),
            Entry("/periods", "Periods", "show_periods", "production.list_periods"),
            Entry("/recipes", "Recipes", "show_recipes", "production.list_recipes"),
            Entry("/recalls", "Recalls", "show_recalls", "production.list_recalls"),
            Entry("/schedule", "Schedule", "show_gantt", "production.show_board"),
            Entry("/schedules", "Proposals", "show_proposals", "production.list_schedules"),
        ),
    ),
    Group(
        "Buy",
        (
            Entry("/vendors", "Vendors", "show_vendors", "vendors.list_vendors"),
            Entry("/leads", "Lead times", "show_leads", "vendors.list_lead_drifts"),
        ),
    ),
    Group(
        "Deliver",
        (
            Entry("/clocks", "SLA clocks", "show_clocks", "service-desk.list_tickets"),
            Entry("/credits", "Credits", "show_credits", "service-desk.list_tickets"),
        ),
    ),
    Group(
        "System",
        (
            Entry("/services", "Services", "show_services"),
            Entry("/dead-letters", "Dead letters", "show_dead_letters"),
        ),
    ),
)


def menu_of(role: str, policy: Policy) -> list[Group]:
    """The menu as a role sees it: with what it may look at, and without groups that are empty for it."""
    groups = [
        Group(group.title, tuple(entry for entry in group.entries if entry.is_for(role, policy)))
        for group in MENU
    ]
    return [group for group in groups if group.entries]


def section_of(path: str) -> str:
    """The path of the menu that a page belongs to: its first part."""
    return "/" + path.strip("/").partition("/")[0]
