"""All checks, in the order in which they are shown: what is told, heard, kept, made, delivered and earned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from o2d.verify import books, changes, hearing, orders, plans, recalls, runs, sending, stock, tellings, visits
from o2d.verify.finding import FIRST_COUNT, Finding
from o2d.verify.ground import Ground
from o2d.verify.log import Log
from o2d.verify.tables import ROW_CHECKS


@dataclass(frozen=True, slots=True)
class Check:
    """A promise by name, and the function that looks whether it is kept."""

    name: str
    look: Callable[[Ground], Finding]
    promise: str


def _of_log(name: str, check: Callable[[Log], Finding]) -> Check:
    return Check(name, lambda ground: check(ground.log), _promise(check))


def _promise(check: Callable[..., Finding]) -> str:
    return (check.__doc__ or "").strip().splitlines()[0]


def _sent_to_one_place(ground: Ground) -> Finding:
    return Finding() if ground.kafka is None else sending.sent_to_one_place(ground.kafka)


def _sent_in_order(ground: Ground) -> Finding:
    return Finding() if ground.kafka is None else sending.sent_once_in_order(ground.log, ground.kafka)


def _sent_were_told(ground: Ground) -> Finding:
    return Finding() if ground.kafka is None else sending.sent_were_told(ground.log, ground.kafka)


def _of_rows(name: str, promise: str) -> Check:
    def gathered(ground: Ground) -> Finding:
        """What the same check found in each database, together."""
        whole = Finding()
        for (service, check), found in ground.rows.items():
            if check == name:
                whole.checked += found.checked
                whole.wrong += found.wrong
                whole.first += [f"{service}: {words}" for words in found.first]
        del whole.first[FIRST_COUNT:]
        return whole

    return Check(name, gathered, promise)


CHECKS: Final[tuple[Check, ...]] = (
    _of_log("sequence", tellings.sequences),
    _of_log("one id each", tellings.identities),
    _of_log("readable", tellings.readable),
    _of_log("cause before effect", tellings.causes),
    Check("sent in order", _sent_in_order, _promise(sending.sent_once_in_order)),
    Check("sent to one place", _sent_to_one_place, _promise(sending.sent_to_one_place)),
    Check("sent was told", _sent_were_told, _promise(sending.sent_were_told)),
    Check(
        "heard was told",
        lambda ground: hearing.heard_were_told(ground.log, ground.heard),
        _promise(hearing.heard_were_told),
    ),
    Check(
        "told was heard",
        lambda ground: hearing.told_were_heard(ground.log, ground.heard),
        _promise(hearing.told_were_heard),
    ),
    *(_of_rows(check.name, check.promise) for check in ROW_CHECKS),
    _of_log("moves once", stock.moves_are_told_once),
    _of_log("lots above zero", stock.lots_never_below_zero),
    _of_log("lots keep cost", stock.lots_keep_their_cost),
    _of_log("lot status", stock.lot_status_goes_on),
    Check(
        "moves are booked",
        lambda ground: stock.told_moves_are_booked(ground.log, ground.booked) if ground.booked else Finding(),
        _promise(stock.told_moves_are_booked),
    ),
    _of_log("run cost", runs.runs_keep_cost),
    _of_log("run way", runs.runs_go_a_legal_way),
    _of_log("run recipe", runs.runs_have_approved_recipes),
    _of_log("run mass", runs.runs_keep_mass),
    _of_log("run yield", runs.runs_yield_what_they_say),
    _of_log("genealogy", runs.made_of_what_was_taken),
    _of_log("recalled stays", recalls.recalled_lots_stay),
    _of_log("recall outcomes", recalls.closed_recalls_have_outcomes),
    _of_log("received is booked", books.received_is_booked),
    _of_log("consumed is booked", books.consumed_is_booked),
    _of_log("produced is booked", books.produced_is_booked),
    _of_log("dispatched is booked", books.dispatched_is_booked),
    _of_log("lines pegged once", plans.lines_are_pegged_once),
    _of_log("supplies serve once", plans.supplies_serve_once),
    _of_log("bought once", plans.bought_once),
    _of_log("awarded once", plans.awarded_once),
    _of_log("holds end once", plans.holds_end_once),
    _of_log("visit way", visits.visits_go_a_legal_way),
    _of_log("people booked once", plans.people_are_booked_once),
    _of_log("asks answered", plans.asks_are_answered),
    _of_log("change answered", changes.changes_end_as_answered),
    _of_log("order way", orders.orders_go_a_legal_way),
    _of_log("order fulfilled", orders.completed_orders_are_fulfilled),
    _of_log("fulfilled is accepted", orders.fulfilled_was_accepted),
    _of_log("shipped is accepted", orders.shipped_was_accepted),
    _of_log("shipped is ordered", orders.shipped_was_ordered),
    _of_log("value adds up", orders.values_add_up),
    _of_log("value happened", orders.values_are_what_happened),
)

# Holds only where no order is under way any more, so it is asked for by name.
ENDED: Final = _of_log("orders ended", orders.orders_have_ended)


def prove(ground: Ground, checks: Sequence[Check] = CHECKS) -> Iterator[tuple[Check, Finding]]:
    """Each check with what it found."""
    for check in checks:
        yield check, check.look(ground)
