"""Promises are answered, quotes are sent, declined and expire."""

from __future__ import annotations

from collections.abc import Iterable

from backbone.service import Batch, Tx
from orders import store
from orders.commands import (
    DeclineQuote,
    ExpireQuote,
    LoseHold,
    MissAnswer,
    TakeAlternative,
    TakeMaterialOffer,
    TakeMaterialRefusal,
    TakeSlots,
    TakeSlotsRefusal,
    TakeSubstitute,
)
from orders.domain.promise import ANSWER_WITHIN, Promise
from orders.domain.quote import Quote

Answered = TakeMaterialOffer | TakeMaterialRefusal | TakeSlots | TakeSlotsRefusal


async def take_material_offer(commands: Batch[TakeMaterialOffer], tx: Tx) -> list[Promise]:
    """Material is held: ask for people where services are wanted, else send the quote."""
    promises, quotes = await _locked(tx, commands)
    needs = await store.lock_needs(tx, (promise.need_id for promise in promises.values()))
    answers = []
    for command in commands:
        promise = promises[command.promise_id]
        offered = promise.offered(command.request_no, command.steps, command.instead)
        if offered is not promise and offered.services:
            offered, asked = offered.slots_asked()
            tx.emit(asked, because=command)
            tx.due("answer", promise.promise_id, ANSWER_WITHIN, request_no=offered.request_no)
        elif offered is not promise:
            offered = offered.given()
            quotes[promise.quote_id] = _send(tx, command, quotes[promise.quote_id], offered)
        if offered is not promise:
            needs[promise.need_id] = needs[promise.need_id].answered()
        promises[promise.promise_id] = offered
        answers.append(offered)
    await store.save_needs(tx, needs.values())
    await _save(tx, promises.values(), quotes.values())
    return answers


async def take_material_refusal(commands: Batch[TakeMaterialRefusal], tx: Tx) -> list[Promise]:
    """Material cannot be held as asked: ask for the next possible moment, or give the need to a person.

    Whom it is for may still let a substitute stand in, when one is offered.
    """
    promises, quotes = await _locked(tx, commands)
    needs = await store.lock_needs(tx, (promise.need_id for promise in promises.values()))
    answers = []
    for command in commands:
        promise = promises[command.promise_id]
        again = promise.refused(command.request_no, command.next_possible_at)
        if again is not promise and again.state != "asked":
            needs[promise.need_id], unmatched = needs[promise.need_id].unmatched(command.reason)
            if again.state == "withdrawn":
                tx.emit(again.gone(command.reason), because=command)
            tx.emit(unmatched, because=command)
            tx.not_due("answer", promise.promise_id)
        elif again is not promise:
            needs[promise.need_id] = needs[promise.need_id].answered()
            tx.emit(again.asked(), because=command)
            tx.due("answer", promise.promise_id, ANSWER_WITHIN, request_no=again.request_no)
        promises[promise.promise_id] = again
        answers.append(again)
    await store.save_needs(tx, needs.values())
    await _save(tx, promises.values(), quotes.values())
    return answers


async def take_slots(commands: Batch[TakeSlots], tx: Tx) -> list[Promise]:
    """People are held: everything is promised, the quote goes out."""
    promises, quotes = await _locked(tx, commands)
    needs = await store.lock_needs(tx, (promise.need_id for promise in promises.values()))
    answers = []
    for command in commands:
        promise = promises[command.promise_id]
        if promise.state == "slots-asked" and promise.request_no == command.request_no:
            needs[promise.need_id] = needs[promise.need_id].answered()
            promise = promise.given(command.slots)
            quotes[promise.quote_id] = _send(tx, command, quotes[promise.quote_id], promise)
        promises[promise.promise_id] = promise
        answers.append(promise)
    await store.save_needs(tx, needs.values())
    await _save(tx, promises.values(), quotes.values())
    return answers


async def take_slots_refusal(commands: Batch[TakeSlotsRefusal], tx: Tx) -> list[Promise]:
    """Nobody is free as asked: ask for the next possible moment, or let everything go."""
    promises, quotes = await _locked(tx, commands)
    needs = await store.lock_needs(tx, (promise.need_id for promise in promises.values()))
    answers = []
    for command in commands:
        promise = promises[command.promise_id]
        if promise.state == "slots-asked" and promise.request_no == command.request_no:
            if command.next_possible_at is None or promise.exhausted:
                promise = promise.withdrawn()
                needs[promise.need_id], unmatched = needs[promise.need_id].unmatched(command.reason)
                tx.emit(promise.gone(command.reason), unmatched, because=command)
                tx.not_due("answer", promise.promise_id)
            else:
                needs[promise.need_id] = needs[promise.need_id].answered()
                promise, asked = promise.slots_asked(command.next_possible_at)
                tx.emit(asked, because=command)
                tx.due("answer", promise.promise_id, ANSWER_WITHIN, request_no=promise.request_no)
        promises[promise.promise_id] = promise
        answers.append(promise)
    await store.save_needs(tx, needs.values())
    await _save(tx, promises.values(), quotes.values())
    return answers


async def miss_answer(commands: Batch[MissAnswer], tx: Tx) -> list[None]:
    """Nobody answered: a person has to look; a late answer is taken all the same."""
    promises, _ = await _locked(tx, commands)
    needs = await store.lock_needs(tx, (promise.need_id for promise in promises.values()))
    for command in commands:
        promise = promises[command.promise_id]
        if promise.request_no == command.request_no and promise.state in {"asked", "slots-asked"}:
            needs[promise.need_id], unmatched = needs[promise.need_id].unmatched(
                "the promise was not answered in time"
            )
            tx.emit(unmatched, because=command)
    await store.save_needs(tx, needs.values())
    return [None] * len(commands)


