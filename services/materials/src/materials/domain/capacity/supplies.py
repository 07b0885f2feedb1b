"""What is free of each item from which day on; taken by whoever needs it, put back when a try is given up."""

from __future__ import annotations

from bisect import bisect_left, bisect_right


class Supplies:
    """Free pieces of each item by the day from which they are there; what is taken is nobody else's any more.

    The latest that still comes in time is taken first, so that what is there earlier stays for earlier needs.
    """

    __slots__ = ("_amounts", "_days")

    def __init__(self, items: int) -> None:
        self._days: list[list[int]] = [[] for _ in range(items)]
        self._amounts: list[list[int]] = [[] for _ in range(items)]

    def put(self, item: int, day: int, amount: int) -> None:
        """So much more is free from a day on; below 0 it is so much less, of what came on that very day."""
        days, amounts = self._days[item], self._amounts[item]
        place = bisect_left(days, day)
        if place == len(days) or days[place] != day:
            days.insert(place, day)
            amounts.insert(place, amount)
            return
        amounts[place] += amount
        if not amounts[place]:
            del days[place], amounts[place]

    def take(self, item: int, day: int, wanted: int) -> list[tuple[int, int]]:
        """Take what is there by a day, up to `wanted`: from which days, and how much of each."""
        days, amounts = self._days[item], self._amounts[item]
        taken: list[tuple[int, int]] = []
        place = bisect_right(days, day) - 1
        while wanted and place >= 0:
            some = min(wanted, amounts[place])
            taken.append((days[place], some))
            wanted -= some
            if some == amounts[place]:
                del days[place], amounts[place]
            else:
                amounts[place] -= some
            place -= 1
        return taken

    def left(self, item: int) -> list[tuple[int, int]]:
        """What is free of an item: from which days, and how much."""
        return list(zip(self._days[item], self._amounts[item], strict=True))
