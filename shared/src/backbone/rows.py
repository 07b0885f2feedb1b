"""How rows of one table are written and locked: one statement for any number of them, built once from the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    Table,
    Text,
    TextClause,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from backbone.documents import document

Values = Mapping[str, Any]

_TYPES: Final[tuple[tuple[type, str], ...]] = (
    (BigInteger, "bigint"),
    (Integer, "int"),
    (Boolean, "boolean"),
    (DateTime, "timestamptz"),
    (Date, "date"),
    (Text, "text"),
)


def _scalar(kind: Any) -> str:
    return next(name for sort, name in _TYPES if isinstance(kind, sort))


def _sent(column: Column[Any]) -> str:
    """The array type in which a column's values are sent; lists and documents travel as JSON text."""
    return "text" if isinstance(column.type, JSONB | ARRAY) else _scalar(column.type)


def _stored(column: Column[Any], row: str) -> str:
    """The expression that makes a column's value of what was sent."""
    value = f"{row}.{column.name}"
    if isinstance(column.type, JSONB):
        return f"CAST({value} AS jsonb)"
    if isinstance(column.type, ARRAY):
        kind = _scalar(column.type.item_type)
        of = f"jsonb_array_elements_text(CAST({value} AS jsonb)) AS of(x)"
        return f"ARRAY(SELECT CAST(x AS {kind}) FROM {of})"  # noqa: S608  (names of our own tables)
    return value


class Rows:
    """The statements of one table; `changing` are the columns that an update may write.

    `add` inserts, `save` updates by primary key (and counts the version), `lock` takes rows by their keys in key order.
    """

    def __init__(self, table: Table, *, changing: Sequence[str] = ()) -> None:
        columns = list(table.columns)
        self._columns = columns
        self._keys = [column.name for column in table.primary_key.columns]
        self._written = [column for column in columns if column.name in {*self._keys, *changing}]
        self.add: TextClause = text(self._insert(table))
        self.save: TextClause = text(self._update(table, changing))
        shown = ", ".join(
            f"CAST({c.name} AS text) AS {c.name}" if isinstance(c.type, JSONB) else c.name for c in columns
        )
        key = self._keys[0]
        self._select = f"SELECT {shown} FROM {table.name}"  # noqa: S608  (names of our own tables)
        self.load: TextClause = self.where(f"{key} = ANY(:keys) ORDER BY {key}")
        self.lock: TextClause = self.where(f"{key} = ANY(:keys) ORDER BY {key} FOR UPDATE")

    def where(self, condition: str) -> TextClause:
        """A statement that takes the rows for which `condition` (a constant of ours) holds."""
        return text(f"{self._select} WHERE {condition}")

    def _insert(self, table: Table) -> str:
        names = ", ".join(column.name for column in self._columns)
        stored = ", ".join(_stored(column, "added") for column in self._columns)
        sent = self._unnest(self._columns, "added")
        return f"INSERT INTO {table.name} ({names}) SELECT {stored} FROM {sent}"  # noqa: S608

    def _update(self, table: Table, changing: Sequence[str]) -> str:
        changed = [f"{c.name} = {_stored(c, 'saved')}" for c in self._written if c.name in changing]
        if "version" in table.columns:
            changed.append(f"version = {table.name}.version + 1")
        same = " AND ".join(f"{table.name}.{key} = saved.{key}" for key in self._keys)
        sent = self._unnest(self._written, "saved")
        return f"UPDATE {table.name} SET {', '.join(changed)} FROM {sent} WHERE {same}"  # noqa: S608

    @staticmethod
    def _unnest(columns: Sequence[Column[Any]], name: str) -> str:
        arrays = ", ".join(f"CAST(:{column.name} AS {_sent(column)}[])" for column in columns)
        return f"unnest({arrays}) AS {name}({', '.join(column.name for column in columns)})"

    def added(self, rows: Sequence[Values]) -> dict[str, list[Any]]:
        """The parameters of `add`: a list for each column."""
        return self._lists(self._columns, rows)

    def saved(self, rows: Sequence[Values]) -> dict[str, list[Any]]:
        """The parameters of `save`: a list for each key and changing column."""
        return self._lists(self._written, rows)

    @staticmethod
    def _lists(columns: Sequence[Column[Any]], rows: Sequence[Values]) -> dict[str, list[Any]]:
        return {column.name: [_plain(column, row[column.name]) for row in rows] for column in columns}


def _plain(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, JSONB | ARRAY) and value is not None:
        return document(value)
    return value
