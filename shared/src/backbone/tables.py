"""Tables that every service's database has: facts and who heard them, deadlines, asked keys, clock, long work."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

backbone_metadata: Final = MetaData()


def _moment(name: str) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


def _required(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, nullable=False)


outbox = Table(
    "outbox",
    backbone_metadata,
    Column("shard", SmallInteger, primary_key=True, server_default="0"),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _required("event_id", Uuid),
    _required("topic", Text),
    _required("key", Text),
    _required("headers", Text),
    _required("payload", LargeBinary),
    _moment("created_at"),
)

facts = Table(
    "facts",
    backbone_metadata,
    Column("shard", SmallInteger, primary_key=True, server_default="0"),
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    _required("event_id", Uuid),
    _required("topic", Text),
    _required("key", Text),
    _required("headers", Text),
    _required("payload", LargeBinary),
    _moment("recorded_at"),
)

inbox = Table(
    "inbox",
    backbone_metadata,
    Column("subscription", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    _moment("seen_at"),
)

attempts = Table(
    "attempts",
    backbone_metadata,
    Column("subscription", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    _required("tries", Integer),
)

parked_key = Table(
    "parked_key",
    backbone_metadata,
    Column("subscription", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    _required("kind", Text),
    _required("cause", Text),
    Column("waits_for", Text),
    _required("attempts", Integer),
    _moment("parked_at"),
    Column("next_at", DateTime(timezone=True)),
    Index("parked_key_next", "next_at"),
    Index("parked_key_waits", "waits_for"),
)

parked_event = Table(
    "parked_event",
    backbone_metadata,
    Column("queue_id", BigInteger, Identity(always=True), primary_key=True),
    _required("subscription", Text),
    _required("topic", Text),
    _required("key", Text),
    _required("event_id", Uuid),
    _required("kafka_partition", Integer),
    _required("kafka_offset", BigInteger),
    _required("recorded_ms", BigInteger),
    _required("headers", Text),
    Column("payload", LargeBinary),
    Index("parked_event_key", "subscription", "topic", "key", "queue_id"),
)

due = Table(
    "due",
    backbone_metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    _required("due_id", Uuid),
    _required("at", DateTime(timezone=True)),
    _required("payload", JSONB),
    Column("correlation_id", Text),
    Index("due_at", "at"),
)

asked_keys = Table(
    "asked_keys",
    backbone_metadata,
    Column("principal", Text, primary_key=True),
    Column("operation", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    _required("digest", LargeBinary),
    _required("status", Integer),
    _required("headers", Text),
    _required("body", LargeBinary),
    _moment("recorded_at"),
)

spent = Table(
    "spent",
    backbone_metadata,
    Column("kind", Text, primary_key=True),
    Column("mark", Text, primary_key=True),
    _required("ends_at", DateTime(timezone=True)),
    Index("spent_ends", "ends_at"),
)

business_clock = Table(
    "business_clock",
    backbone_metadata,
    Column("only", SmallInteger, primary_key=True, server_default="1", autoincrement=False),
    _required("at", DateTime(timezone=True)),
)

operations = Table(
    "operations",
    backbone_metadata,
    Column("operation_id", Text, primary_key=True),
    _required("kind", Text),
    _required("state", Text),
    _required("done", BigInteger),
    _required("total", BigInteger),
    _required("result", JSONB),
    Column("problem", Text),
    _required("asked_by", Text),
    _moment("asked_at"),
    _moment("changed_at"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Index("operations_open", "asked_at", postgresql_where=text("state IN ('waiting', 'running')")),
)

imports = Table(
    "imports",
    backbone_metadata,
    Column("import_id", Text, primary_key=True),
    _required("kind", Text),
    _required("format", Text),
    _required("dry_run", Boolean),
    _required("asked_by", Text),
    _required("columns", ARRAY(Text)),
    _required("bytes", BigInteger),
    _required("lines", BigInteger),
    _required("rows", BigInteger),
    _required("started", Boolean),
    _moment("opened_at"),
)

import_rows = Table(
    "import_rows",
    backbone_metadata,
    Column("import_id", Text, primary_key=True),
    Column("row", BigInteger, primary_key=True, autoincrement=False),
    _required("line", BigInteger),
    _required("content", Text),
    Column("fault", Text),
)

import_errors = Table(
    "import_errors",
    backbone_metadata,
    Column("import_id", Text, primary_key=True),
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    _required("code", Text),
    _required("detail", Text),
    _required("pointers", JSONB),
    _required("content", Text),
)

webhooks = Table(
    "webhooks",
    backbone_metadata,
    Column("webhook_id", Text, primary_key=True),
    _required("url", Text),
    _required("facts", ARRAY(Text)),
    _required("description", Text),
    _required("state", Text),
    Column("reason", Text),
    _required("changed_by", Text),
    _required("version", BigInteger),
    _required("position", BigInteger),
    _moment("made_at"),
    _moment("changed_at"),
    Column("delivered_at", DateTime(timezone=True)),
    Column("resumes_at", DateTime(timezone=True)),
)

webhook_secrets = Table(
    "webhook_secrets",
    backbone_metadata,
    Column("webhook_id", Text, primary_key=True),
    Column("secret_id", Text, primary_key=True),
    _required("hidden", Text),
    _moment("made_at"),
    Column("ends_at", DateTime(timezone=True)),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    backbone_metadata,
    Column("webhook_id", Text, primary_key=True),
    Column("delivery_id", Text, primary_key=True),
    _required("event_id", Uuid),
    _required("type", Text),
    Column("position", BigInteger),
    Column("message", LargeBinary),
    _required("state", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("status", Integer),
    Column("answer", Text),
    _moment("made_at"),
    Column("tried_at", DateTime(timezone=True)),
    Column("next_at", DateTime(timezone=True)),
    Column("done_at", DateTime(timezone=True)),
    Index(
        "webhook_deliveries_waiting",
        "webhook_id",
        "next_at",
        "delivery_id",
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("webhook_deliveries_state", "webhook_id", "state", "delivery_id"),
    Index("webhook_deliveries_done", "done_at", postgresql_where=text("state <> 'waiting'")),
)
