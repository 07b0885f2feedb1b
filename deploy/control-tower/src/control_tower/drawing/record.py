"""A batch record on paper: one page after the other as PDF, the same bytes for the same record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from control_tower.domain.words import counted

LINE_HEIGHT: Final = 5
NAME_WIDTH: Final = 34
TEXT_CHARS_MAX: Final = 2_000
# Of a record without an entry: a PDF has a date.
NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def record_pdf(record: Mapping[str, Any]) -> bytes:
    """The batch record that production shows, as a PDF; it is dated by its last entry.

    Letters beyond Windows-1252, the letters of the fonts that every reader of PDF has, are shown as `?`.
    """
    # Loaded with the first record: the library brings fonts and pictures along, and most towers never need it.
    from fpdf import FPDF

    entries = record["entries"]
    paper = FPDF(format="A4")
    paper.set_creation_date(datetime.fromisoformat(entries[-1]["entry"]["at"]) if entries else NEVER)
    paper.core_fonts_encoding = "windows-1252"
    paper.set_title(_text(f"Batch record of run {record['run_id']}"))
    paper.add_page()
    paper.set_font("Helvetica", "B", 18)
    paper.cell(0, 12, "Batch record", new_x="LMARGIN", new_y="NEXT")
    for name, value in _head(record):
        _line(paper, name, value)
    for each in entries:
        paper.ln(2)
        _line(paper, f"{each['entry_no']}.", _done(each["entry"]), bold=True)
        for name, value in _says(each["entry"]):
            _line(paper, name, value)
    for name, value in (*_inspected(record["inspections"]), *_counted(record["counts"])):
        paper.ln(2)
        _line(paper, name, value)
    paper.ln(4)
    for one in record["signatures"]:
        since = "" if one["current"] else "; the record has changed since"
        entries = counted(one["entries"], "entry", "entries")
        said = f"by {one['signed_by']}, {_moment(one['signed_at'])}, over {entries}{since}"
        _line(paper, one["meaning"], said)
    if not record["signatures"]:
        _line(paper, "Signatures", "none")
    return bytes(paper.output())


def _head(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    sealed = "as it was written" if record["intact"] else "NOT as it was written"
    return [
        ("Run", record["run_id"]),
        ("Recipe", f"{record['title']} ({record['recipe_id']}, version {record['recipe_version']})"),
        ("Written by", f"{record['author']}, approved by {record['approver'] or 'nobody'}"),
        ("Site", record["site_id"]),
        ("The run is", f"{record['state']}: {record['done_runs']} of {counted(record['runs'], 'run')} done"),
        ("Begun", _moment(record["started_at"])),
        ("Ended", _moment(record["ended_at"])),
        ("Entries", f"{len(record['entries'])}, {sealed}; {counted(record['deviations'], 'deviation')}"),
        ("Digest", record["digest"] or "-"),
    ]


def _done(entry: Mapping[str, Any]) -> str:
    runs = f" ({counted(entry['runs'], 'run')})" if entry["runs"] else ""
    return f"{_moment(entry['at'])}  {entry['by']}: {entry['what']}{runs}"


def _says(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What an entry says beyond its head, a line for each kind of thing."""
    parts = {
        "Reason": [entry["reason"]] if entry["reason"] else [],
        "Staged": [_part(each) for each in entry["staged"]],
        "Took": [_part(each) for each in entry["consumed"]],
        "Made": [_part(each["part"]) for each in entry["produced"]],
        "Scrapped": [f"{each['quantity']} {each['sku']}: {each['reason']}" for each in entry["scrapped"]],
        "Measured": [
            f"operation {each['operation_no']} {each['name']} {each['value']} {each['unit']}"
            for each in entry["measured"]
        ],
        "Deviations": entry["deviations"],
    }
    yield from ((name, "; ".join(said)) for name, said in parts.items() if said)


def _inspected(inspections: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """What inspections of the run and its lots found, a line for each, and what became of those that failed."""
    for one in inspections:
        where = f"operation {one['operation_no']}" if one["run_id"] else f"lot {one['lot_id']}"
        found = "; ".join(
            f"{each['name']} {each['mean'] or ''} {each['scale']}, {each['bad']} of {each['looked_at']} bad"
            for each in one["characteristics"]
        )
        verdict = "passed" if one["passed"] else f"failed, {one['state']}"
        by = f"{_moment(one['inspected_at'])} by {one['inspected_by']}"
        yield "Inspected", f"{where}, {by}: {verdict} ({found})"


def _counted(counts: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """What machines have counted, a line for each operation and machine."""
    for one in counts:
        when = f"{_moment(one['first_at'])} to {_moment(one['last_at'])}"
        found = f"{one['good']} good, {one['bad']} bad ({when})"
        yield "Counted", f"operation {one['operation_no']}, machine {one['machine']}: {found}"


def _part(part: Mapping[str, Any]) -> str:
    return f"{part['quantity']} {part['sku']} (lot {part['lot_id']})"


def _moment(said: str | None) -> str:
    return said[:16].replace("T", " ") if said else "-"


def _line(paper: Any, name: str, value: str, *, bold: bool = False) -> None:
    """A name and what it stands for, on as many lines as that needs."""
    paper.set_font("Helvetica", "B" if bold else "", 9)
    paper.cell(NAME_WIDTH, LINE_HEIGHT, _text(name))
    paper.multi_cell(0, LINE_HEIGHT, _text(value), align="L", new_x="LMARGIN", new_y="NEXT")


def _text(said: str) -> str:
    return said[:TEXT_CHARS_MAX].encode("cp1252", "replace").decode("cp1252")
