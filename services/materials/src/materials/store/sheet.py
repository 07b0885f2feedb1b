"""How rows of one kind are read and written: three statements made once from the table, arrays in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar, get_type_hints

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, Table, TextClause, text
from sqlalchemy.dialects.postgresql import JSONB

from backbone.documents import document, reader
from backbone.service import Tx
from contracts.topics import Topic

V = TypeVar("V", bound=NamedTuple)

_ARRAY_OF: Final[tuple[tuple[type, str], ...]] = (
    (BigInteger, "bigint"),
    (Integer, "integer"),
    (Boolean, "boolean"),
    (DateTime, "timestamptz"),
)


def _array_of(column: Column[Any]) -> str:
    return next((name for kind, name in _ARRAY_OF if isinstance(column.type, kind)), "text")


class Sheet(Generic[V]):
    """The rows of a table as values of one class whose fields are named like the columns.

    A table with a `told` column owns the keys of a topic: its rows are registered on the transaction when they are
    read, and written with the count of what was told under them.
    """

    def __init__(self, table: Table, kind: type[V], topic: Topic | None = None) -> None:
        names = list(kind._fields)
        hints = get_type_hints(kind)
        self._make = kind._make
        self._topic = topic
        self._names = names
        self._documents = {
            name: reader(hints[name]) for name in names if isinstance(table.c[name].type, JSONB)
        }
        self._read_at = [(names.index(name), read) for name, read in self._documents.items()]
        self._keys = [column.name for column in table.primary_key.columns]
        self._counted = "told" in table.c
        self.topic_name = topic.name if topic is not None else ""
        self._put = self._put_statement(table)
        self._drop = self._drop_statement(table)
        read = ", ".join(f'CAST("{n}" AS text) AS "{n}"' if n in self._documents else f'"{n}"' for n in names)
        self._read = f"SELECT {read}{', told' if self._counted else ''} FROM {table.name}"  # noqa: S608

    def _put_statement(self, table: Table) -> TextClause:
        written = [*self._names, *(["told"] if self._counted else [])]
        columns = ", ".join(f'"{name}"' for name in written)
        values = ", ".join(
            f'CAST(put."{name}" AS jsonb)' if name in self._documents else f'put."{name}"' for name in written
        )
        arrays = ", ".join(f"CAST(:{name} AS {_array_of(table.c[name])}[])" for name in written)
        versioned = "version" in table.c
        changes = [f'"{name}" = excluded."{name}"' for name in written if name not in self._keys]
        changes += [f"version = {table.name}.version + 1"] if versioned else []
        keys = ", ".join(f'"{key}"' for key in self._keys)
        return text(
            f"""
            INSERT INTO {table.name} ({columns}{", version" if versioned else ""})
            SELECT {values}{", 1" if versioned else ""} FROM unnest({arrays}) AS put({columns}) ORDER BY {keys}
            ON CONFLICT ({keys}) DO {"UPDATE SET " + ", ".join(changes) if changes else "NOTHING"}
            """  # noqa: S608
        )

    def _drop_statement(self, table: Table) -> TextClause:
        arrays = ", ".join(f"CAST(:{key} AS text[])" for key in self._keys)
        keys = ", ".join(f'"{key}"' for key in self._keys)
        same = " AND ".join(f'{table.name}."{key}" = gone."{key}"' for key in self._keys)
        return text(f"DELETE FROM {table.name} USING unnest({arrays}) AS gone({keys}) WHERE {same}")  # noqa: S608

    def reading(self, condition: str) -> TextClause:
        """The statement that reads the rows for which a condition holds, in the order of their keys."""
        keys = ", ".join(f'"{key}"' for key in self._keys)
        return text(f"{self._read} WHERE {condition} ORDER BY {keys}")

    async def load(self, tx: Tx, statement: TextClause, values: Mapping[str, Any]) -> list[V]:
        """The rows that a statement of `reading` finds; the caller holds the lock that guards them.

        Statements name rows by lists: where all of them are empty nothing is asked.
        """
        if values and not any(values.values()):
            return []
        rows = (await tx.sql.execute(statement, values)).all()
        if self._topic is not None:
            key = self._topic.key
            tx.locked(self._topic, {getattr(row, key): row.told for row in rows})
        return [self._value(row) for row in rows]

    def _value(self, row: Any) -> V:
        """A row has the fields of the class in their order, and after them the count of what was told."""
        values = row[: len(self._names)]
        if self._read_at:
            values = list(values)
            for place, read in self._read_at:
                values[place] = read(values[place])
        return self._make(values)

    def own(self, tx: Tx, rows: Iterable[V]) -> None:
        """These rows will be inserted: facts may be told under their keys."""
        if self._topic is not None:
            tx.added(self._topic, (getattr(row, self._topic.key) for row in rows))

    async def put(self, tx: Tx, rows: Sequence[V]) -> None:
        """Write rows, new or known."""
        if not rows:
            return
        values: dict[str, Sequence[Any]] = dict(zip(self._names, zip(*rows, strict=True), strict=True))
        for name in self._documents:
            values[name] = list(map(document, values[name]))
        if self._counted and self._topic is not None:
            values["told"] = [tx.tells(self._topic, getattr(row, self._topic.key)) for row in rows]
        await tx.sql.execute(self._put, values)

    async def drop(self, tx: Tx, keys: Sequence[tuple[str, ...]]) -> None:
        """Delete the rows of these keys, each given as the columns of the primary key."""
        if keys:
            columns = {name: [key[place] for key in keys] for place, name in enumerate(self._keys)}
            await tx.sql.execute(self._drop, columns)
