"""A conversation with a client, one for each order and one beside all orders; its texts stay at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.service_desk import MessageReceived, MessageSent

Side = Literal["client", "desk"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is written about an order (or, without one, with a customer)."""

    conversation_id: str
    customer_id: str
    order_id: str | None
    need_id: str | None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `author` is the role and subject who wrote it."""

    message_id: str
    conversation_id: str
    side: Side
    author: str
    text: str
    written_at: datetime


def told(conversation: Conversation, message: Message) -> MessageReceived | MessageSent:
    """That something was written, not what."""
    fact = MessageReceived if message.side == "client" else MessageSent
    return fact(
        conversation.conversation_id, message.message_id, conversation.order_id, conversation.customer_id
    )
