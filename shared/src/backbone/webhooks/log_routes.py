"""What was sent over HTTP: its list, a test message, one message again, facts again from a place in the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter

from backbone.ops.log import cursor_of
from backbone.web import (
    Asked,
    Response,
    acts,
    choice_asked,
    done,
    lists,
    one_of,
    page_asked,
    paged,
)
from backbone.webhooks import log
from backbone.webhooks.endpoint import Delivery, DeliveryState
from backbone.webhooks.routes import WebhookView, known, shown_as_done
from backbone.wire import encode

router: Final = APIRouter()

STATES: Final = ("waiting", "delivered", "failed")


@dataclass(frozen=True, slots=True)
class ReplayBody:
    """A cursor of `/v1/events`: what was told after it is sent again."""

    after: str


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A message: how often it was tried, what was answered last (a status, or why there is none), what comes next.

    `event_id` is its `webhook-id`, `cursor` its place in the log; a test message has none. `next_at` is null once it
    was delivered, or has failed for good.
    """

    delivery_id: str
    event_id: str
    type: str
    cursor: str | None
    state: DeliveryState
    attempts: int
    status: int | None
    answer: str | None
    made_at: datetime
    tried_at: datetime | None
    next_at: datetime | None


def view_of(delivery: Delivery) -> DeliveryView:
    """A delivery as callers see it."""
    return DeliveryView(
        delivery.delivery_id,
        delivery.event_id,
        delivery.type,
        None if delivery.position is None else cursor_of(delivery.position),
        delivery.state,
        delivery.attempts,
        delivery.status,
        delivery.answer,
        delivery.made_at,
        delivery.tried_at,
        delivery.next_at,
    )


@router.get("/v1/webhooks/{webhook_id}/deliveries", **lists(DeliveryView, state=one_of(*STATES)))
async def list_deliveries(ask: Asked, webhook_id: str) -> Response:
    """What was sent to an endpoint in the last days, and what will be; the newest first."""
    state = choice_asked(ask, "state", *STATES)
    await known(ask, webhook_id)
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        page = await log.page_deliveries(sql, webhook_id, state, after, limit)
    return paged(ask, [(each.delivery_id, view_of(each)) for each in page], limit)


@router.post("/v1/webhooks/{webhook_id}/test", **acts(DeliveryView))
async def send_test(ask: Asked, webhook_id: str) -> Response:
    """Send a message to an endpoint that says nothing but that it is a test; its delivery tells what came of it."""
    event_id, now = ask.new_id(), datetime.now(UTC)
    message = {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/{ask.host.service.name}",
        "type": log.TEST_TYPE,
        "subject": webhook_id,
        "time": now.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {"webhook_id": webhook_id},
    }
    command = log.SendTest(webhook_id, ask.new_id(), event_id, encode(message), now)
    return await ask.act(log.send_test, command, reply=lambda delivery: done(view_of(delivery)))


@router.post("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/again", **acts(DeliveryView))
async def send_again(ask: Asked, webhook_id: str, delivery_id: str) -> Response:
    """Send a message again, now: one that waits is tried sooner, one that has ended begins anew."""
    command = log.SendAgain(webhook_id, delivery_id, datetime.now(UTC))
    return await ask.act(log.send_again, command, reply=lambda delivery: done(view_of(delivery)))


@router.post(
    "/v1/webhooks/{webhook_id}/replay", **acts(WebhookView, body=ReplayBody, example=ReplayBody("0-0"))
)
async def replay_facts(ask: Asked, webhook_id: str) -> Response:
    """Send all facts after a cursor again, with the ids that they had."""
    body = await ask.body(ReplayBody)
    command = log.ReplayFacts(webhook_id, body.after, ask.principal.name)
    return await ask.act(log.replay_facts, command, reply=shown_as_done)
