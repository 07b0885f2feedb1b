"""The log of what was sent: its pages, and what callers ask for in it: a test, a message again, facts again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import Invalid, NotFound
from backbone.ops.log import position_of
from backbone.service.tx import Batch, Tx
from backbone.webhooks.asking import locked, saved
from backbone.webhooks.endpoint import (
    WAITING_COUNT_MAX,
    Delivery,
    TooManyWait,
    Webhook,
    WebhookIsDisabled,
)

TEST_TYPE: Final = "o2d.webhook.tested.v1"
_COLUMNS: Final = (
    "webhook_id, delivery_id, event_id, type, position, state, attempts, status, answer, "
    "made_at, tried_at, next_at"
)
PAGE: Final = text(
    f"SELECT {_COLUMNS} FROM webhook_deliveries WHERE webhook_id = :webhook_id"  # noqa: S608
    " AND (:after = '' OR delivery_id < :after) ORDER BY delivery_id DESC LIMIT :limit"
)
PAGE_STATE: Final = text(
    f"SELECT {_COLUMNS} FROM webhook_deliveries WHERE webhook_id = :webhook_id AND state = :state"  # noqa: S608
    " AND (:after = '' OR delivery_id < :after) ORDER BY delivery_id DESC LIMIT :limit"
)
FIND: Final = text(
    f"SELECT {_COLUMNS} FROM webhook_deliveries"  # noqa: S608
    " WHERE webhook_id = :webhook_id AND delivery_id = :delivery_id"
)
WAITING: Final = text(
    "SELECT count(*) AS messages FROM (SELECT 1 FROM webhook_deliveries"
    " WHERE webhook_id = :webhook_id AND state = 'waiting' LIMIT :most) AS few"
)
ADD_TEST: Final = text(
    f"""
    INSERT INTO webhook_deliveries (webhook_id, delivery_id, event_id, type, message, state, next_at)
    VALUES (:webhook_id, :delivery_id, CAST(:event_id AS uuid), '{TEST_TYPE}', :message, 'waiting', :at)
    RETURNING {_COLUMNS}
    """  # noqa: S608
)
# What has ended begins anew with all its tries; what waits is only tried sooner.
SEND_AGAIN: Final = text(
    f"""
    UPDATE webhook_deliveries
    SET attempts = CASE WHEN state = 'waiting' THEN attempts ELSE 0 END, state = 'waiting', next_at = :at,
        done_at = NULL
    WHERE webhook_id = :webhook_id AND delivery_id = :delivery_id
    RETURNING {_COLUMNS}
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class SendTest:
    """Send a `message` that says nothing but that it is a test. `at` is the wall's time."""

    webhook_id: str
    delivery_id: str
    event_id: str
    message: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class SendAgain:
    """Send a message again, now."""

    webhook_id: str
    delivery_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReplayFacts:
    """Send again all facts after a place in the log."""

    webhook_id: str
    after: str
    by: str


async def send_test(commands: Batch[SendTest], tx: Tx) -> Sequence[Delivery]:
    """Write down test messages. Raises `NotFound`, `WebhookIsDisabled`, `TooManyWait`."""
    made = []
    for command in commands:
        webhook = await locked(tx, command.webhook_id)
        if webhook.state != "active":
            raise WebhookIsDisabled(webhook.reason or "")
        await _demand_room(tx, command.webhook_id)
        names = ("webhook_id", "delivery_id", "event_id", "message", "at")
        rows = await tx.sql.execute(ADD_TEST, {name: getattr(command, name) for name in names})
        made.append(_delivery(rows.one()))
    return made


async def send_again(commands: Batch[SendAgain], tx: Tx) -> Sequence[Delivery]:
    """Try deliveries again. Raises `NotFound`, `TooManyWait`."""
    again = []
    for command in commands:
        await locked(tx, command.webhook_id)
        place = {"webhook_id": command.webhook_id, "delivery_id": command.delivery_id}
        before = (await tx.sql.execute(FIND, place)).one_or_none()
        if before is None:
            raise NotFound(f"no delivery {command.delivery_id}")
        if before.state != "waiting":
            await _demand_room(tx, command.webhook_id)
        again.append(_delivery((await tx.sql.execute(SEND_AGAIN, {**place, "at": command.at})).one()))
    return again


async def replay_facts(commands: Batch[ReplayFacts], tx: Tx) -> Sequence[Webhook]:
    """Go back in the log. Raises `NotFound`, `Invalid` for a place that was not reached yet."""
    replayed = []
    for command in commands:
        webhook, after = await locked(tx, command.webhook_id), position_of(command.after)
        if after > webhook.position:
            raise Invalid("the log was not taken up so far yet", [("/after", "beyond the webhook's cursor")])
        replayed.append(await saved(tx, replace(webhook, position=after), command.by))
    return replayed


async def page_deliveries(
    sql: AsyncConnection, webhook_id: str, state: str | None, after: str, limit: int
) -> list[Delivery]:
    """A page of what was, or will be, sent to an endpoint, the newest first."""
    given = {"webhook_id": webhook_id, "after": after, "limit": limit}
    if state is None:
        rows = await sql.execute(PAGE, given)
    else:
        rows = await sql.execute(PAGE_STATE, {**given, "state": state})
    return [_delivery(row) for row in rows]


async def _demand_room(tx: Tx, webhook_id: str) -> None:
    counted = await tx.sql.execute(WAITING, {"webhook_id": webhook_id, "most": WAITING_COUNT_MAX})
    if counted.one().messages >= WAITING_COUNT_MAX:
        raise TooManyWait(f"{WAITING_COUNT_MAX} messages wait for it already")


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        row.webhook_id,
        row.delivery_id,
        str(row.event_id),
        row.type,
        row.position,
        row.state,
        row.attempts,
        row.status,
        row.answer,
        row.made_at,
        row.tried_at,
        row.next_at,
    )
