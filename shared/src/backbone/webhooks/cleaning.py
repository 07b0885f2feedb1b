"""What is kept of webhooks no longer than it is good for: old deliveries, ended secrets, and what hid them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import TextClause, text

from backbone.webhooks import secrets
from backbone.webhooks.endpoint import DELIVERIES_KEPT

if TYPE_CHECKING:
    from backbone.service import Host

ROWS_COUNT_MAX: Final = 20_000

DROP_DELIVERIES: Final = text(
    """
    WITH gone AS (
        DELETE FROM webhook_deliveries WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM webhook_deliveries WHERE state <> 'waiting' AND done_at < :before LIMIT :most
        )) RETURNING 1
    ) SELECT count(*) AS dropped FROM gone
    """
)
# What was sent to an endpoint that was forgotten, or waits for it, is nobody's.
DROP_FORGOTTEN: Final = text(
    """
    WITH gone AS (
        DELETE FROM webhook_deliveries WHERE ctid = ANY(ARRAY(
            SELECT left_over.ctid FROM webhook_deliveries AS left_over
            WHERE NOT EXISTS (SELECT FROM webhooks WHERE webhooks.webhook_id = left_over.webhook_id) LIMIT :most
        )) RETURNING 1
    ) SELECT count(*) AS dropped FROM gone
    """
)
DROP_SECRETS: Final = text("DELETE FROM webhook_secrets WHERE ends_at < :now")
LIST_SECRETS: Final = text(
    "SELECT webhook_id, secret_id, hidden FROM webhook_secrets ORDER BY webhook_id, secret_id FOR UPDATE"
)
HIDE: Final = text(
    "UPDATE webhook_secrets SET hidden = :hidden WHERE webhook_id = :webhook_id AND secret_id = :secret_id"
)


async def clean_webhooks(host: Host, now: datetime) -> None:
    """Drop what has ended; hide anew what an older secret of the service has hidden, so that it may be withdrawn."""
    await _drop(host, DROP_DELIVERIES, before=now - DELIVERIES_KEPT)
    await _drop(host, DROP_FORGOTTEN)
    async with host.begin() as tx:
        await tx.sql.execute(DROP_SECRETS, {"now": now})
        for row in (await tx.sql.execute(LIST_SECRETS)).all():
            anew = secrets.hidden_anew(host.seals, row.hidden)
            if anew is not None:
                place = {"webhook_id": row.webhook_id, "secret_id": row.secret_id}
                await tx.sql.execute(HIDE, {**place, "hidden": anew})


async def _drop(host: Host, statement: TextClause, **given: datetime) -> None:
    dropped = ROWS_COUNT_MAX
    while dropped >= ROWS_COUNT_MAX:
        async with host.begin() as tx:
            dropped = (await tx.sql.execute(statement, {**given, "most": ROWS_COUNT_MAX})).one().dropped
