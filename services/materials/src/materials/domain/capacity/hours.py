"""What resources can do on a day: as many minutes as it has hours, for each machine or person."""

from __future__ import annotations

from datetime import date

from materials.domain.book import Book


def day_micro(book: Book, resource: str, day: date, at_once: int) -> int:
    """What one run takes of a resource on a day at most: so many of its machines, or people of one crew, at once."""
    units = book.room.units.get(resource, ())
    enough = [each for each in units if each.number >= at_once]
    return max((at_once * _open_micro(book, each.calendar_id, day) for each in enough), default=0)


def free_micro(book: Book, resource: str, day: date) -> int:
    """What nobody takes of a resource on a day; below 0 where more is taken than there is."""
    iso = day.isoformat()
    whole = sum(
        each.number * _open_micro(book, each.calendar_id, day) for each in book.room.units.get(resource, ())
    )
    ours = sum(load.load_micro for load in book.loads.by("bucket", (resource, iso)))
    return whole - book.room.taken.get(resource, {}).get(iso, 0) - ours


def _open_micro(book: Book, calendar_id: str, day: date) -> int:
    calendar = book.network.days_of(calendar_id)
    return calendar.day_micro if calendar.works(day) else 0
