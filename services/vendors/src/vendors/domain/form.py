"""The form of what people say: moments with their zone, reasons in words, names, and how many parts at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from backbone.errors import Invalid
from contracts.values import NAME_CHARS_MAX

REASON_CHARS_MAX: Final = 500
# What a receipt may hold at most, so that the fact of it can always be told.
LOTS_COUNT_MAX: Final = 200
SERIALS_COUNT_MAX: Final = 1_000
PROPERTIES_COUNT_MAX: Final = 500
MARK_CHARS_MAX: Final = 64


class MomentHasNoZone(Invalid):
    """A moment names its zone, else nobody knows when it is."""


class WordsAreMissing(Invalid):
    """A name or a reason is empty, or endless."""


class NumberOfParts(Invalid):
    """Too few or too many parts in one request."""


class FilterIsUnknown(Invalid):
    """A list is not narrowed so."""


def moment(given: datetime, pointer: str) -> datetime:
    """A moment with its zone; raises `MomentHasNoZone`."""
    if given.tzinfo is None:
        raise MomentHasNoZone("a moment names its zone", [(pointer, "add Z or an offset")])
    return given


def said(given: str, pointer: str) -> str:
    """A reason in words; raises `WordsAreMissing`."""
    return _words(given, pointer, REASON_CHARS_MAX)


def named(given: str, pointer: str) -> str:
    """A name or an id; raises `WordsAreMissing`."""
    return _words(given, pointer, NAME_CHARS_MAX)


def mark(given: str, pointer: str) -> str:
    """What is printed on a thing: a vendor's lot, a serial; raises `WordsAreMissing`."""
    return _words(given, pointer, MARK_CHARS_MAX)


def _words(given: str, pointer: str, most: int) -> str:
    if not given.strip() or len(given) > most:
        raise WordsAreMissing("something has to be said", [(pointer, f"1 to {most} characters")])
    return given


def counted(given: Sequence[object], pointer: str, most: int, *, least: int = 1) -> None:
    """Raise `NumberOfParts` unless there are `least` to `most` parts."""
    if not least <= len(given) <= most:
        raise NumberOfParts("the number of parts is limited", [(pointer, f"{least} to {most}")])


def truth(given: str | None, name: str) -> bool | None:
    """A filter that is true, false or absent; raises `FilterIsUnknown`."""
    if given not in {None, "true", "false"}:
        raise FilterIsUnknown(f"{name} is true or false", [(f"?{name}", "true or false")])
    return None if given is None else given == "true"
