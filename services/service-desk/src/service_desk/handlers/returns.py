"""What clients send back: awaited, and taken in."""

from __future__ import annotations

from backbone.errors import NotFound
from backbone.service import Batch, Tx
from service_desk import store
from service_desk.commands import AwaitReturn, ReceiveReturn
from service_desk.domain.returning import Return


async def await_return(commands: Batch[AwaitReturn], tx: Tx) -> list[None]:
    """Clients may send goods back; one that is known already stays as it is."""
    known = await store.lock_returns(tx, (command.fact.return_id for command in commands))
    new = {command.fact.return_id: Return.of(command.fact, tx.now) for command in commands}
    await store.save_returns(tx, [one for return_id, one in new.items() if return_id not in known])
    return [None] * len(commands)


async def receive_return(commands: Batch[ReceiveReturn], tx: Tx) -> list[Return]:
    """Goods of clients are back; materials takes them into stock, production looks at them."""
    returns = await store.lock_returns(tx, (command.return_id for command in commands))
    visits = await store.load_handed(tx, (one.order_id for one in returns.values()))
    answers = []
    for command in commands:
        one = returns.get(command.return_id)
        if one is None:
            raise NotFound(f"no return {command.return_id}")
        of_order = [visit for visit in visits if visit.order_id == one.order_id]
        others = [
            each
            for each in returns.values()
            if each.order_id == one.order_id and each.return_id != one.return_id
        ]
        taken, facts = one.taken_in(command.lots, of_order, others)
        tx.emit(*facts, because=command, correlation=one.need_id)
        returns[one.return_id] = taken
        answers.append(taken)
    await store.save_returns(tx, list({one.return_id: one for one in answers}.values()))
    return answers
