"""One good sample of any fact, made from its types alone, the same every time."""

from __future__ import annotations

import dataclasses
import types
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

_MOMENT: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
_TEXTS: Final = {"currency": "EUR", "into": "USD", "unit": "piece", "scale": "HRC"}


def sample_of(kind: Any, name: str = "") -> Any:
    """A value of `kind`; texts carry the name of their field, every optional part is there."""
    origin = get_origin(kind)
    if origin is Literal:
        return get_args(kind)[0]
    if origin in {Union, types.UnionType}:
        return sample_of(next(part for part in get_args(kind) if part is not type(None)), name)
    if origin is tuple:
        return _tuple_of(get_args(kind), name)
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(
            **{field.name: sample_of(hints[field.name], field.name) for field in dataclasses.fields(kind)}
        )  # type: ignore[operator]
    return _plain(kind, name)


def _tuple_of(parts: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    if len(parts) == 2 and parts[1] is Ellipsis:
        return (sample_of(parts[0], name),)
    return tuple(sample_of(part, name) for part in parts)


def _plain(kind: Any, name: str) -> Any:
    plain = {
        str: _TEXTS.get(name, f"{name}-1"),
        int: 3,
        bool: True,
        datetime: _MOMENT,
        date: _MOMENT.date(),
        Decimal: Decimal("1.5"),
    }
    return plain[kind] if kind in plain else kind("2.5")
