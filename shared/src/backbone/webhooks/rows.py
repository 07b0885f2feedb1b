"""The rows of endpoints and their secrets: read by who looks, locked and written by who asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.webhooks.endpoint import Webhook

ENDPOINTS_LOCK: Final = 0x6F3268
_COLUMNS: Final = (
    "webhook_id, url, facts, description, state, reason, changed_by, version, position, made_at, changed_at, "
    "delivered_at"
)
# Two who register at once must not both be the last.
HOLD: Final = text("SELECT pg_advisory_xact_lock(:lock)")
COUNT: Final = text("SELECT count(*) AS webhooks FROM webhooks")
HEAD: Final = text("SELECT coalesce(max(position), 0) AS position FROM facts WHERE shard = 0")
ADD: Final = text(
    """
    INSERT INTO webhooks (webhook_id, url, facts, description, state, changed_by, version, position)
    VALUES (:webhook_id, :url, CAST(:facts AS text[]), :description, 'active', :changed_by, 1, :position)
    """
)
LOCK: Final = text(f"SELECT {_COLUMNS} FROM webhooks WHERE webhook_id = :webhook_id FOR UPDATE")  # noqa: S608
FIND: Final = text(f"SELECT {_COLUMNS} FROM webhooks WHERE webhook_id = :webhook_id")  # noqa: S608
PAGE: Final = text(
    f"SELECT {_COLUMNS} FROM webhooks WHERE webhook_id > :after ORDER BY webhook_id LIMIT :limit"  # noqa: S608
)
SAVE: Final = text(
    """
    UPDATE webhooks SET url = :url, facts = CAST(:facts AS text[]), description = :description, state = :state,
        reason = :reason, changed_by = :changed_by, version = :version, position = :position,
        resumes_at = NULL, changed_at = clock_timestamp()
    WHERE webhook_id = :webhook_id
    """
)
DROP: Final = text("DELETE FROM webhooks WHERE webhook_id = :webhook_id")
DROP_SECRETS: Final = text("DELETE FROM webhook_secrets WHERE webhook_id = :webhook_id")
ADD_SECRET: Final = text(
    "INSERT INTO webhook_secrets (webhook_id, secret_id, hidden) VALUES (:webhook_id, :secret_id, :hidden)"
)
END_SECRETS: Final = text(
    "UPDATE webhook_secrets SET ends_at = :ends_at WHERE webhook_id = :webhook_id AND ends_at IS NULL"
)
LIVE_SECRETS: Final = text(
    "SELECT count(*) AS secrets FROM webhook_secrets"
    " WHERE webhook_id = :webhook_id AND (ends_at IS NULL OR ends_at > :now)"
)


async def add_webhook(
    sql: AsyncConnection, webhook_id: str, url: str, facts: tuple[str, ...], description: str, by: str
) -> None:
    """Write down an endpoint that gets what is told from now on."""
    head = (await sql.execute(HEAD)).one().position
    row = {"url": url, "facts": list(facts), "description": description, "changed_by": by, "position": head}
    await sql.execute(ADD, {"webhook_id": webhook_id, **row})


async def count_webhooks(sql: AsyncConnection) -> int:
    """How many endpoints there are; nobody adds one until the transaction ends."""
    await sql.execute(HOLD, {"lock": ENDPOINTS_LOCK})
    return int((await sql.execute(COUNT)).one().webhooks)


async def lock_webhook(sql: AsyncConnection, webhook_id: str) -> Webhook | None:
    """An endpoint, its row locked."""
    return _webhook((await sql.execute(LOCK, {"webhook_id": webhook_id})).one_or_none())


async def find_webhook(sql: AsyncConnection, webhook_id: str) -> Webhook | None:
    """An endpoint; None when there is none of that id."""
    return _webhook((await sql.execute(FIND, {"webhook_id": webhook_id})).one_or_none())


async def page_webhooks(sql: AsyncConnection, after: str, limit: int) -> list[Webhook]:
    """A page of endpoints, the oldest first."""
    rows = await sql.execute(PAGE, {"after": after, "limit": limit})
    return [found for row in rows if (found := _webhook(row)) is not None]


async def save_webhook(sql: AsyncConnection, webhook: Webhook) -> None:
    """Write an endpoint as it is; what waits for it is no longer held back."""
    names = ("url", "description", "state", "reason", "changed_by", "version", "position", "webhook_id")
    row = {name: getattr(webhook, name) for name in names}
    await sql.execute(SAVE, {**row, "facts": list(webhook.facts)})


async def drop_webhook(sql: AsyncConnection, webhook_id: str) -> None:
    """Forget an endpoint and its secrets; what was sent to it is forgotten by the round that cleans."""
    await sql.execute(DROP_SECRETS, {"webhook_id": webhook_id})
    await sql.execute(DROP, {"webhook_id": webhook_id})


async def add_secret(sql: AsyncConnection, webhook_id: str, secret_id: str, hidden: str) -> None:
    """Write down a secret that signs from now on."""
    row = {"webhook_id": webhook_id, "secret_id": secret_id, "hidden": hidden}
    await sql.execute(ADD_SECRET, row)


async def end_secrets(sql: AsyncConnection, webhook_id: str, ends_at: datetime) -> None:
    """Let the secrets of an endpoint that have no end yet sign until a moment."""
    await sql.execute(END_SECRETS, {"webhook_id": webhook_id, "ends_at": ends_at})


async def count_secrets(sql: AsyncConnection, webhook_id: str, now: datetime) -> int:
    """How many secrets of an endpoint sign at a moment."""
    return int((await sql.execute(LIVE_SECRETS, {"webhook_id": webhook_id, "now": now})).one().secrets)


def _webhook(row: Row[Any] | None) -> Webhook | None:
    if row is None:
        return None
    return Webhook(
        row.webhook_id,
        row.url,
        tuple(row.facts),
        row.description,
        row.state,
        row.reason,
        row.changed_by,
        row.version,
        row.position,
        row.made_at,
        row.changed_at,
        row.delivered_at,
    )
