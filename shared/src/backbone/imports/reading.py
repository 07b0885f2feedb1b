"""Files cut into rows as they arrive: JSON lines as they are, CSV records as the JSON that their columns stand for."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from backbone.errors import Invalid
from backbone.imports.definition import (
    FILE_BYTES_MAX,
    RECORD_BYTES_MAX,
    ROWS_COUNT_MAX,
    Receiving,
    RecordCannotBeRead,
    TooManyRows,
)
from backbone.web.strict import adapter

_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number among the rows and the line on which it begins, both from 1; what is wrong with it, if so."""

    row: int
    line: int
    content: str
    fault: str | None = None


class Reader:
    """Takes the parts of a file in order and cuts them into rows; `at` is where the file goes on after the last.

    A part may end anywhere: what is no whole record yet waits for the next part. A part of a CSV file may end inside
    quotes, where line ends belong to the text. A part that is refused leaves the rows before the fault.
    """

    def __init__(self, at: Receiving, body: type) -> None:
        self._opened = at
        self._bytes, self._lines, self._count = at.bytes, at.lines, at.rows
        self._kinds = _cells(body)
        self._columns = self._named(at.columns)
        self._rows: list[Row] = []
        self._rest = b""
        self._open = b""
        self._open_lines = 0

    @property
    def at(self) -> Receiving:
        """The file as far as it has been cut."""
        columns = tuple(name for name, _, _ in self._columns)
        return replace(self._opened, columns=columns, bytes=self._bytes, lines=self._lines, rows=self._count)

    def feed(self, part: bytes) -> None:
        """Cut a part. Raises `RecordCannotBeRead`, `TooManyRows`, `Invalid` for a header that names no columns."""
        *lines, self._rest = (self._rest + part).split(b"\n")
        for line in lines:
            self._line(line + b"\n")
        self._bound(len(self._rest) + len(self._open))

    def end(self) -> None:
        """The file, or its part, is over; its last line may lack its end. Raises as `feed`."""
        last, self._rest = self._rest, b""
        if last:
            self._line(last)
        if self._open:
            where = (f"/{self._lines + 1}", "the record begins here")
            raise RecordCannotBeRead("a quote is not closed", [where])

    def waiting(self) -> int:
        """How many rows were cut and not taken yet."""
        return len(self._rows)

    def take(self) -> list[Row]:
        """The rows up to `at` that were not taken yet."""
        rows, self._rows = self._rows, []
        return rows

    def _line(self, line: bytes) -> None:
        record, lines = self._open + line, self._open_lines + 1
        self._bound(len(record))
        if self._opened.format == "csv" and record.count(b'"') % 2:
            self._open, self._open_lines = record, lines
            return
        self._open, self._open_lines = b"", 0
        if self._bytes + len(record) > FILE_BYTES_MAX or self._count >= ROWS_COUNT_MAX:
            raise TooManyRows(f"an import takes {ROWS_COUNT_MAX} rows and {FILE_BYTES_MAX} bytes at most")
        # Where the record cannot be taken, the file goes on before it.
        self._record(record if self._bytes else record.removeprefix(_MARK), self._lines + 1)
        self._bytes += len(record)
        self._lines += lines

    def _bound(self, size: int) -> None:
        if size > RECORD_BYTES_MAX:
            where = (f"/{self._lines + 1}", "the record begins here")
            raise RecordCannotBeRead(
                f"a record has {RECORD_BYTES_MAX} bytes at most; is a quote not closed?", [where]
            )

    def _record(self, record: bytes, line: int) -> None:
        """Take a record: a row, the columns, or nothing where it is empty."""
        if not record.strip():
            return
        if self._opened.format == "csv" and not self._columns:
            self._columns = self._named(self._header(record))
            return
        try:
            text = record.decode().rstrip("\r\n")
        except UnicodeDecodeError as broken:
            self._next(line, record.decode(errors="replace"), f"it is not UTF-8: {broken}")
            return
        if "\x00" in text:
            # No text of PostgreSQL holds it, the row's own included.
            self._next(line, text.replace("\x00", "\ufffd"), "a text has a NUL character")
            return
        self._next(line, *((text, None) if self._opened.format == "jsonl" else self._cut(text)))

    def _next(self, line: int, content: str, fault: str | None = None) -> None:
        self._count += 1
        self._rows.append(Row(self._count, line, content, fault))

    def _named(self, columns: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
        """Of each column its name, the name as a member of JSON, and how its cells are written."""
        return tuple((name, json.dumps(name), self._kinds[name]) for name in columns)

    def _header(self, record: bytes) -> tuple[str, ...]:
        try:
            names = tuple(name.strip() for name in _split(record.decode().rstrip("\r\n")))
        except (csv.Error, ValueError):
            names = ()
        if not names or len(set(names)) != len(names) or not self._kinds.keys() >= set(names):
            known = ", ".join(self._kinds)
            raise Invalid("the first line names each column once", [("/1", f"columns are: {known}")])
        return names

    def _cut(self, text: str) -> tuple[str, str | None]:
        """A record as JSON, or as it is with its fault."""
        try:
            cells = _split(text)
            if len(cells) != len(self._columns):
                return text, f"it has {len(cells)} cells, not {len(self._columns)}"
            members = [
                f"{member}: {_written(cell, kind)}"
                for (_, member, kind), cell in zip(self._columns, cells, strict=True)
                if cell
            ]
        except (csv.Error, ValueError) as broken:
            return text, str(broken)
        return f"{{{', '.join(members)}}}", None


def _split(text: str) -> list[str]:
    return next(csv.reader([text], strict=True), [])


def _cells(body: type) -> Mapping[str, str]:
    """How the cell of each column is written as JSON: as a text, as it is, or as JSON that it holds already."""
    described = adapter(body).json_schema()["properties"]
    return {name: _cell(schema) for name, schema in described.items()}


def _cell(schema: Mapping[str, Any]) -> str:
    kinds = {each.get("type", "object") for each in schema.get("anyOf", [schema])} - {"null"}
    if kinds == {"string"}:
        return "text"
    return "plain" if kinds <= {"integer", "boolean"} else "json"


def _written(cell: str, kind: str) -> str:
    if kind == "json":
        return json.dumps(json.loads(cell))
    if kind == "plain" and (cell in {"true", "false"} or cell.removeprefix("-").isdecimal()):
        return cell
    return json.dumps(cell)
