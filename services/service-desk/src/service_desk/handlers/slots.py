"""People are found and held for promises, and freed again."""

from __future__ import annotations

from dataclasses import replace

from backbone.service import Batch, Tx
from service_desk import store
from service_desk.commands import ExpireHold, FindSlots, FreeSlots
from service_desk.domain.hold import Search, SlotHold, answered
from service_desk.domain.slot import Diary
from service_desk.handlers.desk import desk_for


async def find_slots(commands: Batch[FindSlots], tx: Tx) -> list[SlotHold]:
    """Hold people for all services of a promise, or none of them and say why; a repeated question is repeated."""
    desk = await desk_for(tx, {line.item for command in commands for line in command.asked.lines})
    holds = await store.lock_holds(tx, (command.asked.promise_id for command in commands))
    search = Search(desk.services, desk.crew, tx.now)
    answers = []
    for command in commands:
        asked = command.asked
        hold = holds.get(asked.promise_id)
        if hold is None or (asked.request_no > hold.request_no and hold.state != "booked"):
            _free(hold, desk.diary)
            slot_ids = [tx.new_id() for _ in asked.lines]
            found = answered(asked, search, desk.diary, slot_ids)
            hold = replace(found, version=hold.version if hold is not None else 0)
            holds[hold.promise_id] = hold
            _answer(tx, command, hold)
        elif asked.request_no == hold.request_no and hold.state in {"held", "refused"}:
            tx.emit(hold.answer(), because=command)
        answers.append(hold)
    await store.save_holds(tx, list(holds.values()))
    await store.save_diary(tx, desk.diary)
    return answers


def _answer(tx: Tx, command: FindSlots, hold: SlotHold) -> None:
    tx.emit(hold.answer(), because=command)
    if hold.state == "held":
        tx.due("hold-expiry", hold.promise_id, hold.hold_until)
    else:
        tx.not_due("hold-expiry", hold.promise_id)


def _free(hold: SlotHold | None, diary: Diary) -> None:
    if hold is not None and hold.state == "held":
        for each in hold.slots:
            diary.free(each.slot.slot_id)


async def free_slots(commands: Batch[FreeSlots], tx: Tx) -> list[None]:
    """Let go what is held for promises; what is booked belongs to an order, and what was never asked is no matter."""
    return await _let_go(commands, tx, "freed")


async def expire_hold(commands: Batch[ExpireHold], tx: Tx) -> list[None]:
    """Holds that have reached their end let go."""
    return await _let_go(commands, tx, "expired")


async def _let_go(commands: Batch[FreeSlots] | Batch[ExpireHold], tx: Tx, state: str) -> list[None]:
    holds = await store.lock_holds(tx, (command.promise_id for command in commands))
    diary = Diary()
    for hold in holds.values():
        if hold.state == "expired" or (state == "expired" and hold.hold_until > tx.now):
            continue
        _free(hold, diary)
        tx.not_due("hold-expiry", hold.promise_id)
        holds[hold.promise_id] = hold.let_go(state)
    await store.save_holds(tx, list(holds.values()))
    await store.save_diary(tx, diary)
    return [None] * len(commands)
