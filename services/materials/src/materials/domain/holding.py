"""Promises that are held: asked for, answered, asked for anew with substitutes, and what these could do for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from contracts.instead import StandIn, SubstituteOffered
from contracts.materials import PromiseOffered, PromiseRefused
from contracts.orders import PromiseRequested
from materials.domain.asking import Asker
from materials.domain.book import Book
from materials.domain.header import Answer, Hold, HoldState
from materials.domain.instead import comes_sooner, letting, sooner, tried
from materials.domain.network import Place
from materials.domain.promise import answered
from materials.domain.shrinking import release_demands
from materials.domain.substitute import Substitute


def request(book: Book, ask: PromiseRequested) -> set[Place]:
    """Answer an ask for a promise; the same ask gets the same answer, one that was overtaken gets none.

    Where something may stand in for something in what is held already, it does if all comes sooner by that; else what
    is held stays so.
    """
    known = book.holds.get(ask.promise_id)
    freed: set[Place] = set()
    if known is not None:
        if known.request_no == ask.request_no and known.state in {"held", "refused"}:
            _tell(book, known)
            return freed
        if ask.request_no <= known.request_no or known.state in {"ordered", "released"}:
            return freed
        if known.state == "held" and any(line.instead for line in ask.lines) and _in_vain(book, ask, known):
            book.holds.put(known._replace(request_no=ask.request_no))
            _tell(book, book.holds[ask.promise_id])
            return freed
        freed = _let_go(book, ask.promise_id)
    hold = _held(book, ask)
    book.holds.put(hold)
    held_until = ask.hold_until if hold.state == "held" else None
    book.dues["hold-expiry", ask.promise_id] = held_until
    _tell(book, hold)
    return freed


def _held(book: Book, ask: PromiseRequested) -> Hold:
    if ask.hold_until <= book.now:
        answer = Answer(refused="the hold would end before it begins")
    else:
        asker = Asker(ask.promise_id, ask.need_id, ask.priority, held=True)
        answer = answered(book, asker, ask.lines, ask.delivery_policy, ask.hold_until)
    state: HoldState = "held" if answer.refused is None else "refused"
    return Hold(ask.promise_id, ask.need_id, ask.request_no, state, ask.hold_until, answer)


def _let_go(book: Book, promise_id: str) -> set[Place]:
    return release_demands(book, [each.demand_id for each in book.demands.by("promise", promise_id)])


def _in_vain(book: Book, ask: PromiseRequested, known: Hold) -> bool:
    """Whether what is held would come no sooner by what may stand in: tried, and taken back."""
    answer = tried(book, lambda: _anew(book, ask))
    return not answer.instead or not comes_sooner(answer, known.answer)


def _anew(book: Book, ask: PromiseRequested) -> Answer:
    _let_go(book, ask.promise_id)
    return _held(book, ask).answer


def may_be_sooner(book: Book, ask: PromiseRequested) -> bool:
    """Whether a promise that was just asked for, with nothing that stands in, is held later than wanted or not at all.

    What can be promised from a moment on that is known is asked for again with that, and needs none.
    """
    hold = book.holds[ask.promise_id]
    if hold.request_no != ask.request_no or any(line.instead for line in ask.lines):
        return False
    if hold.state == "refused":
        return hold.answer.next_possible_at is None
    return hold.state == "held" and bool(hold.answer.reasons)


def offer_sooner(book: Book, ask: PromiseRequested, known: Sequence[Substitute]) -> None:
    """Say with which substitutes a promise could be kept sooner, or at all; nothing is changed by it."""

    def with_them(ones: Sequence[Substitute]) -> Answer:
        return _anew(book, replace(ask, lines=letting(ask.lines, ones, ask.promise_id)))

    at = max(book.now, min(line.wanted_at for line in ask.lines))
    for each in sooner(book, with_them, book.holds[ask.promise_id].answer, known, at):
        among = {
            one.sku: lines for one, lines in zip(each.answer.instead, each.answer.instead_in, strict=True)
        }
        first, *more = (
            StandIn(one.site_id, one.sku, one.substitute_sku, among[one.sku]) for one in each.ones
        )
        book.tell(
            SubstituteOffered(
                ask.promise_id, ask.need_id, ask.request_no, first.site_id, first.sku, first.substitute_sku,
                each.answer.steps, first.line_ids, tuple(more),
            )
        )  # fmt: skip


def _tell(book: Book, hold: Hold) -> None:
    answer = hold.answer
    if answer.refused is not None:
        book.tell(
            PromiseRefused(
                hold.promise_id, hold.need_id, hold.request_no, answer.refused, answer.next_possible_at
            )
        )
    else:
        book.tell(
            PromiseOffered(
                hold.promise_id,
                hold.need_id,
                hold.request_no,
                answer.steps,
                hold.hold_until_at,
                answer.reasons,
                instead=answer.instead,
            )
        )
