"""How columns of production look, and the metadata that its tables belong to."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB

metadata: Final = MetaData()


def key(name: str) -> Column[Any]:
    """A part of the primary key."""
    return Column(name, Text, primary_key=True)


def words(name: str) -> Column[Any]:
    """A text that is always there."""
    return Column(name, Text, nullable=False)


def number(name: str) -> Column[Any]:
    """A small whole number."""
    return Column(name, Integer, nullable=False)


def whole(name: str) -> Column[Any]:
    """A whole number: millionths, minor units."""
    return Column(name, BigInteger, nullable=False)


def at(name: str) -> Column[Any]:
    """A moment that is always known."""
    return Column(name, DateTime(timezone=True), nullable=False)


def document(name: str) -> Column[Any]:
    """Values that are read and written as one."""
    return Column(name, JSONB, nullable=False)


def counts() -> tuple[Column[Any], Column[Any]]:
    """`version` counts changes (ETag), `told` counts the facts told under this row's key."""
    return Column("version", BigInteger, nullable=False), Column("told", BigInteger, nullable=False)
