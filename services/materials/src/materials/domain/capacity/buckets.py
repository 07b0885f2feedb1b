"""Day buckets: how much room each resource has left on each day, and where a run of some days finds a place."""

from __future__ import annotations

from typing import Final

NOWHERE: Final = -1


class Buckets:
    """Room left of each resource (rows) on each day (columns); a run takes `load` of it on each of its days."""

    __slots__ = ("_room", "days")

    def __init__(self, room: list[list[int]]) -> None:
        self._room = room
        self.days = min(map(len, room), default=0)

    def room(self, resource: int, day: int) -> int:
        """What is left of a resource on a day."""
        return self._room[resource][day]

    def latest(self, resource: int, load: int, days: int, before: int, not_before: int) -> int:
        """The last start of so many days in a row with room, all of them ahead of `before`; else `NOWHERE`."""
        room, free = self._room[resource], 0
        for day in range(min(before, self.days) - 1, max(not_before, 0) - 1, -1):
            free = free + 1 if room[day] >= load else 0
            if free == days:
                return day
        return NOWHERE

    def earliest(self, resource: int, load: int, days: int, not_before: int) -> int:
        """The first start of so many days in a row with room from `not_before` on; else `NOWHERE`."""
        room, free = self._room[resource], 0
        for day in range(max(not_before, 0), self.days):
            free = free + 1 if room[day] >= load else 0
            if free == days:
                return day - days + 1
        return NOWHERE

    def take(self, resource: int, load: int, start: int, days: int) -> None:
        """Take room; a `load` below 0 gives it back."""
        room = self._room[resource]
        for day in range(start, start + days):
            room[day] -= load
