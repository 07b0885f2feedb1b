"""Electronic signatures: who says what of the batch record of a run, and over which state of it.

After 21 CFR part 11: a signature names its signer, the moment and the meaning (11.50), is linked to its record so that
it cannot be moved (11.70), and takes signing in anew (11.200).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from backbone.errors import Refusal, Stale
from contracts.production import BatchRecordSigned
from production.domain.recipe import SecondPersonNeeded
from production.domain.run import Run
from production.domain.states import WrongState

Meaning = Literal["performed", "reviewed", "approved"]
SIGNATURES_COUNT_MAX: Final = 100


class SignedAlready(Refusal):
    """A person says the same of the same record once."""


class HasNotActed(Refusal):
    """Who did nothing at a run has not performed it."""


class TooManySignatures(Refusal):
    """A run keeps so many signatures."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A person's word on the record as it stood: its first `entries` entries, sealed by `digest`."""

    signature_id: str
    run_id: str
    signed_by: str
    meaning: Meaning
    digest: str
    entries: int
    signed_at: datetime


def signed(
    run: Run,
    signature_id: str,
    meaning: Meaning,
    *,
    digest: str,
    by: str,
    at: datetime,
    before: Iterable[Signature],
    people: Collection[str],
) -> tuple[Signature, BatchRecordSigned]:
    """A signature over the record as its signer has seen it; `people` are those who acted at the run.

    Raises `Stale` when the record has changed since, `WrongState` for the approval of a run that is not over,
    `SecondPersonNeeded` when it is reviewed or approved by who made it, `HasNotActed`, `SignedAlready`,
    `TooManySignatures`.
    """
    if digest != run.floor.record:
        raise Stale(f"the record of {run.name} has changed: it has {run.floor.entries} entries")
    known = list(before)
    if any((each.signed_by, each.meaning, each.digest) == (by, meaning, digest) for each in known):
        raise SignedAlready(f"{by} has signed this record as {meaning}")
    if len(known) >= SIGNATURES_COUNT_MAX:
        raise TooManySignatures(f"a run keeps {SIGNATURES_COUNT_MAX} signatures")
    if meaning == "approved" and not run.over:
        raise WrongState(f"{run.name} is {run.state}; the record of a run that is over is approved")
    if meaning == "performed" and by not in people:
        raise HasNotActed(f"{by} did nothing at {run.name}")
    if meaning != "performed" and by in people:
        raise SecondPersonNeeded(f"who acted at a run has not {meaning} its record")
    signature = Signature(signature_id, run.run_id, by, meaning, digest, run.floor.entries, at)
    return signature, BatchRecordSigned(
        run.run_id, run.planned_order_id, signature_id, meaning, by, digest, run.floor.entries
    )
