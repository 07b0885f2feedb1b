"""Batch records are signed."""

from __future__ import annotations

from backbone.errors import NotFound
from backbone.service import Batch, Tx
from production import store
from production.commands import SignRecord
from production.domain.signature import Signature, signed


async def sign_record(commands: Batch[SignRecord], tx: Tx) -> list[Signature]:
    """People sign records as they have seen them.

    Raises `NotFound`, `Stale`, `WrongState`, `SecondPersonNeeded`, `SignedAlready`, `TooManySignatures`.
    """
    ids = [command.run_id for command in commands]
    runs = await store.lock_runs(tx, ids)
    before, people = await store.load_signatures(tx, ids), await store.load_people(tx, ids)
    signatures = []
    for command in commands:
        run = runs.get(command.run_id)
        if run is None:
            raise NotFound(f"no run {command.run_id}")
        signature, fact = signed(
            run, tx.new_id(), command.meaning, digest=command.digest, by=command.signer, at=tx.now,
            before=before[run.run_id], people=people[run.run_id],
        )  # fmt: skip
        before[run.run_id].append(signature)
        tx.emit(fact, because=command, correlation=run.root_id)
        signatures.append(signature)
    await store.save_runs(tx, runs.values())
    await store.add_signatures(tx, signatures)
    return signatures
