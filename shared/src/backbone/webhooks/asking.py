"""What callers do with endpoints: register, change, rotate, enable, disable, forget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backbone.errors import Invalid, NotFound, Stale
from backbone.service.tx import Batch, Tx
from backbone.webhooks import rows
from backbone.webhooks.endpoint import (
    ENDPOINTS_COUNT_MAX,
    REASON_CHARS_MAX,
    SECRET_STAYS,
    SECRETS_COUNT_MAX,
    State,
    TooManySecrets,
    TooManyWebhooks,
    Webhook,
    demand_form,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an endpoint is to be: `fault` is what is wrong with its URL, `told` the types of facts that are sent."""

    url: str
    facts: tuple[str, ...]
    description: str
    fault: str | None
    told: frozenset[str]


@dataclass(frozen=True, slots=True)
class RegisterWebhook:
    """Send facts there from now on, signed with the secret that is `hidden`."""

    webhook_id: str
    wanted: Wanted
    secret_id: str
    hidden: str
    by: str


@dataclass(frozen=True, slots=True)
class ChangeWebhook:
    """Send other facts, or elsewhere."""

    webhook_id: str
    wanted: Wanted
    expected_version: int
    by: str


@dataclass(frozen=True, slots=True)
class RotateSecret:
    """Sign with another secret; those before sign beside it for a day. `at` is the wall's time."""

    webhook_id: str
    secret_id: str
    hidden: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SwitchWebhook:
    """Enable an endpoint, or disable it with a reason."""

    webhook_id: str
    state: State
    reason: str | None
    by: str


@dataclass(frozen=True, slots=True)
class ForgetWebhook:
    """Send nothing there any more, and forget what was."""

    webhook_id: str


@dataclass(frozen=True, slots=True)
class Made:
    """An endpoint beside the secret, hidden, that was made for it."""

    webhook: Webhook
    hidden: str


async def register_webhook(commands: Batch[RegisterWebhook], tx: Tx) -> Sequence[Made]:
    """Register endpoints. Raises `Invalid`, `TooManyWebhooks`."""
    made = []
    for command in commands:
        wanted = command.wanted
        demand_form(wanted.facts, wanted.description, wanted.told, wanted.fault)
        if await rows.count_webhooks(tx.sql) >= ENDPOINTS_COUNT_MAX:
            raise TooManyWebhooks(f"a service sends to {ENDPOINTS_COUNT_MAX} endpoints at most")
        await rows.add_webhook(
            tx.sql, command.webhook_id, wanted.url, wanted.facts, wanted.description, command.by
        )
        await rows.add_secret(tx.sql, command.webhook_id, command.secret_id, command.hidden)
        made.append(Made(await locked(tx, command.webhook_id), command.hidden))
    return made


async def change_webhook(commands: Batch[ChangeWebhook], tx: Tx) -> Sequence[Webhook]:
    """Change endpoints. Raises `NotFound`, `Stale`, `Invalid`."""
    changed = []
    for command in commands:
        wanted, before = command.wanted, await locked(tx, command.webhook_id)
        if command.expected_version != before.version:
            raise Stale(f"it is version {before.version} by now")
        demand_form(wanted.facts, wanted.description, wanted.told, wanted.fault)
        after = replace(before, url=wanted.url, facts=wanted.facts, description=wanted.description)
        changed.append(await saved(tx, after, command.by))
    return changed


async def rotate_secret(commands: Batch[RotateSecret], tx: Tx) -> Sequence[Made]:
    """Give endpoints another secret. Raises `NotFound`, `TooManySecrets`."""
    made = []
    for command in commands:
        before = await locked(tx, command.webhook_id)
        if await rows.count_secrets(tx.sql, command.webhook_id, command.at) >= SECRETS_COUNT_MAX:
            raise TooManySecrets(f"{SECRETS_COUNT_MAX} secrets sign already")
        await rows.end_secrets(tx.sql, command.webhook_id, command.at + SECRET_STAYS)
        await rows.add_secret(tx.sql, command.webhook_id, command.secret_id, command.hidden)
        made.append(Made(await saved(tx, before, command.by), command.hidden))
    return made


async def switch_webhook(commands: Batch[SwitchWebhook], tx: Tx) -> Sequence[Webhook]:
    """Enable or disable endpoints; one that is so already stays as it is. Raises `NotFound`, `Invalid`."""
    switched = []
    for command in commands:
        if command.reason is not None and not 0 < len(command.reason) <= REASON_CHARS_MAX:
            raise Invalid("say why", [("/reason", f"1 to {REASON_CHARS_MAX} characters")])
        before = await locked(tx, command.webhook_id)
        after = replace(before, state=command.state, reason=command.reason)
        switched.append(before if before.state == command.state else await saved(tx, after, command.by))
    return switched


async def forget_webhook(commands: Batch[ForgetWebhook], tx: Tx) -> Sequence[Webhook]:
    """Forget endpoints. Raises `NotFound`."""
    forgotten = []
    for command in commands:
        forgotten.append(await locked(tx, command.webhook_id))
        await rows.drop_webhook(tx.sql, command.webhook_id)
    return forgotten


async def locked(tx: Tx, webhook_id: str) -> Webhook:
    """An endpoint, its row locked. Raises `NotFound`."""
    webhook = await rows.lock_webhook(tx.sql, webhook_id)
    if webhook is None:
        raise NotFound(f"no webhook {webhook_id}")
    return webhook


async def saved(tx: Tx, webhook: Webhook, by: str) -> Webhook:
    """An endpoint as its row has it from now on, as another version."""
    after = replace(webhook, changed_by=by, version=webhook.version + 1)
    await rows.save_webhook(tx.sql, after)
    return after
