"""Files are cut into rows as they arrive, wherever their parts end; what cannot be read says where it stands."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.errors import Invalid
from backbone.imports import definition
from backbone.imports.definition import Format, Receiving, RecordCannotBeRead, TooManyRows
from backbone.imports.reading import Reader, Row


@dataclass(frozen=True, slots=True)
class Label:
    """One of a jar's labels."""

    text: str


@dataclass(frozen=True, slots=True)
class JarRow:
    """A row of the tests: a text, a number, a yes or no, and labels."""

    name: str
    count: int | None = None
    open: bool = False
    labels: tuple[Label, ...] = ()


def opened(kind: Format = "csv") -> Receiving:
    """A file of which nothing has come."""
    return Receiving("i1", "jars", kind, dry_run=False, asked_by="ann")


def read(content: bytes, kind: Format = "csv", cuts: tuple[int, ...] = ()) -> tuple[list[Row], Receiving]:
    """The rows of a file that arrives in parts, and where it ended."""
    reader = Reader(opened(kind), JarRow)
    places = [0, *sorted(cut % (len(content) + 1) for cut in cuts), len(content)]
    for start, end in pairwise(places):
        reader.feed(content[start:end])
    reader.end()
    return reader.take(), reader.at


def values(rows: list[Row]) -> list[Any]:
    """What rows hold, or what is wrong with them."""
    return [row.fault or json.loads(row.content) for row in rows]


def test_a_cell_is_written_as_its_column_says() -> None:
    rows, _ = read(b'name,count,open,labels\n007,7,true,"[{""text"": ""a,b""}]"\nx,,,\n')
    assert values(rows) == [
        {"name": "007", "count": 7, "open": True, "labels": [{"text": "a,b"}]},
        {"name": "x"},
    ]


def test_what_is_no_number_stays_a_text_for_the_rules_of_the_row_to_refuse() -> None:
    rows, _ = read(b"name,count\na,seven\nb,1e3\nc,--7\n")
    assert [value["count"] for value in values(rows)] == ["seven", "1e3", "--7"]


def test_rows_know_the_lines_on_which_they_begin() -> None:
    rows, at = read(b'name\n"a\n1"\n\n"b"\nc')
    assert [(row.row, row.line, json.loads(row.content)["name"]) for row in rows] == [
        (1, 2, "a\n1"), (2, 5, "b"), (3, 6, "c"),
    ]  # fmt: skip
    assert (at.bytes, at.lines, at.rows, at.columns) == (17, 6, 3, ("name",))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"name\na,b\n", "it has 2 cells, not 1"),
        (b"name\n\xff\n", "it is not UTF-8"),
        (b"name\na\x00b\n", "a text has a NUL character"),
        (b'name,labels\na,"[1"\n', "delimiter"),
        (b'name\n"a"b"c"\n', "expected after"),
    ],
)
def test_a_row_that_cannot_be_read_is_kept_with_what_is_wrong(content: bytes, fault: str) -> None:
    (row,), _ = read(content)
    assert fault in str(row.fault)
    assert "\x00" not in row.content


@pytest.mark.parametrize("header", [b"name,colour\n", b"name,name\n", b'"na"me\n', b"\xff\n"])
def test_a_header_that_names_no_columns_is_refused_and_the_file_stands_before_it(header: bytes) -> None:
    reader = Reader(opened(), JarRow)
    with pytest.raises(Invalid):
        reader.feed(header)
    assert reader.at == opened()
    assert not reader.take()


def test_a_mark_of_byte_order_is_no_part_of_the_first_name() -> None:
    assert values(read(b"\xef\xbb\xbfname\r\na\r\n")[0]) == [{"name": "a"}]


def test_a_quote_that_is_not_closed_is_refused_with_its_line_and_leaves_what_stood_before() -> None:
    reader = Reader(opened(), JarRow)
    reader.feed(b'name\na\n"b\nc\n')
    with pytest.raises(RecordCannotBeRead) as refused:
        reader.end()
    assert refused.value.pointers == (("/3", "the record begins here"),)
    assert values(reader.take()) == [{"name": "a"}]
    assert reader.at.bytes == 7


def test_a_record_without_end_is_refused_before_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backbone.imports.reading.RECORD_BYTES_MAX", 100)
    reader = Reader(opened("jsonl"), JarRow)
    reader.feed(b'{"name": "a"}\n')
    for _ in range(10):
        reader.feed(b"0123456789")
    with pytest.raises(RecordCannotBeRead):
        reader.feed(b"0")
    assert reader.at.bytes == 14


def test_a_file_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backbone.imports.reading.ROWS_COUNT_MAX", 2)
    reader = Reader(opened("jsonl"), JarRow)
    with pytest.raises(TooManyRows):
        reader.feed(b"{}\n{}\n{}\n")
    assert (reader.at.rows, reader.at.bytes) == (2, 6)


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), min_size=1, max_size=8).filter(
    str.strip
)


def written(names: list[str], kind: Format) -> bytes:
    """A file of these names."""
    if kind == "jsonl":
        return "".join(json.dumps({"name": name}) + "\n" for name in names).encode()
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [["name"], *([name] for name in names)]
    )
    return out.getvalue().encode()


@given(
    st.lists(NAMES, max_size=6), st.lists(st.integers(0, 500), max_size=6), st.sampled_from(["csv", "jsonl"])
)
def test_where_the_parts_end_changes_nothing(names: list[str], cuts: list[int], kind: Format) -> None:
    content = written(names, kind)
    rows, at = read(content, kind, tuple(cuts))
    assert [value["name"] for value in values(rows)] == names
    assert (rows, at) == read(content, kind)
    assert at.bytes == len(content)


@given(st.lists(NAMES, min_size=1, max_size=6), st.integers(0, 500), st.sampled_from(["csv", "jsonl"]))
def test_a_file_is_taken_up_where_it_had_ended(names: list[str], cut: int, kind: Format) -> None:
    content = written(names, kind)
    first = Reader(opened(kind), JarRow)
    first.feed(content[: cut % len(content)])
    second = Reader(first.at, JarRow)
    second.feed(content[first.at.bytes :])
    second.end()
    assert (first.take() + second.take(), second.at) == read(content, kind)


def test_the_limits_are_those_that_are_told() -> None:
    assert replace(opened(), rows=definition.ROWS_COUNT_MAX).rows == 10_000_000
    assert definition.RECORD_BYTES_MAX == 64 * 1024
