"""One order told by five services: bought steel is cut, hardened and built into gearboxes, one supply comes late."""

from tests.browser.story.making import delivering, making
from tests.browser.story.masters import masters
from tests.browser.story.ordering import lateness, placing, planning
from tests.browser.story.telling import CATALOGUE, PROMISED, START, Told, records_of


def whole_story(order_id: str = "order-1", customer: str = "acme") -> list[Told]:
    """From the need to the end."""
    until_late = [*placing(order_id, customer), *planning(order_id), *lateness(order_id)]
    return [*until_late, *making(order_id), *delivering(order_id)]


def half_story(order_id: str = "order-1", customer: str = "acme") -> list[Told]:
    """From the need to the moment at which the steel is cut and nothing is hardened yet."""
    return [*late_story(order_id, customer), *making(order_id)[:5]]


def late_story(order_id: str = "order-1", customer: str = "acme") -> list[Told]:
    """From the need to the moment at which the promise is at risk."""
    return [*placing(order_id, customer), *planning(order_id), *lateness(order_id)]


__all__ = [
    "CATALOGUE",
    "PROMISED",
    "START",
    "Told",
    "half_story",
    "late_story",
    "masters",
    "records_of",
    "whole_story",
]
