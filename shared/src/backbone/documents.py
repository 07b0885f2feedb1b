"""Values inside a row: a tuple of frozen dataclasses as one JSON document, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from backbone.wire import encode, valued

T = TypeVar("T")


def document(value: object) -> str:
    """The JSON text of a value, for a `jsonb` column."""
    return encode(value).decode()


Reads = Callable[[str], T]


def reader(kind: Any) -> Callable[[str], Any]:
    """A function that reads documents of `kind`; raises `msgspec.ValidationError` for any other shape."""
    return msgspec.json.Decoder(kind, dec_hook=valued).decode
