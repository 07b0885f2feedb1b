"""Versions of the plan of whole sites: their headers, and the rows of each in tables of its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Index, Integer, Table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from materials.tables.columns import at, count, counts, document, key, maybe, maybe_at, metadata, name, whole

plan_versions = Table(
    "plan_versions",
    metadata,
    key("plan_id"),
    count("plan_no"),
    maybe("site_id"),
    document("sites"),
    name("keeps"),
    name("state"),
    name("asked_by"),
    at("asked_at"),
    maybe_at("loaded_at"),
    maybe_at("published_at"),
    maybe_at("first_at"),
    maybe_at("last_at"),
    whole("demands_count"),
    whole("supplies_count"),
    whole("orders_count"),
    whole("pegs_count"),
    whole("missing_count"),
    whole("late_count"),
    maybe("digest"),
    *counts(),
    CheckConstraint(
        "state IN ('computing', 'ready', 'live', 'superseded', 'abandoned')", "plan_state_is_known"
    ),
    Index("plan_versions_no", "plan_no", unique=True),
)

# Which version each site goes by.
plan_pointers = Table("plan_pointers", metadata, key("site_id"), name("plan_id"))


def _number(title: str) -> Column[int]:
    return Column(title, Integer, primary_key=True, autoincrement=False)


def _on(title: str) -> Column[object]:
    return Column(title, Date, nullable=False)


def _list(title: str, of: type[TypeEngine[Any]]) -> Column[Any]:
    return Column(title, ARRAY(of), nullable=False)


# A version's rows stand in tables of its own: filled by COPY, then given keys, then made a part of the whole.
_BY_VERSION = "LIST (plan_no)"

plan_nodes = Table(
    "plan_nodes",
    metadata,
    _number("plan_no"),
    _number("node_no"),
    name("site_id"),
    name("sku"),
    document("window"),
    name("source"),
    whole("quantum_micro"),
    maybe("recipe_id"),
    Column("recipe_version", Integer),
    maybe("from_site_id"),
    maybe("terms_id"),
    count("level"),
    # Its orders are those from the first one on; they take of, and give to, the nodes beside.
    whole("first_order_no"),
    whole("orders_count"),
    whole("quantity_micro"),
    Column("digest", BigInteger, nullable=False),
    Column("nodes_beside", ARRAY(Integer), nullable=False),
    postgresql_partition_by=_BY_VERSION,
)

plan_demands = Table(
    "plan_demands",
    metadata,
    _number("plan_no"),
    _number("demand_no"),
    name("demand_id"),
    count("node_no"),
    _on("needed_on"),
    whole("quantity_micro"),
    postgresql_partition_by=_BY_VERSION,
)

plan_supplies = Table(
    "plan_supplies",
    metadata,
    _number("plan_no"),
    _number("supply_no"),
    count("node_no"),
    name("kind"),
    maybe("supply_id"),
    maybe("planned_order_id"),
    Column("there_on", Date),
    whole("quantity_micro"),
    Column("wanted_on", Date),
    whole("served_micro"),
    postgresql_partition_by=_BY_VERSION,
)

# Orders and pegs are millions: each row holds lists of some that lie at one node, one value each, `first_no` being the
# number of the first of them in the version. They are read through the views `plan_orders` and `plan_pegs`, a row each.
plan_order_lists = Table(
    "plan_order_lists",
    metadata,
    _number("plan_no"),
    _number("node_no"),
    _number("first_no"),
    _list("starts_on", Date),
    _list("due_on", Date),
    _list("quantity_micro", BigInteger),
    _list("good_micro", BigInteger),
    postgresql_partition_by=_BY_VERSION,
)

# So much of what a supply gives is for a requirement of a node on a day. `for_no` and `from_no` are numbers of planned
# orders; of demands and of supplies that are there they are -1 less the number.
plan_peg_lists = Table(
    "plan_peg_lists",
    metadata,
    _number("plan_no"),
    _number("node_no"),
    _number("first_no"),
    _list("needed_on", Date),
    _list("for_no", Integer),
    _list("from_no", Integer),
    _list("quantity_micro", BigInteger),
    postgresql_partition_by=_BY_VERSION,
)

# The demands that a version serves later than they need it; without a day when it cannot serve them.
plan_delays = Table(
    "plan_delays",
    metadata,
    _number("plan_no"),
    _number("demand_no"),
    Column("available_on", Date),
    postgresql_partition_by=_BY_VERSION,
)
