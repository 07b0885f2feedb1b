"""Refusals that callers hear and the signals that make a transaction wait, grow or start again."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")

Pointer = tuple[str, str]


class Refusal(Exception):
    """The domain says no; a subclass's name says what is the case and becomes the problem's code.

    `detail` is one sentence for a person; `pointers` are pairs (JSON Pointer into the body, message).
    """

    status: ClassVar[int] = 409

    def __init__(self, detail: str = "", pointers: Iterable[Pointer] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointers = tuple(pointers)

    @property
    def code(self) -> str:
        """The class name in kebab case, for example `need-is-closed`."""
        return _WORD_START.sub("-", type(self).__name__).lower()


@dataclass(frozen=True, slots=True)
class Refused:
    """The refusal of one act of many, as a value: the others are taken all the same."""

    refusal: Refusal


class NotFound(Refusal):
    """Nothing of that name is there, or it belongs to somebody else."""

    status = 404


class Invalid(Refusal):
    """What was asked breaks a rule of its own form."""

    status = 422


@contextmanager
def said_at(pointer: str) -> Iterator[None]:
    """What breaks a value's own limit is refused as `Invalid`, with its place in the body."""
    try:
        yield
    except ValueError as wrong:
        raise Invalid(str(wrong), [(pointer, str(wrong))]) from wrong


class Stale(Refusal):
    """The caller's version is not the current one."""

    status = 412


class Forbidden(Refusal):
    """The caller's role may not do this."""

    status = 403


class KeyInUse(Refusal):
    """Another request with the same idempotency key is still running."""

    status = 409


class KeyReused(Refusal):
    """The idempotency key was used before with another body."""

    status = 422


class Busy(Refusal):
    """The same rows were wanted by too many at once; the caller may ask again."""

    status = 503


class Unavailable(Refusal):
    """The database cannot be reached; nothing was changed, or the key says what was."""

    status = 503


class NoSecret(Refusal):
    """The service was started without the secret that links and sessions are signed with."""

    status = 503


class NotYet(Exception):
    """A fact refers to something that has not arrived here; it waits for `subject` and is not lost."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"{subject} is not here yet")
        self.subject = subject


class NeedsMore(Exception):
    """The handler needs rows that it did not lock; it is repeated with `keys` added to `tx.more`."""

    def __init__(self, keys: Iterable[Hashable]) -> None:
        self.keys = frozenset(keys)
        super().__init__(f"{len(self.keys)} more rows are needed")


class VersionMoved(Exception):
    """Another transaction changed the row since it was read; the whole command is repeated."""


class TellingBroken(Exception):
    """A fact was emitted under a row that this transaction does not own, or whose count it did not write."""


class Poison(Exception):
    """A record that can never be handled as it is: undecodable, or of an unknown major version."""
