"""The form of what people say: moments with their zone, reasons in words, names, and how many parts at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from backbone.errors import Invalid, NotFound
from contracts.values import NAME_CHARS_MAX, Quantity
from production.domain.plant import is_currency

REASON_CHARS_MAX: Final = 500
PARTS_COUNT_MAX: Final = 200
SERIALS_COUNT_MAX: Final = 1_000
MARK_CHARS_MAX: Final = 64
VERSION_DIGITS_MAX: Final = 9


class MomentHasNoZone(Invalid):
    """A moment names its zone, else nobody knows when it is."""


class WordsAreMissing(Invalid):
    """A name or a reason is empty, or endless."""


class NumberOfParts(Invalid):
    """Too few or too many parts in one request."""


def moment(given: datetime, pointer: str) -> datetime:
    """A moment with its zone; raises `MomentHasNoZone`."""
    if given.tzinfo is None:
        raise MomentHasNoZone("a moment names its zone", [(pointer, "add Z or an offset")])
    return given


def moment_said(given: str, pointer: str) -> datetime:
    """A moment written as RFC 3339 has it, with its zone; raises `MomentHasNoZone`."""
    try:
        return moment(datetime.fromisoformat(given), pointer)
    except ValueError as broken:
        raise MomentHasNoZone("that is no moment", [(pointer, "like 2026-03-02T08:00:00Z")]) from broken


def span(begin: datetime, end: datetime, pointer: str, longest: timedelta) -> None:
    """Raise `Invalid` unless a time begins before it ends, and is no longer than that."""
    if not begin < end <= begin + longest:
        raise Invalid("a time ends after it begins", [(pointer, f"at most {longest.days} days after")])


def one_of(given: int, pointer: str, most: int) -> int:
    """One of things that are numbered from 1; raises `Invalid`."""
    if not 1 <= given <= most:
        raise Invalid("there is none of that number", [(pointer, f"1 to {most}")])
    return given


def said(given: str, pointer: str) -> str:
    """A reason in words; raises `WordsAreMissing`."""
    return _words(given, pointer, REASON_CHARS_MAX)


def named(given: str, pointer: str) -> str:
    """A name or an id; raises `WordsAreMissing`."""
    return _words(given, pointer, NAME_CHARS_MAX)


def currency(given: str, pointer: str) -> str:
    """The code of a currency; raises `WordsAreMissing`."""
    if not is_currency(given):
        raise WordsAreMissing("a currency has a code", [(pointer, "three capital letters")])
    return given


def mark(given: str, pointer: str) -> str:
    """What is printed on a thing: a serial; raises `WordsAreMissing`."""
    return _words(given, pointer, MARK_CHARS_MAX)


def _words(given: str, pointer: str, most: int) -> str:
    if not given.strip() or len(given) > most:
        raise WordsAreMissing("something has to be said", [(pointer, f"1 to {most} characters")])
    return given


def counted(given: Sequence[object], pointer: str, most: int, *, least: int = 1) -> None:
    """Raise `NumberOfParts` unless there are `least` to `most` parts."""
    if not least <= len(given) <= most:
        raise NumberOfParts("the number of parts is limited", [(pointer, f"{least} to {most}")])


def within(given: Quantity, pointer: str, most: int) -> None:
    """Raise `Invalid` unless an amount lies between nothing and `most`."""
    if not 0 <= given.decimal <= most:
        raise Invalid("an amount is within its limits", [(pointer, f"0 to {most}")])


def numbered(given: str) -> int:
    """The number of a version, as a path has it; raises `NotFound` for what is no such number."""
    if not given.isascii() or not given.isdigit() or len(given) > VERSION_DIGITS_MAX:
        raise NotFound(f"no version {given[:VERSION_DIGITS_MAX]}")
    return int(given)
