"""When a calendar is worked, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_MINUTES: Final = 1_440
HOUR_MINUTES: Final = 60


def hours_of(calendar: Mapping[str, Any]) -> list[str]:
    """A line for each shift of a calendar, or one where all its days have the same hours (UTC)."""
    shifts: Sequence[Mapping[str, Any]] = calendar["shifts"] or [
        {
            "weekdays": calendar["weekdays"],
            "opens_at_minute": calendar["opens_at_hour"] * HOUR_MINUTES,
            "closes_at_minute": calendar["closes_at_hour"] * HOUR_MINUTES,
        }
    ]
    return [
        f"{_days(each['weekdays'])}, {_time(each['opens_at_minute'])} to {_time(each['closes_at_minute'])}"
        for each in shifts
    ]


def _days(weekdays: Iterable[int]) -> str:
    """Days that follow each other as a stretch, others by name."""
    days = sorted(weekdays)
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{DAYS[days[0]]} to {DAYS[days[-1]]}"
    return " ".join(DAYS[day] for day in days)


def _time(minute: int) -> str:
    """A time of the day; what is beyond midnight is on the next one."""
    over, rest = divmod(minute, DAY_MINUTES)
    if over and not rest:
        return "24:00"
    said = f"{rest // HOUR_MINUTES:02}:{rest % HOUR_MINUTES:02}"
    return f"{said} on the next day" if over else said
