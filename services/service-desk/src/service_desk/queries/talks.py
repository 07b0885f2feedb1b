"""Conversations as clients and agents see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import NotFound
from service_desk.queries.ends import End, page_from_either_end

Page = list[tuple[str, Any]]

CONVERSATIONS: Final = """
    SELECT conversation_id, customer_id, order_id, version,
           (SELECT max(written_at) FROM messages WHERE messages.conversation_id = conversations.conversation_id)
           AS written_at
    FROM conversations WHERE (CAST(:party AS text) IS NULL OR customer_id = :party)
"""
FIND_CONVERSATION: Final = text(CONVERSATIONS + "AND conversation_id = :conversation_id")
PAGE_CONVERSATIONS: Final = page_from_either_end(
    CONVERSATIONS + "AND (CAST(:order_id AS text) IS NULL OR order_id = :order_id)", "conversation_id"
)
PAGE_MESSAGES: Final = text(
    """
    SELECT message_id, side, author, text, written_at FROM messages
    WHERE conversation_id = :conversation_id AND message_id > :after ORDER BY message_id LIMIT :limit
    """
)
# Beside all orders a customer has one conversation, too.
FIND_TALK: Final = text(
    CONVERSATIONS + "AND customer_id = :customer_id AND order_id IS NOT DISTINCT FROM CAST(:order_id AS text)"
)
ORDERED_BY: Final = text("SELECT 1 FROM orders WHERE order_id = :order_id AND customer_id = :customer_id")
NEWEST_MESSAGES: Final = text(
    """
    SELECT message_id, side, author, text, written_at FROM messages
    WHERE conversation_id = :conversation_id ORDER BY message_id DESC LIMIT :most
    """
)


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation and when it was last written in."""

    conversation_id: str
    customer_id: str
    order_id: str | None
    written_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message; who of the desk wrote it is for staff alone."""

    message_id: str
    side: str
    author: str | None
    text: str
    written_at: datetime


async def page_conversations(
    sql: AsyncConnection,
    *,
    party: str | None,
    order_id: str | None,
    after: str,
    limit: int,
    first: End = "oldest",
) -> Page:
    """A page of conversations: (key, view) pairs after a key."""
    asked = {"party": party, "order_id": order_id, "after": after, "limit": limit}
    rows = await sql.execute(PAGE_CONVERSATIONS[first], asked)
    return [(row.conversation_id, _conversation(row)) for row in rows]


async def find_conversation(
    sql: AsyncConnection, conversation_id: str, *, party: str | None
) -> ConversationView:
    """A conversation; raises `NotFound` when it is not there or another customer's."""
    asked = {"party": party, "conversation_id": conversation_id}
    row = (await sql.execute(FIND_CONVERSATION, asked)).one_or_none()
    if row is None:
        raise NotFound(f"no conversation {conversation_id}")
    return _conversation(row)


async def page_messages(
    sql: AsyncConnection, conversation_id: str, *, party: str | None, after: str, limit: int
) -> Page:
    """A page of a conversation's messages, the oldest first; raises `NotFound`."""
    await find_conversation(sql, conversation_id, party=party)
    asked = {"conversation_id": conversation_id, "after": after, "limit": limit}
    return [(row.message_id, _message(row, party is None)) for row in await sql.execute(PAGE_MESSAGES, asked)]


async def find_talk(sql: AsyncConnection, customer_id: str, order_id: str | None) -> ConversationView | None:
    """A customer's conversation about an order, or the one beside all orders; None while nothing was written.

    Raises `NotFound` for an order that is not there or another customer's.
    """
    if order_id is not None:
        known = await sql.execute(ORDERED_BY, {"order_id": order_id, "customer_id": customer_id})
        if known.one_or_none() is None:
            raise NotFound(f"no order {order_id}")
    asked = {"party": customer_id, "customer_id": customer_id, "order_id": order_id}
    row = (await sql.execute(FIND_TALK, asked)).one_or_none()
    return None if row is None else _conversation(row)


async def list_newest_messages(sql: AsyncConnection, conversation_id: str, *, most: int) -> list[MessageView]:
    """The last messages of a conversation as the client sees them, the oldest of them first."""
    rows = await sql.execute(NEWEST_MESSAGES, {"conversation_id": conversation_id, "most": most})
    return [_message(row, False) for row in rows][::-1]


def _conversation(row: Any) -> ConversationView:
    return ConversationView(row.conversation_id, row.customer_id, row.order_id, row.written_at, row.version)


def _message(row: Any, staff: bool) -> MessageView:
    author = row.author if staff or row.side == "client" else None
    return MessageView(row.message_id, row.side, author, row.text, row.written_at)