async def decline_quote(commands: Batch[DeclineQuote], tx: Tx) -> list[Quote]:
    """The customer does not want a quote; what it held is free again."""
    answers = []
    for command in commands:
        quote = await store.lock_quote(tx, command.quote_id, party=command.party)
        promise = (await store.lock_promises(tx, [quote.promise_id]))[quote.promise_id]
        needs = await store.lock_needs(tx, [quote.need_id])
        left, declined = quote.declined()
        tx.emit(declined, because=command, correlation=quote.need_id)
        if promise.state not in {"expired", "withdrawn"}:
            promise = promise.withdrawn()
            tx.emit(promise.gone("the customer declined"), because=command, correlation=quote.need_id)
        tx.not_due("quote-expiry", quote.quote_id)
        await _save(tx, [promise], [left])
        await store.save_needs(tx, [needs[quote.need_id].moved("lost")])
        answers.append(left)
    return answers


async def expire_quote(commands: Batch[ExpireQuote], tx: Tx) -> list[None]:
    """Quotes that nobody answered end; an answered one is left as it is."""
    quotes = await store.lock_quotes(tx, (command.quote_id for command in commands))
    promises = await store.lock_promises(tx, (quote.promise_id for quote in quotes.values()))
    for command in commands:
        quote = quotes.get(command.quote_id)
        if quote is None or quote.state != "sent":
            continue
        quotes[quote.quote_id], expired = quote.expired()
        promises[quote.promise_id] = promises[quote.promise_id].expired()
        tx.emit(expired, promises[quote.promise_id].gone("the quote expired"), because=command)
    await _save(tx, promises.values(), quotes.values())
    return [None] * len(commands)


async def lose_hold(commands: Batch[LoseHold], tx: Tx) -> list[None]:
    """A hold ended: a quote that stands on it ends too, one that was not sent yet needs a person; an order stays."""
    promises, quotes = await _locked(tx, commands)
    needs = await store.lock_needs(tx, (promise.need_id for promise in promises.values()))
    for command in commands:
        promise = promises[command.promise_id]
        quote = quotes[promise.quote_id]
        if quote.state == "sent":
            quotes[quote.quote_id], expired = quote.expired()
            promises[promise.promise_id] = promise.expired()
            tx.emit(expired, promise.gone("the hold expired"), because=command)
            tx.not_due("quote-expiry", quote.quote_id)
        elif promise.state in {"offered", "slots-asked"}:
            promises[promise.promise_id] = promise.withdrawn()
            needs[promise.need_id], unmatched = needs[promise.need_id].unmatched(
                "what was held expired before everything was promised"
            )
            tx.emit(promise.gone("the hold expired"), unmatched, because=command)
            tx.not_due("answer", promise.promise_id)
    await store.save_needs(tx, needs.values())
    await _save(tx, promises.values(), quotes.values())
    return [None] * len(commands)


async def take_alternative(commands: Batch[TakeAlternative], tx: Tx) -> list[Promise]:
    """A promise could be kept sooner, or at all, with a substitute: whom it is for sees that beside the quote."""
    promises = await store.lock_promises(tx, (command.promise_id for command in commands))
    for command in commands:
        promise = promises[command.promise_id]
        promises[promise.promise_id] = promise.could_be(command.request_no, command.alternative)
    await store.save_promises(tx, promises.values())
    return [promises[command.promise_id] for command in commands]


async def take_substitute(commands: Batch[TakeSubstitute], tx: Tx) -> list[Quote]:
    """The customer lets substitutes stand in: the promise is asked for anew, the quote has no dates until then.

    Raises `NotFound`, `WrongState`, `SubstituteIsNotOffered`.
    """
    answers = []
    for command in commands:
        quote = await store.lock_quote(tx, command.quote_id, party=command.party)
        waiting = quote.asked_anew()
        promise = (await store.lock_promises(tx, [quote.promise_id]))[quote.promise_id]
        needs = await store.lock_needs(tx, [quote.need_id])
        promise = promise.taking(command.names, command.decided_by, tx.now)
        tx.emit(promise.asked(), because=command, correlation=quote.need_id)
        tx.due("answer", promise.promise_id, ANSWER_WITHIN, request_no=promise.request_no)
        tx.not_due("quote-expiry", quote.quote_id)
        await _save(tx, [promise], [waiting])
        await store.save_needs(tx, [needs[quote.need_id].answered()])
        answers.append(waiting)
    return answers


def _send(tx: Tx, command: object, quote: Quote, promise: Promise) -> Quote:
    sent = quote.sent(promise)
    tx.emit(sent.told(), because=command)
    tx.due("quote-expiry", quote.quote_id, sent.expires_at)
    tx.not_due("answer", promise.promise_id)
    return sent


async def _locked(
    tx: Tx, commands: Iterable[Answered | MissAnswer | LoseHold]
) -> tuple[dict[str, Promise], dict[str, Quote]]:
    promises = await store.lock_promises(tx, (command.promise_id for command in commands))
    return promises, await store.lock_quotes(tx, (promise.quote_id for promise in promises.values()))


async def _save(tx: Tx, promises: Iterable[Promise], quotes: Iterable[Quote]) -> None:
    kept = list(quotes)
    await store.save_promises(tx, promises)
    await store.save_quotes(tx, kept)
    letting = [quote for quote in kept if quote.substituted]
    if letting:
        await store.save_quote_lines(tx, letting)
