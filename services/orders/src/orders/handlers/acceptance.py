"""Quotes are accepted and become orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from backbone.errors import NotFound, Refused
from backbone.service import Batch, Tx, answered, together
from orders import store
from orders.commands import AcceptQuote, AcceptQuotes
from orders.domain.need import Need
from orders.domain.order import Order
from orders.domain.promise import Promise
from orders.domain.quote import Quote


@together
async def accept_quote(commands: Batch[AcceptQuote], tx: Tx) -> list[Order | Refused]:
    """The customer orders what a quote offers."""
    counter = await _counter(tx, commands)
    answers = [answered(partial(counter.accept, tx, command, command)) for command in commands]
    await counter.save(tx)
    return answers


async def accept_quotes(commands: Batch[AcceptQuotes], tx: Tx) -> list[list[Order | Refused]]:
    """The customer orders what many quotes offer; what cannot be ordered any more is refused by itself."""
    counter = await _counter(tx, (act for command in commands for act in command.acts))
    answers = [
        [answered(partial(counter.accept, tx, command, act)) for act in command.acts] for command in commands
    ]
    await counter.save(tx)
    return answers


@dataclass(slots=True)
class _Counter:
    """What acceptances need: the quotes with their promises and needs, locked, and whom they are for."""

    quotes: dict[str, Quote]
    promises: dict[str, Promise]
    needs: dict[str, Need]
    contacts: Mapping[str, str]
    placed: list[Order] = field(default_factory=list)

    def accept(self, tx: Tx, because: object, command: AcceptQuote) -> Order:
        """Turn a quote into its order. Raises `NotFound`, `WrongState`."""
        quote = self.quotes.get(command.quote_id)
        if quote is None or (command.party is not None and quote.customer_id != command.party):
            raise NotFound(f"no quote {command.quote_id}")
        promise = self.promises[quote.promise_id]
        taken, accepted = quote.accepted(command.order_id)
        order, placed = Order.placed(
            taken, promise, order_id=command.order_id, contact_id=self.contacts[quote.customer_id], at=tx.now
        )
        won = self.needs[quote.need_id].moved("won")
        tx.emit(accepted, placed, because=because, correlation=quote.need_id)
        tx.not_due("quote-expiry", quote.quote_id)
        self.quotes[quote.quote_id] = taken
        self.promises[promise.promise_id] = promise.accepted()
        self.needs[won.need_id] = won
        self.placed.append(order)
        return order

    async def save(self, tx: Tx) -> None:
        """Write what was accepted."""
        placed = self.placed
        await store.save_promises(tx, [self.promises[order.promise_id] for order in placed])
        await store.save_quotes(tx, [self.quotes[order.quote_id] for order in placed])
        await store.save_needs(tx, [self.needs[order.need_id] for order in placed])
        await store.add_orders(tx, placed)


async def _counter(tx: Tx, acts: Iterable[AcceptQuote]) -> _Counter:
    quotes = await store.lock_quotes(tx, (act.quote_id for act in acts))
    return _Counter(
        quotes,
        await store.lock_promises(tx, (quote.promise_id for quote in quotes.values())),
        await store.lock_needs(tx, (quote.need_id for quote in quotes.values())),
        await store.load_contacts(tx, (quote.customer_id for quote in quotes.values())),
    )
