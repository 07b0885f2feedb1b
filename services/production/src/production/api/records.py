"""Batch records over HTTP: shown, and signed by people who have just signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.web import Asked, Response, created, creates, found, shows
from production import commands, handlers, queries
from production.domain.signature import Meaning, Signature

router = APIRouter()
# Whoever signs has signed in at most so long ago.
SIGN_IN_AGE_SECONDS_MAX: Final = 300


@dataclass(frozen=True, slots=True)
class SignatureBody:
    """What the signature means, and the digest of the record as its signer has seen it."""

    meaning: Meaning
    digest: str


SEEN: Final = SignatureBody("performed", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")


@router.get("/v1/runs/{run_id}/batch-record", **shows(queries.BatchRecordView))
async def show_batch_record(ask: Asked, run_id: str) -> Response:
    """Everything of a run in order: who did what, when, with which lots and parameters, what deviated, who signed."""
    async with ask.read() as sql:
        return found(await queries.find_batch_record(sql, run_id))


@router.post("/v1/runs/{run_id}/signatures", **creates(Signature, body=SignatureBody, example=SEEN))
async def sign_record(ask: Asked, run_id: str) -> Response:
    """Sign the record of a run with a token that was got less than five minutes ago by signing in."""
    body = await ask.body(SignatureBody)
    ask.demand_fresh_sign_in(SIGN_IN_AGE_SECONDS_MAX)
    command = commands.SignRecord(run_id, body.meaning, body.digest, ask.principal.subject)
    return await ask.act(
        handlers.sign_record,
        command,
        reply=lambda made: created(f"/v1/runs/{run_id}/batch-record", made),
    )
