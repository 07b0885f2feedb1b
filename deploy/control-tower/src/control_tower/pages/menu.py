"""The menu of the pages: groups by what people do, and the group that a page stands in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that the menu leads to: its path, of one part, and its title."""

    path: str
    title: str


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
    Group("Overview", (Entry("/", "Overview"),)),
    Group("Orders", (Entry("/orders", "Orders"), Entry("/values", "Value"))),
    Group(
        "Plan",
        (
            Entry("/messages", "Action list"),
            Entry("/shortages", "Shortages"),
            Entry("/items", "Items"),
            Entry("/promise", "Promise"),
            Entry("/what-if", "What if"),
            Entry("/plans", "Plan versions"),
            Entry("/imports", "Import"),
        ),
    ),
    Group(
        "Make",
        (
            Entry("/runs", "Runs"),
            Entry("/production-runs", "Run list"),
            Entry("/terminal", "Terminal"),
            Entry("/quality", "Quality"),
            Entry("/work-centres", "Work centres"),
            Entry("/costs", "Costs"),
            Entry("/periods", "Periods"),
            Entry("/recipes", "Recipes"),
            Entry("/recalls", "Recalls"),
            Entry("/schedule", "Schedule"),
            Entry("/schedules", "Proposals"),
        ),
    ),
    Group("Buy", (Entry("/vendors", "Vendors"),)),
    Group("Deliver", (Entry("/clocks", "SLA clocks"),)),
    Group("System", (Entry("/services", "Services"), Entry("/dead-letters", "Dead letters"))),
)


def section_of(path: str) -> str:
    """The path of the menu that a page belongs to: its first part."""
    return "/" + path.strip("/").partition("/")[0]
