"""Rows as the database copies them in binary: out of bytes into arrays, and out of arrays into rows of lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from materials.domain.planning.network import Ints, Numbers

# Signature, flags and the length of an extension that nobody uses; in the end a row of -1 columns.
HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
ROWS_TOGETHER: Final = 1 << 15
# A row of four lists of so many stays below the two kilobytes from which the database would pack it and put it aside.
LIST_COUNT_MAX: Final = 64


def _row_of(kinds: Sequence[int]) -> np.dtype[Any]:
    """A row: how many columns there are, then each with its length; `kinds` are the bytes of each, 4 or 8."""
    columns = [
        (f"{part}{place}", f">i{4 if part == 'n' else size}")
        for place, size in enumerate(kinds)
        for part in "nv"
    ]
    return np.dtype([("columns", ">i2"), *columns])


def columns_of(copied: bytes, *kinds: int) -> list[Ints]:
    """The columns of what was copied out, none of them ever absent."""
    rows = np.frombuffer(copied, dtype=_row_of(kinds), offset=len(HEADER), count=_count(copied, kinds))
    return [rows[f"v{place}"].astype(np.int64) for place in range(len(kinds))]


def _count(copied: bytes, kinds: Sequence[int]) -> int:
    return (len(copied) - len(HEADER) - len(TRAILER)) // _row_of(kinds).itemsize


@dataclass(frozen=True, slots=True)
class Listed:
    """A column that is copied into lists: whole numbers, or days since 1 January 2000."""

    values: Ints | Numbers
    kind: Literal["date", "integer", "bigint"]


# As the database numbers its types, and how many bytes a value takes.
_TYPES: Final = {"date": (1082, 4), "integer": (23, 4), "bigint": (20, 8)}


def lists_of(group: Numbers) -> tuple[Ints, Ints]:
    """Where lists of neighbours of one group begin, and how many each holds: `LIST_COUNT_MAX` at the most.

    `group` holds a number from 0 on of each row.
    """
    firsts = np.flatnonzero(np.diff(group, prepend=-1))
    ends = np.append(firsts, group.size)[1:]
    pieces = -(-(ends - firsts) // LIST_COUNT_MAX)
    within = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    begin = np.repeat(firsts, pieces) + within * LIST_COUNT_MAX
    return begin, np.minimum(np.repeat(ends, pieces) - begin, LIST_COUNT_MAX)


def copied_lists(number: int, group: Numbers, before: int, columns: Sequence[Listed]) -> Iterator[bytes]:
    """Rows to be copied in, in pieces: `number`, the group, where its list begins after `before`, a list a column.

    Lists of one length are rows of one length, and are laid out together.
    """
    firsts, counts = lists_of(group)
    yield HEADER
    for count in np.unique(counts).tolist():
        row = _row_of_lists(count, columns)
        chosen = firsts[counts == count]
        for low in range(0, chosen.size, max(1, ROWS_TOGETHER // count)):
            begin = chosen[low : low + ROWS_TOGETHER // count]
            rows = np.zeros(begin.size, dtype=row)
            rows["columns"] = 3 + len(columns)
            for name, value in (("number", number), ("group", group[begin]), ("first", begin + before)):
                rows[name]["bytes"], rows[name]["value"] = 4, value
            members = begin[:, np.newaxis] + np.arange(count)
            for place, column in enumerate(columns):
                _lay(rows[f"list{place}"], column, members)
            yield rows.tobytes()
    yield TRAILER


def _row_of_lists(count: int, columns: Sequence[Listed]) -> np.dtype[Any]:
    """A row with lists of `count`: three whole numbers, then each list with its length, shape, type and values."""
    whole = np.dtype([("bytes", ">i4"), ("value", ">i4")])
    fields: list[tuple[str, Any]] = [
        ("columns", ">i2"),
        *((name, whole) for name in ("number", "group", "first")),
    ]
    for place, column in enumerate(columns):
        value = np.dtype([("bytes", ">i4"), ("value", f">i{_TYPES[column.kind][1]}")])
        head = [(name, ">i4") for name in ("bytes", "dimensions", "nulls", "type", "size", "lowest")]
        fields.append((f"list{place}", np.dtype([*head, ("values", value, (count,))])))
    return np.dtype(fields)


def _lay(rows: Any, column: Listed, members: Ints) -> None:
    """Fill the lists of a column: an array of one dimension that begins at 1, without anything absent."""
    kind, size = _TYPES[column.kind]
    rows["bytes"] = rows.dtype.itemsize - 4
    rows["dimensions"], rows["type"], rows["size"], rows["lowest"] = 1, kind, members.shape[1], 1
    rows["values"]["bytes"], rows["values"]["value"] = size, column.values[members]
