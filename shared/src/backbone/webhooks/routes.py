"""Endpoints over HTTP: registered, shown, changed, given another secret, switched on and off, forgotten."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter

from backbone.errors import NotFound
from backbone.ops.log import cursor_of
from backbone.service import Reply
from backbone.web import (
    Ask,
    Asked,
    Response,
    acts,
    created,
    creates,
    done,
    found,
    lists,
    page_asked,
    paged,
    shows,
)
from backbone.webhooks import asking, secrets
from backbone.webhooks.endpoint import SECRET_STAYS, State, Webhook
from backbone.webhooks.rows import find_webhook, page_webhooks
from backbone.wire import encode

router: Final = APIRouter()


@dataclass(frozen=True, slots=True)
class WebhookBody:
    """Where facts are sent and which: those of the types in `facts`, all where it is empty."""

    url: str
    facts: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class DisableBody:
    """Why nothing is sent there for now."""

    reason: str


@dataclass(frozen=True, slots=True)
class WebhookView:
    """An endpoint; `cursor` is up to where the log of facts was taken up for it, `delivered_at` its last success.

    `state` is `active`, or `disabled` with its `reason`; `changed_by` is a person, or `webhooks` that sent in vain.
    """

    webhook_id: str
    url: str
    facts: tuple[str, ...]
    description: str
    state: State
    reason: str | None
    cursor: str
    changed_by: str
    made_at: datetime
    changed_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class SecretView:
    """An endpoint with its new secret, which is shown here alone; the one before it signs until `before_ends_at`."""

    webhook: WebhookView
    secret: str
    before_ends_at: datetime | None


HERE: Final = WebhookBody("https://hooks.example.com/o2d", description="the warehouse of acme")


def view_of(webhook: Webhook) -> WebhookView:
    """An endpoint as callers see it."""
    return WebhookView(
        webhook.webhook_id,
        webhook.url,
        webhook.facts,
        webhook.description,
        webhook.state,
        webhook.reason,
        cursor_of(webhook.position),
        webhook.changed_by,
        webhook.made_at,
        webhook.changed_at,
        webhook.delivered_at,
    )


@router.post("/v1/webhooks", **creates(SecretView, body=WebhookBody, example=HERE))
async def create_webhook(ask: Asked) -> Response:
    """Have facts sent to an endpoint from now on; the answer shows the secret that they are signed with, once."""
    wanted = await _wanted(ask)
    hidden = secrets.hidden(ask.seals, secrets.new_secret())
    command = asking.RegisterWebhook(ask.new_id(), wanted, ask.new_id(), hidden, ask.principal.name)
    answer = await ask.act(
        asking.register_webhook,
        command,
        reply=lambda made: created(
            f"/v1/webhooks/{made.webhook.webhook_id}",
            SecretView(view_of(made.webhook), made.hidden, None),
            version=made.webhook.version,
        ),
    )
    return _shown(ask, answer)


@router.get("/v1/webhooks", **lists(WebhookView))
async def list_webhooks(ask: Asked) -> Response:
    """The endpoints that facts are sent to, the oldest first."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        page = await page_webhooks(sql, after, limit)
    return paged(ask, [(each.webhook_id, view_of(each)) for each in page], limit)


@router.get("/v1/webhooks/{webhook_id}", **shows(WebhookView))
async def show_webhook(ask: Asked, webhook_id: str) -> Response:
    """An endpoint."""
    webhook = await known(ask, webhook_id)
    return found(view_of(webhook), version=webhook.version)


@router.put("/v1/webhooks/{webhook_id}", **acts(WebhookView, body=WebhookBody, example=HERE, versioned=True))
async def change_webhook(ask: Asked, webhook_id: str) -> Response:
    """Send other facts, or elsewhere; what waits goes to the new address."""
    wanted = await _wanted(ask)
    command = asking.ChangeWebhook(webhook_id, wanted, ask.expected_version, ask.principal.name)
    return await ask.act(asking.change_webhook, command, reply=shown_as_done)


@router.delete("/v1/webhooks/{webhook_id}", **acts(WebhookView))
async def forget_webhook(ask: Asked, webhook_id: str) -> Response:
    """Send nothing there any more and forget what was sent; the answer shows it for the last time."""
    return await ask.act(asking.forget_webhook, asking.ForgetWebhook(webhook_id), reply=shown_as_done)


@router.post("/v1/webhooks/{webhook_id}/secrets", **acts(SecretView))
async def rotate_secret(ask: Asked, webhook_id: str) -> Response:
    """Sign with another secret, which the answer shows once; the one before signs beside it for a day."""
    hidden, now = secrets.hidden(ask.seals, secrets.new_secret()), datetime.now(UTC)
    command = asking.RotateSecret(webhook_id, ask.new_id(), hidden, now, ask.principal.name)
    answer = await ask.act(
        asking.rotate_secret,
        command,
        reply=lambda made: done(
            SecretView(view_of(made.webhook), made.hidden, now + SECRET_STAYS), version=made.webhook.version
        ),
    )
    return _shown(ask, answer)


@router.post("/v1/webhooks/{webhook_id}/enable", **acts(WebhookView))
async def enable_webhook(ask: Asked, webhook_id: str) -> Response:
    """Send to a disabled endpoint again, beginning with what was told meanwhile."""
    command = asking.SwitchWebhook(webhook_id, "active", None, ask.principal.name)
    return await ask.act(asking.switch_webhook, command, reply=shown_as_done)


@router.post(
    "/v1/webhooks/{webhook_id}/disable",
    **acts(WebhookView, body=DisableBody, example=DisableBody("it moves to another house")),
)
async def disable_webhook(ask: Asked, webhook_id: str) -> Response:
    """Send nothing to an endpoint until it is enabled; what is told meanwhile waits in the log."""
    reason = (await ask.body(DisableBody)).reason
    command = asking.SwitchWebhook(webhook_id, "disabled", reason, ask.principal.name)
    return await ask.act(asking.switch_webhook, command, reply=shown_as_done)


async def known(ask: Ask, webhook_id: str) -> Webhook:
    """An endpoint as it is. Raises `NotFound`."""
    async with ask.read() as sql:
        webhook = await find_webhook(sql, webhook_id)
    if webhook is None:
        raise NotFound(f"no webhook {webhook_id}")
    return webhook


async def _wanted(ask: Ask) -> asking.Wanted:
    # The name is looked up before the transaction, which must not wait for others.
    body = await ask.body(WebhookBody)
    told = frozenset(ask.host.service.types_told)
    return asking.Wanted(body.url, body.facts, body.description, await ask.host.guard.fault(body.url), told)


def shown_as_done(webhook: Webhook) -> Reply:
    """The reply to a change of an endpoint."""
    return done(view_of(webhook), version=webhook.version)


def _shown(ask: Ask, answer: Response) -> Response:
    """The answer with its secret in plain words: what is kept under the request's key has it hidden."""
    if answer.status_code >= 300:
        return answer
    view = json.loads(bytes(answer.body))
    view["secret"] = secrets.shown(ask.seals, view["secret"])
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return Response(encode(view), answer.status_code, {**headers, "cache-control": "no-store"})
