"""What is good for one use: the ids that were used, kept until they would have ended anyway."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.auth import Login, LoginSpent

LINK: Final = "link"
LOGIN: Final = "login"
KEPT_BEYOND: Final = timedelta(hours=1)

# A second one that comes meanwhile waits for the first to commit or roll back.
SPEND: Final = text(
    """
    INSERT INTO spent (kind, mark, ends_at) VALUES (:kind, :mark, :ends_at)
    ON CONFLICT DO NOTHING RETURNING mark
    """
)
DROP_ENDED: Final = text(
    """
    DELETE FROM spent WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM spent
        WHERE (kind = 'link' AND ends_at < :business) OR (kind = 'login' AND ends_at < :wall) LIMIT 20000
    ))
    """
)


async def spend(sql: AsyncConnection, kind: str, mark: str, ends_at: datetime) -> bool:
    """Note a use; False when it was used before. `ends_at` is business time for links, the wall's for logins."""
    row = (await sql.execute(SPEND, {"kind": kind, "mark": mark, "ends_at": ends_at})).one_or_none()
    return row is not None


async def spend_login(sql: AsyncConnection, login: Login) -> None:
    """Use a login token for its one act, in the act's own transaction; raises `LoginSpent`."""
    if not await spend(sql, LOGIN, login.mark, login.ends_at):
        raise LoginSpent("this login link was used before; ask for another one")


async def drop_ended(sql: AsyncConnection, business: datetime, wall: datetime) -> None:
    """Forget what has ended by itself."""
    moments = {"business": business - KEPT_BEYOND, "wall": wall - KEPT_BEYOND}
    await sql.execute(DROP_ENDED, moments)
