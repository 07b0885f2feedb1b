"""When a delivery is tried again: soon at first, then ever later, for three days; by the wall's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

# After the first, second, … failure; what fails after the last one is given up: three days and four hours in all.
WAITS: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
# A wait is up to so much longer by chance: many that failed together do not come together again.
JITTER_SHARE: Final = 0.2
RETRY_AFTER_MAX: Final = timedelta(days=1)
# Who does not answer at all is left alone for a moment, whatever else there is for him.
SILENT_PAUSE: Final = timedelta(seconds=5)


def next_try(attempts: int, now: datetime, chance: float, retry_after: timedelta | None) -> datetime | None:
    """When to try again what has failed `attempts` times, None where that was the last; `chance` is 0 to 1."""
    if attempts > len(WAITS):
        return None
    wait = WAITS[attempts - 1] * (1 + JITTER_SHARE * chance)
    return now + max(wait, retry_after or timedelta(0))


def asked_wait(retry_after: str | None, now: datetime) -> timedelta | None:
    """How long an answer's Retry-After asks to wait, at most a day; None for none, or one that nobody can read."""
    if retry_after is None:
        return None
    given = retry_after.strip()
    if given.isascii() and given.isdigit():
        return min(timedelta(seconds=int(given[:9])), RETRY_AFTER_MAX)
    try:
        moment = parsedate_to_datetime(given)
    except ValueError:
        return None
    wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), RETRY_AFTER_MAX)
