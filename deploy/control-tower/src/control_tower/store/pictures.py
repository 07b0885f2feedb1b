"""Pictures into rows: one statement a table, whatever the number of things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import document
from backbone.service import Tx
from contracts.values import Quantity
from control_tower.domain.mentions import Subject
from control_tower.domain.picture import LineRow, MessageRow, OperationRow, Picture, ValueRow
from control_tower.store.facts import About, recalled

SAVE_SUBJECTS: Final = text(
    """
    UPDATE subjects SET state = drawn.state, label = drawn.label, since_at = drawn.since_at,
                        picture = CAST(drawn.picture AS jsonb), drawn_from = drawn.drawn_from
    FROM unnest(CAST(:kind AS text[]), CAST(:subject_id AS text[]), CAST(:state AS text[]), CAST(:label AS text[]),
                CAST(:since_at AS timestamptz[]), CAST(:picture AS text[]), CAST(:drawn_from AS bigint[]))
         AS drawn(kind, subject_id, state, label, since_at, picture, drawn_from)
    WHERE subjects.kind = drawn.kind AND subjects.subject_id = drawn.subject_id
    """
)
# table -> (the kind of thing whose rows it holds, the column that names the thing, row type, array type by column)
_TEXT, _WHOLE, _MOMENT, _TRUTH = "text[]", "bigint[]", "timestamptz[]", "boolean[]"
_ROWS: Final[dict[str, tuple[str, str, type, dict[str, str]]]] = {
    "order_lines": (
        "order",
        "order_id",
        LineRow,
        {
            "quantity": _WHOLE,
            "promised_at": _MOMENT,
            "expected_at": _MOMENT,
            "open": _TRUTH,
            "at_risk": _TRUTH,
        },
    ),
    "order_values": (
        "order",
        "order_id",
        ValueRow,
        {
            "price_minor": _WHOLE,
            "bought_in_minor": _WHOLE,
            "labour_minor": _WHOLE,
            "capital_minor": _WHOLE,
            "overhead_minor": _WHOLE,
            "margin_minor": _WHOLE,
            "final": _TRUTH,
            "placed_at": _MOMENT,
        },
    ),
    "run_operations": (
        "run",
        "run_id",
        OperationRow,
        {"operation_no": "int[]", "starts_at": _MOMENT, "ends_at": _MOMENT},
    ),
    "open_messages": (
        "planned_order",
        "planned_order_id",
        MessageRow,
        {"quantity": _WHOLE, "wanted_at": _MOMENT, "opened_at": _MOMENT},
    ),
}
_OF_PICTURE: Final = {
    "order_lines": "lines",
    "order_values": "values",
    "run_operations": "operations",
    "open_messages": "messages",
}


def _column(name: str) -> str:
    return "quantity_micro" if name == "quantity" else name


def _insert(table: str) -> Any:
    _, _, row, kinds = _ROWS[table]
    names = [part.name for part in fields(row)]
    columns = ", ".join(_column(name) for name in names)
    arrays = ", ".join(f"CAST(:{name} AS {kinds.get(name, _TEXT)})" for name in names)
    picked = ", ".join("CAST(order_ids AS jsonb)" if name == "order_ids" else _column(name) for name in names)
    return text(
        f"INSERT INTO {table} ({columns}) SELECT {picked} FROM unnest({arrays}) AS made({columns})"  # noqa: S608
    )


_DELETE: Final = {
    table: text(f"DELETE FROM {table} WHERE {column} = ANY(CAST(:ids AS text[]))")  # noqa: S608
    for table, (_, column, _, _) in _ROWS.items()
}
_INSERT: Final = {table: _insert(table) for table in _ROWS}


async def save_pictures(tx: Tx, pictures: Sequence[Picture], about: Mapping[Subject, About]) -> None:
    """Replace what is shown of these things, drawn from the facts `about` them; their rows are locked.

    Rows that are known to stand as they are drawn are left alone.
    """
    if not pictures:
        return
    marks = recalled(about, pictures)
    columns = {
        "drawn_from": [marks[one.kind, one.subject_id] for one in pictures],
        "kind": [one.kind for one in pictures],
        "subject_id": [one.subject_id for one in pictures],
        "state": [one.state for one in pictures],
        "label": [one.label for one in pictures],
        "since_at": [one.since_at for one in pictures],
        "picture": [None if one.detail is None else document(one.detail) for one in pictures],
    }
    await tx.sql.execute(SAVE_SUBJECTS, columns)
    for table, (kind, _, _, _) in _ROWS.items():
        rows_of = attrgetter(_OF_PICTURE[table])
        of_kind = [(one, about[one.kind, one.subject_id].shown) for one in pictures if one.kind == kind]
        others = [(one, shown) for one, shown in of_kind if shown is None or rows_of(one) != rows_of(shown)]
        gone = [one.subject_id for one, shown in others if shown is None or rows_of(shown)]
        await _replace(tx, table, gone, [row for one, _ in others for row in rows_of(one)])


async def _replace(tx: Tx, table: str, gone: Sequence[str], rows: Sequence[Any]) -> None:
    if gone:
        await tx.sql.execute(_DELETE[table], {"ids": gone})
    if rows:
        names = [part.name for part in fields(_ROWS[table][2])]
        made = {name: [_plain(getattr(one, name)) for one in rows] for name in names}
        await tx.sql.execute(_INSERT[table], made)


def _plain(value: object) -> object:
    if isinstance(value, Quantity):
        return value.micro
    return document(value) if isinstance(value, tuple) else value
