"""The form of what people say: names, reasons, numbers, and how many parts at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from backbone.errors import Invalid
from contracts.values import NAME_CHARS_MAX

REASON_CHARS_MAX: Final = 500
MESSAGE_CHARS_MAX: Final = 4_000
PARTS_COUNT_MAX: Final = 200
MINOR_MAX: Final = 10**12


class WordsAreMissing(Invalid):
    """A name or a reason is empty, or endless."""


class NumberOfParts(Invalid):
    """Too few or too many parts in one request."""


class NumberIsOutOfRange(Invalid):
    """A number is smaller or greater than it may be."""


class NobodyHasSigned(Invalid):
    """Staff records a client's word: it names the person who gave it."""


def said(given: str, pointer: str, most: int = REASON_CHARS_MAX) -> str:
    """A reason or a message in words; raises `WordsAreMissing`."""
    if not given.strip() or len(given) > most:
        raise WordsAreMissing("something has to be said", [(pointer, f"1 to {most} characters")])
    return given


def named(given: str, pointer: str) -> str:
    """A name or an id; raises `WordsAreMissing`."""
    return said(given, pointer, NAME_CHARS_MAX)


def counted(given: Sequence[object], pointer: str, most: int, *, least: int = 1) -> None:
    """Raise `NumberOfParts` unless there are `least` to `most` parts."""
    if not least <= len(given) <= most:
        raise NumberOfParts("the number of parts is limited", [(pointer, f"{least} to {most}")])


def number(given: int, pointer: str, least: int, most: int) -> int:
    """A whole number from `least` to `most`; raises `NumberIsOutOfRange`."""
    if not least <= given <= most:
        raise NumberIsOutOfRange("a number is out of range", [(pointer, f"{least} to {most}")])
    return given
