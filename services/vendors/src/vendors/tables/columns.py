"""The kinds of columns that rows of vendors are made of, and the metadata they belong to."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, MetaData, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata: Final = MetaData()


def key(name: str) -> Column[Any]:
    return Column(name, Text, primary_key=True)


def words(name: str, *, maybe: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=maybe)


def many_words(name: str) -> Column[Any]:
    return Column(name, ARRAY(Text), nullable=False)


def big(name: str, *, maybe: bool = False) -> Column[Any]:
    return Column(name, BigInteger, nullable=maybe)


def whole(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False)


def yes(name: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False)


def at(name: str, *, maybe: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=maybe)


def document(name: str, *, maybe: bool = False) -> Column[Any]:
    return Column(name, JSONB(none_as_null=True), nullable=maybe)


def of_work() -> tuple[Column[Any], Column[Any]]:
    # The run whose work is bought, and on what it is done; neither where goods are.
    return words("run_id", maybe=True), document("provided")


def version() -> Column[Any]:
    return Column("version", BigInteger, nullable=False)


def counts() -> tuple[Column[Any], Column[Any]]:
    # `version` counts changes (ETag, optimistic lock), `told` counts the facts told under this row's key.
    return version(), Column("told", BigInteger, nullable=False)
