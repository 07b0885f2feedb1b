"""Stock, by what was told of it: lots never go below nothing, and when a lot is gone so is its cost, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contracts.materials import LotStatusChanged, StockMoved
from contracts.values import CostVector, Quantity
from contracts.vendors import GoodsReceived
from o2d.verify.finding import Finding
from o2d.verify.log import Log

# Which way a move goes for the lot as a whole; what only changes its place is not named.
COMES: Final = frozenset({"received", "produced"})
GOES: Final = frozenset({"consumed", "shipped", "scrapped", "vendor-return"})
KINDS: Final = ("bought_in", "labour", "capital", "overhead")


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left of a lot, in millionths, and its cost by kind in minor units.

    A count may go either way, and its fact does not say which: what is left then lies between `low` and `high`, and
    nothing more is said of the cost.
    """

    low: int = 0
    high: int = 0
    cost: tuple[int, ...] = (0, 0, 0, 0)
    counted: bool = False

    def came(self, micro: int, cost: CostVector) -> Balance:
        """More of the lot, with its cost."""
        return Balance(self.low + micro, self.high + micro, _plus(self.cost, cost, 1), self.counted)

    def went(self, micro: int, cost: CostVector) -> Balance:
        """Less of the lot, with its cost."""
        return Balance(self.low - micro, self.high - micro, _plus(self.cost, cost, -1), self.counted)

    def was_counted(self, micro: int) -> Balance:
        """So much more or less."""
        return Balance(self.low - micro, self.high + micro, self.cost, True)


def lots_never_below_zero(log: Log) -> Finding:
    """After no move is less than nothing left of a lot, in all its places together."""
    finding = Finding()
    for move, balance in _balances(log):
        if not finding.that(balance.high >= 0):
            finding.say(
                f"lot {move.lot_id} of {move.sku}: {Quantity.of_micro(balance.high)} after {_move(move)}"
            )
    return finding


def lots_keep_their_cost(log: Log) -> Finding:
    """What a lot has cost goes on with it: never below zero, and zero by each kind once nothing of it is left."""
    finding = Finding()
    for move, balance in _balances(log):
        if balance.counted:
            continue
        wrong = [
            f"{cost} minor units {kind}"
            for kind, cost in zip(KINDS, balance.cost, strict=True)
            if cost < 0 or (cost and balance.high == 0)
        ]
        if not finding.that(not wrong):
            finding.say(
                f"lot {move.lot_id}: {', '.join(wrong)} stay with {Quantity.of_micro(balance.high)} left"
                f" after {_move(move)}"
            )
    return finding


def moves_are_told_once(log: Log) -> Finding:
    """Each move is told once, and of more than nothing."""
    finding = Finding()
    seen: set[str] = set()
    for move in log.of(StockMoved):
        fine = move.move_id not in seen and move.quantity.micro > 0
        if not finding.that(fine):
            finding.say(f"{_move(move)} is told twice, or of nothing")
        seen.add(move.move_id)
    return finding


def lot_status_goes_on(log: Log) -> Finding:
    """Each change of a lot's status begins with the status that the one before has ended with."""
    finding = Finding()
    last: dict[str, str] = {}
    for fact in log.of(LotStatusChanged):
        before = last.get(fact.lot_id, fact.was)
        if not finding.that(fact.was == before and fact.status != fact.was):
            finding.say(f"lot {fact.lot_id} goes from {fact.was} to {fact.status}, it was {before}")
        last[fact.lot_id] = fact.status
    return finding


def _balances(log: Log) -> list[tuple[StockMoved, Balance]]:
    inside = _supplied_inside(log)
    balances: dict[str, Balance] = {}
    found = []
    for move in log.of(StockMoved):
        known = balances.get(move.lot_id)
        balance = _after(known, move, inside)
        balances[move.lot_id] = balance
        found.append((move, balance))
    return found


def _after(known: Balance | None, move: StockMoved, inside: frozenset[str]) -> Balance:
    before = known or Balance()
    micro = move.quantity.micro
    # A lot of another site of ours comes out of transit: it changes its place, it is not new.
    changes_place = known is not None and move.planned_order_id in inside
    if move.return_id is not None:
        return before.came(micro, move.cost)
    if move.reason in COMES and not (move.reason == "received" and changes_place):
        return before.came(micro, move.cost)
    if move.reason in GOES:
        return before.went(micro, move.cost)
    if move.reason == "adjusted":
        return before.came(micro, move.cost) if known is None else before.was_counted(micro)
    return before


def _supplied_inside(log: Log) -> frozenset[str]:
    """The planned orders that another site of ours supplied."""
    return frozenset(
        line.planned_order_id
        for fact in log.of(GoodsReceived)
        if fact.vendor_kind == "internal"
        for line in fact.lines
    )


def _plus(cost: tuple[int, ...], more: CostVector, sign: int) -> tuple[int, ...]:
    return tuple(have + sign * getattr(more, kind) for have, kind in zip(cost, KINDS, strict=True))


def _move(move: StockMoved) -> str:
    return f"{move.quantity} {move.reason} at {move.site_id} (move {move.move_id})"


@dataclass(frozen=True, slots=True)
class Booked:
    """A row of the ledger: signed millionths and minor units by kind."""

    move_id: str
    lot_id: str
    micro: int
    cost: tuple[int, ...]


def told_moves_are_booked(log: Log, booked: Mapping[str, Booked]) -> Finding:
    """Each move that was told stands in the ledger, of the same lot, with its quantity and cost."""
    finding = Finding()
    for move in log.of(StockMoved):
        row = booked.get(move.move_id)
        told = (move.lot_id, move.quantity.micro, _plus((0, 0, 0, 0), move.cost, 1))
        there = row and (row.lot_id, abs(row.micro), tuple(map(abs, row.cost)))
        if not finding.that(there == told):
            finding.say(f"{_move(move)} of lot {move.lot_id}: the ledger has {row or 'nothing'}")
    return finding


def shipped_by(log: Log) -> dict[tuple[str, str, str], int]:
    """What left for good for an order line: (order, line, item) -> millionths."""
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for move in log.of(StockMoved):
        if move.reason == "shipped" and move.order_id is not None and move.line_id is not None:
            found[move.order_id, move.line_id, move.sku] += move.quantity.micro
    return dict(found)
