"""A certificate of analysis on paper: one page after the other as PDF, the same bytes for the same certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

# Of a page of A4, in millimetres.
WIDTHS: Final = (52, 22, 22, 24, 18, 20, 32)
HEADS: Final = ("Characteristic", "At least", "At most", "Found", "Unit", "Looked at", "Result")
LINE_HEIGHT: Final = 7
TEXT_CHARS_MAX: Final = 300


def certificate_pdf(certificate: Mapping[str, Any]) -> bytes:
    """The certificate that production shows, as a PDF; it is dated by its inspection, so it never changes.

    Letters beyond Windows-1252, the letters of the fonts that every reader of PDF has, are shown as `?`.
    """
    # Loaded with the first certificate: the library brings fonts and pictures along, and most towers never need it.
    from fpdf import FPDF

    lot, found = certificate["lot"], certificate["inspection"]
    paper = FPDF(format="A4")
    paper.set_creation_date(datetime.fromisoformat(found["inspected_at"]))
    paper.core_fonts_encoding = "windows-1252"
    paper.set_title(_text(f"Certificate of analysis, lot {lot['lot_id']}"))
    paper.add_page()
    paper.set_font("Helvetica", "B", 18)
    paper.cell(0, 12, "Certificate of analysis", new_x="LMARGIN", new_y="NEXT")
    paper.set_font("Helvetica", "", 10)
    for name, value in _head(lot, found):
        paper.cell(40, LINE_HEIGHT, name)
        paper.cell(0, LINE_HEIGHT, _text(value), new_x="LMARGIN", new_y="NEXT")
    paper.ln(4)
    paper.set_font("Helvetica", "B", 9)
    _row(paper, HEADS)
    paper.set_font("Helvetica", "", 9)
    for each in found["characteristics"]:
        _row(paper, _cells(each))
    paper.ln(4)
    paper.set_font("Helvetica", "", 9)
    said = f"Inspection {found['inspection_id']}, found by {found['inspected_by']}."
    paper.multi_cell(0, 5, _text(said), new_x="LMARGIN", new_y="NEXT")
    for one in certificate["in_process"]:
        paper.multi_cell(0, 5, _text(_in_process(one)), new_x="LMARGIN", new_y="NEXT")
    return bytes(paper.output())


def _in_process(one: Mapping[str, Any]) -> str:
    """What was found of the run of the lot behind one of its operations, and what became of it."""
    found = "; ".join(
        f"{each['name']} {each['mean'] or ''} {each['scale']}, {each['bad']} of {each['looked_at']} bad"
        for each in one["characteristics"]
    )
    verdict = "passed" if one["passed"] else f"failed, {one['state'].replace('-', ' ')}"
    return f"While it was made, {_moment(one)}, operation {one['operation_no']}: {found}: {verdict}."


def _moment(one: Mapping[str, Any]) -> str:
    said: str = one["inspected_at"]
    return said[:16].replace("T", " ")


def _head(lot: Mapping[str, Any], found: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Lot", lot["lot_id"]),
        ("Item", lot["sku"]),
        ("Quantity", lot["quantity"]),
        ("Site", lot["site_id"]),
        ("Made by run", lot["run_id"] or "bought"),
        ("The lot is", lot["state"].replace("-", " ")),
        ("Inspected at", _moment(found)),
        ("By plan", f"version {found['plan_version']}"),
    ]


def _cells(one: Mapping[str, Any]) -> tuple[str, ...]:
    """A characteristic beside its limits; an attribute has none, and counts its bad ones."""
    value = f"{one['bad']} bad" if one["mean"] is None else one["mean"]
    result = "within limits" if one["bad"] <= one["accept"] else "outside"
    return (
        one["name"], one["minimum"] or "-", one["maximum"] or "-", value, one["scale"], str(one["looked_at"]), result
    )  # fmt: skip


def _row(paper: Any, cells: Sequence[str]) -> None:
    for width, cell in zip(WIDTHS, cells, strict=True):
        paper.cell(width, LINE_HEIGHT, _text(cell)[: width // 2], border="B")
    paper.ln(LINE_HEIGHT)


def _text(said: str) -> str:
    return said[:TEXT_CHARS_MAX].encode("cp1252", "replace").decode("cp1252")
