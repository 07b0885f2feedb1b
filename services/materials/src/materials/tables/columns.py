"""How columns of materials look: keys, texts, whole numbers, moments, documents, and the two counts of an aggregate."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB

metadata: Final = MetaData()


def key(name: str) -> Column[Any]:
    """A part of the primary key."""
    return Column(name, Text, primary_key=True)


def name(title: str) -> Column[Any]:
    """A text that is always there."""
    return Column(title, Text, nullable=False)


def maybe(title: str) -> Column[Any]:
    """A text that may be absent."""
    return Column(title, Text)


def whole(title: str) -> Column[Any]:
    """A whole number: millionths, minor units."""
    return Column(title, BigInteger, nullable=False)


def count(title: str) -> Column[Any]:
    """A small whole number."""
    return Column(title, Integer, nullable=False)


def flag(title: str) -> Column[Any]:
    """Yes or no."""
    return Column(title, Boolean, nullable=False)


def at(title: str) -> Column[Any]:
    """A moment that is always known."""
    return Column(title, DateTime(timezone=True), nullable=False)


def maybe_at(title: str) -> Column[Any]:
    """A moment that may be unknown."""
    return Column(title, DateTime(timezone=True))


def document(title: str) -> Column[Any]:
    """Values that are read and written as one."""
    return Column(title, JSONB, nullable=False)


def told_parts() -> list[Column[Any]]:
    """What others have heard of a part of a lot: how much of it, and what that has cost."""
    names = ("micro", "bought_in_minor", "labour_minor", "capital_minor", "overhead_minor")
    return [Column(f"told_{name}", BigInteger, nullable=False, server_default="0") for name in names]


def counts() -> tuple[Column[Any], Column[Any]]:
    """`version` counts changes (ETag), `told` counts the facts told under this row's key."""
    return Column("version", BigInteger, nullable=False), Column("told", BigInteger, nullable=False)
