"""A need is stated, and becomes a draft quote whose promise is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from backbone.errors import Invalid, Refused
from backbone.service import Batch, Tx, answered, together
from orders import store
from orders.commands import DraftQuote, StateNeed, StateNeeds
from orders.domain.need import Need
from orders.domain.offer import Offer, match
from orders.domain.promise import ANSWER_WITHIN, Promise
from orders.domain.quote import Quote, drafted


@together
async def state_need(commands: Batch[StateNeed], tx: Tx) -> list[Need | Refused]:
    """Take up what customers say they need."""
    answers = [answered(partial(_state, tx, command, command)) for command in commands]
    await store.add_needs(tx, [need for need in answers if isinstance(need, Need)])
    return answers


async def state_needs(commands: Batch[StateNeeds], tx: Tx) -> list[list[Need | Refused]]:
    """Take up many needs at once; what cannot be needed is refused by itself."""
    answers = [[answered(partial(_state, tx, command, act)) for act in command.acts] for command in commands]
    await store.add_needs(tx, [need for each in answers for need in each if isinstance(need, Need)])
    return answers


def _state(tx: Tx, because: object, command: StateNeed) -> Need:
    need = Need.stated(
        need_id=command.need_id,
        customer_id=command.customer_id,
        address_id=command.address_id,
        text=command.text,
        lines=command.lines,
        delivery_policy=command.delivery_policy,
        at=tx.now,
    )
    tx.emit(need.told(), because=because, correlation=need.need_id)
    return need


async def draft_quote(commands: Batch[DraftQuote], tx: Tx) -> list[Quote | None]:
    """Match each need with the catalogue, and ask for a promise; a need that cannot be quoted says why."""
    needs = await store.lock_needs(tx, (command.need.need_id for command in commands))
    lines = [line for command in commands for line in command.need.lines]
    named = {line.offer_id for line in lines if line.offer_id is not None}
    offers = await store.load_offers(tx, named, whole=any(line.offer_id is None for line in lines))
    priorities = await store.load_priorities(tx, (need.customer_id for need in needs.values()))
    answers: list[Quote | None] = []
    promises: list[Promise] = []
    for command in commands:
        need = needs[command.need.need_id]
        try:
            quote, promise = _drafted(tx, need, offers, priorities)
        except Invalid as wrong:
            need, unmatched = need.unmatched(wrong.detail)
            tx.emit(unmatched, because=command)
            answers.append(None)
        else:
            need = need.moved("matched").moved("quoted")
            tx.emit(promise.asked(), because=command)
            tx.due("answer", promise.promise_id, ANSWER_WITHIN, request_no=promise.request_no)
            answers.append(quote)
            promises.append(promise)
        needs[need.need_id] = need
    await store.save_needs(tx, needs.values())
    await store.add_quotes(tx, [quote for quote in answers if quote is not None])
    await store.add_promises(tx, promises)
    return answers


def _drafted(
    tx: Tx, need: Need, offers: Sequence[Offer], priorities: Mapping[str, int]
) -> tuple[Quote, Promise]:
    """A draft and the promise to ask for, at the priority of the customer; raises `Invalid` where there is none."""
    matched = [(line, match(line, offers)) for line in need.lines]
    found = [(line, offer) for line, offer in matched if offer is not None]
    if len(found) < len(matched) or len({offer.price.currency for _, offer in found}) > 1:
        missing = ", ".join(line.line_id for line, offer in matched if offer is None) or "one currency"
        raise Invalid(f"no offer found for {missing}")
    if need.customer_id not in priorities:
        raise Invalid(f"customer {need.customer_id} is not registered")
    return drafted(
        need,
        found,
        quote_id=tx.new_id(),
        promise_id=tx.new_id(),
        priority=priorities[need.customer_id],
        at=tx.now,
    )
