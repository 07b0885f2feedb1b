"""What the tables of a service are called: read from the tables themselves, however tables.py builds them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import BigInteger, DateTime, Float, Integer, MetaData, Numeric, Table
from sqlalchemy.dialects.postgresql import ARRAY

IRREGULAR_PLURALS = frozenset({"people", "children", "staff"})
UNITS = ("_minor", "_micro")


def breaches(metadata: MetaData) -> list[str]:
    """Every table and column whose name or shape is not ours, as sentences."""
    return [sentence for table in metadata.sorted_tables for sentence in _of(table)]


def _of(table: Table) -> Iterator[str]:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", table.name) or not _is_plural(table.name.split("_")[-1]):
        yield f"table {table.name}: names are plural and snake_case"
    # Millions of rows that are copied in whole and found by where they lie: their key would cost more than they.
    in_parts = table.dialect_options["postgresql"]["partition_by"] is not None
    if not table.primary_key.columns and not in_parts:
        yield f"table {table.name} has no primary key"
    if "told" in table.columns and "version" not in table.columns:
        yield f"table {table.name} counts told facts and has no version"
    for column in table.columns:
        where, kind = f"{table.name}.{column.name}", column.type
        if not re.fullmatch(r"[a-z][a-z0-9_]*", column.name):
            yield f"column {where}: names are snake_case"
        moment = kind.item_type if isinstance(kind, ARRAY) else kind
        if isinstance(moment, DateTime) and not moment.timezone:
            yield f"column {where} is a moment without a time zone"
        if isinstance(kind, DateTime) and not column.name.endswith("_at"):
            yield f"column {where} is a moment: its name ends in _at"
        if isinstance(kind, Numeric | Float) or (
            column.name.endswith(UNITS) and not isinstance(kind, BigInteger | ARRAY)
        ):
            yield f"column {where}: quantities and money are bigint *_micro and *_minor"
        if re.search(r"_(minor|micro)_", column.name) and isinstance(kind, Integer):
            yield f"column {where}: the unit comes last"


def _is_plural(word: str) -> bool:
    return word in IRREGULAR_PLURALS or (word.endswith("s") and not word.endswith("ss"))
