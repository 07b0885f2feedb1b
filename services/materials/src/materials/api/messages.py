"""Action messages over HTTP: what the plan asks planners to do, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from fastapi import APIRouter

from backbone.web import (
    Asked,
    Response,
    acts,
    choice_asked,
    done,
    filters_asked,
    lists,
    one_of,
    page_asked,
    paged,
)
from backbone.web.bulk import ActView, BulkView, many, one_by_one
from materials import commands, handlers, queries
from materials.domain.message import ReasonIsMissing, SnoozeIsOutOfRange
from materials.domain.supply import Message

router = APIRouter()


@dataclass(frozen=True, slots=True)
class AnsweredMessage:
    """A message that was answered: its state, and until when it sleeps."""

    id: str
    state: str
    snoozed_until_at: datetime | None


@dataclass(frozen=True, slots=True)
class SnoozeBody:
    """Ask again at that moment."""

    until_at: datetime


@dataclass(frozen=True, slots=True)
class RejectionBody:
    """Why it is not done."""

    reason: str


@dataclass(frozen=True, slots=True)
class MessageAct:
    """Accept a message, let it sleep until a moment, or reject it with a reason."""

    id: str
    act: Literal["accept", "snooze", "reject"]
    until_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class MessagesBody:
    """Answers to messages, each taken or refused by itself."""

    acts: tuple[MessageAct, ...]


_LATER: Final = datetime(2026, 3, 9, 8, tzinfo=UTC)
SNOOZED: Final = SnoozeBody(_LATER)
NOT_DONE: Final = RejectionBody("the customer takes it later")
ANSWERS: Final = MessagesBody(
    (MessageAct("an order@release", "accept"), MessageAct("another@defer", "snooze", _LATER))
)


def _key(message: Message) -> str:
    return f"{message.planned_order_id}@{message.kind}"


def _answered(message: Message) -> AnsweredMessage:
    return AnsweredMessage(_key(message), message.state, message.snoozed_until_at)


@router.get(
    "/v1/action-messages",
    **lists(
        queries.MessageView,
        "kind",
        "site_id",
        "sku",
        sleeping=one_of("true", "false"),
        sort=one_of(*queries.SORTS),
    ),
)
async def list_action_messages(ask: Asked) -> Response:
    """What the plan asks planners to do, whom it hurts and what is at stake; `sleeping=true` adds snoozed ones.

    `sort=-at_stake` puts first what most depends on (the largest sum in one currency), `sort=wanted_at` the earliest.
    """
    after, limit = page_asked(ask)
    sleeping = choice_asked(ask, "sleeping", "true", "false") == "true"
    sort = choice_asked(ask, "sort", *queries.SORTS)
    wanted = filters_asked(ask, "kind", "site_id", "sku")
    async with ask.read() as sql:
        page = await queries.page_messages(
            sql, now=ask.now, sleeping=sleeping, sort=sort, after=after, limit=limit, **wanted
        )
    return paged(ask, page, limit)


@router.post("/v1/action-messages/{message_id}/acceptance", **acts(AnsweredMessage))
async def accept_message(ask: Asked, message_id: str) -> Response:
    """Take a message up: an order is released, moved, cancelled or made larger, a substitute taken, an owner asked."""
    return await ask.act(
        handlers.answer_message,
        commands.AnswerMessage(message_id, by=ask.principal.subject),
        reply=lambda message: done(_answered(message)),
    )


@router.post(
    "/v1/action-messages/{message_id}/snooze", **acts(AnsweredMessage, body=SnoozeBody, example=SNOOZED)
)
async def snooze_message(ask: Asked, message_id: str) -> Response:
    """Let a message sleep until a moment; what it asks for may change meanwhile."""
    body = await ask.body(SnoozeBody)
    command = commands.AnswerMessage(message_id, body.until_at)
    return await ask.act(handlers.answer_message, command, reply=lambda message: done(_answered(message)))


@router.post(
    "/v1/action-messages/{message_id}/rejection",
    **acts(AnsweredMessage, body=RejectionBody, example=NOT_DONE),
)
async def reject_message(ask: Asked, message_id: str) -> Response:
    """Say that a message is not done, and why; it is silent until it asks for something else."""
    body = await ask.body(RejectionBody)
    command = commands.AnswerMessage(message_id, rejected_because=body.reason)
    return await ask.act(handlers.answer_message, command, reply=lambda message: done(_answered(message)))


@router.post("/v1/action-messages/batch", **acts(BulkView, body=MessagesBody, example=ANSWERS))
async def answer_messages(ask: Asked) -> Response:
    """Answer up to 100 messages at once; each is taken or refused by itself."""
    body = await ask.body(MessagesBody)
    by = ask.principal.subject
    given = tuple(_of(number, act, by) for number, act in enumerate(many(body.acts)))
    return await ask.act(
        handlers.answer_messages, commands.AnswerMessages(given), reply=one_by_one(_bulk_answer)
    )


def _bulk_answer(message: Message) -> ActView:
    return ActView(200, _key(message), message.state)


def _of(number: int, act: MessageAct, by: str) -> commands.AnswerMessage:
    if (act.act == "snooze") != (act.until_at is not None):
        raise SnoozeIsOutOfRange(
            "what sleeps says until when, and nothing else does",
            [(f"/acts/{number}/until_at", "does not fit")],
        )
    if (act.act == "reject") != (act.reason is not None):
        raise ReasonIsMissing(
            "what is rejected says why, and nothing else does", [(f"/acts/{number}/reason", "does not fit")]
        )
    return commands.AnswerMessage(act.id, act.until_at, act.reason, by)
