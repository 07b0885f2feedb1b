"""What work centres can do on each day, and what of it planned and scheduled runs take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class WorkCentre(NamedTuple):
    """A work centre as planning sees it: so many machines on the days and hours of a calendar.

    An hour of its people and of a machine costs so many minor units of the currency (none: nobody knows the rates),
    overhead comes in addition as so many millionths of both.
    """

    work_centre_id: str
    site_id: str
    calendar_id: str
    machines: int
    labour_rate_minor: int = 0
    machine_rate_minor: int = 0
    overhead_micro: int = 0
    currency: str = ""


class Load(NamedTuple):
    """What a planned order, or its run, takes of a work centre on a day (ISO), in millionths of a minute."""

    planned_order_id: str
    work_centre_id: str
    day: str
    load_micro: int


@dataclass(frozen=True, slots=True)
class Room:
    """The work centres that a decision may load, and what orders that it does not look at take of each by day (ISO)."""

    centres: Mapping[str, WorkCentre] = field(default_factory=dict)
    taken: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
