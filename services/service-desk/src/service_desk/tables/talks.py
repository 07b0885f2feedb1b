"""Tickets with their clocks and pauses; conversations and their messages."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Table, Text, text

from service_desk.tables.columns import at, big, counts, document, key, metadata, whole, words, yes

tickets = Table(
    "tickets",
    metadata,
    key("ticket_id"),
    words("order_id", maybe=True),
    words("visit_id", maybe=True),
    words("customer_id"),
    words("need_id", maybe=True),
    words("kind"),
    whole("priority"),
    words("subject"),
    at("opened_at"),
    words("state"),
    document("first_response"),
    document("resolution"),
    at("answer_by_at", maybe=True),
    at("solve_by_at", maybe=True),
    words("how", maybe=True),
    big("credit_minor", maybe=True),
    words("currency", maybe=True),
    # An answer with a credit that a second person has to agree to.
    document("proposal", maybe=True),
    yes("escalated"),
    *counts(),
    CheckConstraint("(credit_minor IS NULL) = (currency IS NULL)", "whole_credit"),
    Index("tickets_customer", "customer_id", "ticket_id"),
    Index("tickets_order", "order_id"),
    Index("tickets_proposal", "ticket_id", postgresql_where=text("proposal IS NOT NULL")),
)

# A time in which the resolution of a ticket did not count; the last one is open while it stands.
sla_pauses = Table(
    "sla_pauses",
    metadata,
    Column("ticket_id", Text, ForeignKey("tickets.ticket_id"), primary_key=True),
    Column("paused_at", DateTime(timezone=True), primary_key=True),
    at("resumed_at", maybe=True),
    words("reason"),
    CheckConstraint("resumed_at >= paused_at", "pause_ends_after_it_begins"),
)

conversations = Table(
    "conversations",
    metadata,
    key("conversation_id"),
    words("customer_id"),
    words("order_id", maybe=True),
    words("need_id", maybe=True),
    *counts(),
    Index(
        "conversations_subject", "customer_id", "order_id", unique=True, postgresql_nulls_not_distinct=True
    ),
)

messages = Table(
    "messages",
    metadata,
    key("message_id"),
    Column("conversation_id", Text, ForeignKey("conversations.conversation_id"), nullable=False),
    words("side"),
    words("author"),
    words("text"),
    at("written_at"),
    Index("messages_conversation", "conversation_id", "message_id"),
)
