"""Rows of whole numbers as the database copies them in binary: out of bytes into arrays, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from materials.domain.planning.network import Ints, Numbers

# Signature, flags and the length of an extension that nobody uses; in the end a row of -1 columns.
HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
ROWS_TOGETHER: Final = 1 << 15


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


def copied_of(columns: Sequence[Ints | Numbers]) -> Iterator[bytes]:
    """Columns to be copied in, in pieces that stay near the processor: numbers of 32 bits as such, all others of 64."""
    kinds = [min(column.dtype.itemsize, 8) for column in columns]
    row = _row_of(kinds)
    yield HEADER
    for low in range(0, columns[0].size, ROWS_TOGETHER):
        parts = [column[low : low + ROWS_TOGETHER] for column in columns]
        rows = np.empty(parts[0].size, dtype=row)
        rows["columns"] = len(columns)
        for place, (part, size) in enumerate(zip(parts, kinds, strict=True)):
            rows[f"n{place}"], rows[f"v{place}"] = size, part
        yield rows.tobytes()
    yield TRAILER
