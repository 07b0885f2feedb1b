"""The tables of every service carry our names; a planted table of each wrong kind is reported."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, DateTime, Float, Integer, MetaData, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from tests.architecture.rules.tables import breaches

ROOT = Path(__file__).parents[2]
HOUSES = sorted(path.parent.name for path in ROOT.glob("services/*/src/*/tables*") if path.stem == "tables")
MOMENT = DateTime(timezone=True)


def of(name: str, *columns: Column[Any]) -> MetaData:
    """A planted table with a key and the given columns."""
    metadata = MetaData()
    Table(name, metadata, Column("order_id", Text, primary_key=True), *columns)
    return metadata


def test_every_service_names_its_tables_as_agreed() -> None:
    found = {house: breaches(importlib.import_module(f"{house}.tables").metadata) for house in HOUSES}
    assert not {house: sentences for house, sentences in found.items() if sentences}


PLANTED = [
    (of("order"), "table order: names are plural"),
    (of("orderLines"), "table orderLines: names are plural and snake_case"),
    (of("orders", Column("told", BigInteger)), "table orders counts told facts and has no version"),
    (of("orders", Column("placedAt", Text)), "column orders.placedAt: names are snake_case"),
    (of("orders", Column("placed", MOMENT)), "column orders.placed is a moment: its name ends in _at"),
    (
        of("orders", Column("placed_at", DateTime())),
        "column orders.placed_at is a moment without a time zone",
    ),
    (of("orders", Column("days", ARRAY(DateTime()))), "column orders.days is a moment without a time zone"),
    (of("orders", Column("price_minor", Integer)), "quantities and money are bigint"),
    (of("orders", Column("weight", Numeric())), "quantities and money are bigint"),
    (of("orders", Column("weight", Float())), "quantities and money are bigint"),
    (of("orders", Column("price_minor_total", BigInteger)), "the unit comes last"),
]


@pytest.mark.parametrize(("metadata", "sentence"), PLANTED, ids=[sentence for _, sentence in PLANTED])
def test_a_planted_table_is_reported(metadata: MetaData, sentence: str) -> None:
    assert [found for found in breaches(metadata) if sentence in found], breaches(metadata)


def test_a_table_as_agreed_is_not_reported() -> None:
    columns: tuple[Column[Any], ...] = (
        Column("price_minor", BigInteger),
        Column("placed_at", MOMENT),
        Column("version", BigInteger),
        Column("told", BigInteger),
    )
    assert breaches(of("order_lines", *columns)) == []
