"""Idempotency of asked commands: one key, one effect, one answer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import KeyInUse, KeyReused, Refusal, Unavailable
from backbone.service.database import Trouble, trouble_of

if TYPE_CHECKING:
    from backbone.service.host import Host

PROBLEM: Final = "application/problem+json"
PROBLEM_TYPE_BASE: Final = "/problems/"
_NOT_KEPT: Final = frozenset({401, 403, 413, 429})

# The lock comes first, the row second, both in one round trip: a snapshot older than the lock would at worst meet
# the primary key when the reply is kept, and the command is then repeated.
CLAIM: Final = text(
    """
    SELECT claim.free, kept.digest, kept.status, kept.headers, kept.body
    FROM (
        SELECT pg_try_advisory_xact_lock(lock) AS free, principal, operation, key, place
        FROM unnest(CAST(:lock AS bigint[]), CAST(:principal AS text[]), CAST(:operation AS text[]),
                    CAST(:key AS text[])) WITH ORDINALITY AS asked(lock, principal, operation, key, place)
        OFFSET 0
    ) AS claim
    LEFT JOIN asked_keys AS kept USING (principal, operation, key)
    ORDER BY claim.place
    """
)
KEEP: Final = text(
    """
    INSERT INTO asked_keys (principal, operation, key, digest, status, headers, body)
    SELECT principal, operation, key, digest, status, headers, body
    FROM unnest(CAST(:principal AS text[]), CAST(:operation AS text[]), CAST(:key AS text[]),
                CAST(:digest AS bytea[]), CAST(:status AS integer[]), CAST(:headers AS text[]), CAST(:body AS bytea[]))
         AS kept(principal, operation, key, digest, status, headers, body)
    """
)


@dataclass(frozen=True, slots=True)
class AskedKey:
    """Who asks what with which key; `digest` is the sha256 of the raw body."""

    principal: str
    operation: str
    key: str
    digest: bytes

    @property
    def lock(self) -> int:
        """The advisory lock that stands for this key (signed 64 bit)."""
        name = f"{self.principal}\x00{self.operation}\x00{self.key}".encode()
        return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer as it is kept under a key."""

    status: int
    headers: dict[str, str]
    body: bytes


def kept(refusal: Refusal) -> bool:
    """Whether a refusal is the lasting answer to its key; what may be different next time is not."""
    return (
        refusal.status < 500
        and refusal.status not in _NOT_KEPT
        and not isinstance(refusal, KeyInUse | KeyReused)
    )


def key_collided(failure: BaseException) -> bool:
    """Whether two requests with one key met at the primary key."""
    return isinstance(failure, IntegrityError) and "asked_keys" in str(failure.orig)


async def claim(sql: AsyncConnection, keys: Sequence[AskedKey]) -> dict[AskedKey, Reply | Refusal]:
    """Take keys, each another: what those get that are not free, the reply they have already or why not."""
    if not keys:
        return {}
    rows = await sql.execute(CLAIM, {"lock": [key.lock for key in keys], **_columns(keys)})
    found = ((key, _found(key, row)) for key, row in zip(keys, rows, strict=True))
    return {key: given for key, given in found if given is not None}


def _found(key: AskedKey, row: Any) -> Reply | Refusal | None:
    if not row.free:
        return KeyInUse("a request with this key is still running")
    if row.digest is None:
        return None
    if row.digest != key.digest:
        return KeyReused("this key was used with another body")
    return Reply(row.status, msgspec.json.decode(row.headers), row.body)


async def keep(sql: AsyncConnection, replies: Sequence[tuple[AskedKey, Reply]]) -> None:
    """Keep replies in the transaction of their effects."""
    if not replies:
        return
    await sql.execute(
        KEEP,
        {
            **_columns([key for key, _ in replies]),
            "digest": [key.digest for key, _ in replies],
            "status": [reply.status for _, reply in replies],
            "headers": [msgspec.json.encode(reply.headers).decode() for _, reply in replies],
            "body": [reply.body for _, reply in replies],
        },
    )


def _columns(keys: Sequence[AskedKey]) -> dict[str, list[str]]:
    return {
        "principal": [key.principal for key in keys],
        "operation": [key.operation for key in keys],
        "key": [key.key for key in keys],
    }


def problem_of(refusal: Refusal) -> Reply:
    """A refusal as an RFC 9457 problem document."""
    problem: dict[str, object] = {
        "type": PROBLEM_TYPE_BASE + refusal.code,
        "title": refusal.code.replace("-", " "),
        "status": refusal.status,
        "detail": refusal.detail,
    }
    if refusal.pointers:
        problem["errors"] = [{"pointer": pointer, "detail": detail} for pointer, detail in refusal.pointers]
    headers = {"content-type": PROBLEM}
    if refusal.status == 503 or isinstance(refusal, KeyInUse):
        headers["retry-after"] = "1"
    return Reply(refusal.status, headers, msgspec.json.encode(problem))


async def keep_refusal(host: Host, key: AskedKey, refusal: Refusal) -> Reply:
    """Keep a refusal as the key's answer, its effect being rolled back already; an answer that came first stands."""
    try:
        async with host.begin() as tx:
            earlier = await claim(tx.sql, [key])
            if key not in earlier:
                await keep(tx.sql, [(key, problem_of(refusal))])
    except DBAPIError as failure:
        if trouble_of(failure) is Trouble.POISON and not key_collided(failure):
            raise
        raise refusal from failure
    return _given(earlier.get(key, problem_of(refusal)))


async def resolve_lost(host: Host, key: AskedKey | None, failure: Exception) -> Reply:
    """After a lost connection: the kept reply if the commit went through, else `Unavailable`."""
    if key is not None:
        try:
            async with host.begin() as tx:
                earlier = await claim(tx.sql, [key])
        except (DBAPIError, OSError, TimeoutError):
            earlier = {}
        if key in earlier:
            return _given(earlier[key])
    raise Unavailable("the database does not answer; ask again with the same key") from failure


def _given(found: Reply | Refusal) -> Reply:
    if isinstance(found, Refusal):
        raise found
    return found
