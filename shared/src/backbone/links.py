"""Signed links: one object, some operations, an end in business time, and one act."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from backbone import spent
from backbone.auth import LINK_ROLE, Principal, Scope, Unauthenticated
from backbone.errors import Refusal
from backbone.ids import new_id
from backbone.seals import Broken, Seals

if TYPE_CHECKING:
    from backbone.service import Tx

KIND: Final = "link"
OPERATIONS_COUNT_MAX: Final = 16


class LinkExpired(Refusal):
    """The link was good until a moment that has passed."""

    status = 401


class LinkSpent(Refusal):
    """The link was used for an act already; it still shows what it is about."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link lets its holder do.

    `party` is the customer or vendor that it speaks for and `subject` the person; `parameter` is the path parameter
    that must be `object_id`; `operations` are named as in the policy (`orders.show_quote`); `expires_at` is a moment
    of business time.
    """

    link_id: str
    subject: str
    party: str
    parameter: str
    object_id: str
    operations: tuple[str, ...]
    expires_at: datetime


def sign(
    seals: Seals,
    *,
    subject: str,
    party: str,
    parameter: str,
    object_id: str,
    operations: Iterable[str],
    expires_at: datetime,
    link_id: str | None = None,
) -> str:
    """The text of a link: a bearer token, and what `/login?token=` takes; the same `link_id` is the same one act.

    Raises `ValueError` for a link without operations, with too many, or whose end has no time zone.
    """
    named = sorted(set(operations))
    if not 1 <= len(named) <= OPERATIONS_COUNT_MAX:
        raise ValueError(f"a link is for 1 to {OPERATIONS_COUNT_MAX} operations")
    if expires_at.tzinfo is None:
        raise ValueError("a link ends at a moment with its time zone")
    content = {
        "id": link_id or new_id(),
        "sub": subject,
        "party": party,
        "par": parameter,
        "obj": object_id,
        "ops": named,
        "exp": math.floor(expires_at.timestamp()),
    }
    return seals.seal(KIND, content)


def read(seals: Seals, token: str) -> Link:
    """What a link is for, whether or not its time has passed; raises `Unauthenticated`."""
    try:
        had = seals.opened(KIND, token)
    except Broken as broken:
        raise Unauthenticated("the link is not valid") from broken
    return Link(
        had["id"],
        had["sub"],
        had["party"],
        had["par"],
        had["obj"],
        tuple(had["ops"]),
        datetime.fromtimestamp(had["exp"], UTC),
    )


def principal_of(seals: Seals, token: str, now: datetime) -> Principal:
    """The principal of a link at a moment of business time; raises `Unauthenticated` or `LinkExpired`."""
    link = read(seals, token)
    if link.expires_at <= now:
        raise LinkExpired("this link has expired; ask for a new one")
    scope = Scope(link.link_id, link.parameter, link.object_id, frozenset(link.operations), link.expires_at)
    # On the wall's clock a link has no end: its own clock may stand still.
    return Principal(link.subject, LINK_ROLE, link.party, math.inf, scope)


async def spend(tx: Tx, scope: Scope) -> None:
    """Use a link for its one act, in the act's own transaction; raises `LinkSpent`."""
    if not await spent.spend(tx.sql, spent.LINK, scope.link_id, scope.expires_at):
        raise LinkSpent("this link was used already")
