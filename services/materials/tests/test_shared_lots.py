"""A lot that several runs share: what each hears that its part has cost is what is booked when it takes it."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.materials import MaterialsStaged, StockMoved
from contracts.values import MICRO, CostVector
from materials.domain.book import Book
from materials.domain.demand import Demand
from materials.domain.ledger import free_up, leave
from materials.domain.lot import MAIN, Lot, Stock
from materials.domain.network import Network
from materials.domain.readiness import lots_of
from materials.domain.told import NOTHING
from services.materials.tests.made import (
    DAY,
    NOW,
    ask,
    consumed,
    issued,
    line,
    part,
    placed,
    received,
    recipe,
    scheduled,
    terms,
)
from services.materials.tests.stage import Stage


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_parts_of_a_lot_cost_what_the_lot_cost_in_whatever_order_runs_take_them(
    stage: Stage, order: tuple[int, ...]
) -> None:
    await stage.opened("box", "screw")
    await stage.hear(recipe("box", {"screw": "1"}, {"box": "1"}), terms("screw", 5))
    await stage.planned_by("screw", source="buy", minimum_micro=7_000_000)
    for name, quantity in (("p", "2"), ("q", "2"), ("r", "3")):
        asked = ask(name, line("box", quantity, days=10))
        await stage.hear(asked, placed(asked))
    await stage.pass_time(days=4)
    (purchase,) = await stage.rows("SELECT planned_order_id FROM planned_orders WHERE sku = 'screw'")
    await stage.pass_time(days=4)
    for (key,) in await stage.rows("SELECT planned_order_id FROM planned_orders WHERE sku = 'box'"):
        await stage.hear(scheduled(key, NOW + 8 * DAY, NOW + 9 * DAY))
    await stage.hear(issued(purchase[0], "screw", "7"), received(purchase[0], part("S", "screw", "7", 100)))
    staged = await stage.told(MaterialsStaged)
    costs = [each.lots[0].cost for each in staged]
    assert sum((each.bought_in for each in costs), start=0) == 100
    for number in order:
        await stage.hear(consumed(staged[number].planned_order_id, *staged[number].lots))
    booked = {
        each.planned_order_id: each.cost for each in await stage.told(StockMoved) if each.reason == "consumed"
    }
    assert booked == {each.planned_order_id: each.lots[0].cost for each in staged}
    assert await stage.balances() == {}


KINDS = ("bought_in", "labour", "capital", "overhead")
ACTS = ("reserve", "tell", "take", "give up", "lose")


def shared(pieces: int, costs: tuple[int, int, int, int], takers: int) -> Book:
    """A book with one lot, and demands that want of it."""
    book = Book(Network(NOW, {}, {}, {}, {}, {}, {}), NOW, iter(map(str, count())).__next__)
    book.lots.load(Lot("S", "screw", "plant-1", "released", (), None, (), None, None, NOW, "EUR"))
    book.stocks.load(Stock("S", "plant-1", MAIN, "screw", pieces * MICRO, 0, *costs))
    for number in range(takers):
        wanted = Demand(
            f"d{number}", "order", "plant-1", "screw", (), pieces * MICRO, 0, 0, NOW, None, number + 1, NOW,
            held=False, part=False,
        )  # fmt: skip
        book.demands.load(wanted)
    return book


class Takers:
    """Who takes parts of a lot, and what each was told that is not taken yet: production's book beside ours."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.staged: dict[str, tuple[int, CostVector]] = {}

    @property
    def stock(self) -> Stock:
        return self.book.stocks["S", "plant-1", MAIN]

    def act(self, act: str, taker: str, some: int) -> None:
        if act == "reserve" and self.stock.free_micro and taker not in self.staged:
            self.book.peg(taker, "S", 1 + some % self.stock.free_micro)
        elif act == "tell" and self.book.pegs_of(taker):
            (part,) = lots_of(self.book, [self.book.demands[taker]])
            known = self.staged.setdefault(taker, (part.quantity.micro, part.cost))
            assert known == (part.quantity.micro, part.cost)
        elif act == "take" and taker in self.staged:
            self.take(taker, 1 + some % self.staged[taker][0], some)
        elif act == "give up":
            self.book.unpeg(taker, "S")
            self.staged.pop(taker, None)
        elif act == "lose" and self.stock.free_micro:
            leave(self.book, self.stock, 1 + some % self.stock.free_micro, "adjusted")

    def take(self, taker: str, micro: int, some: int) -> None:
        """Take some of what was told, at any cost within that: it is what is booked."""
        whole, cost = self.staged.pop(taker)
        said = cost
        if micro < whole:
            said = replace(cost, **{kind: some % (getattr(cost, kind) + 1) for kind in KINDS})
        free_up(self.book, self.stock, micro, [self.book.demands[taker]], said)
        _, booked = leave(self.book, self.stock, micro, "consumed", cost=said)
        assert booked == said
        if micro < whole:
            self.staged[taker] = (whole - micro, cost - said)


@given(
    st.integers(1, 9),
    st.tuples(*[st.integers(0, 100)] * 4),
    st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(0, 10 * MICRO)), max_size=40),
)
def test_what_a_taker_was_told_is_what_is_booked_and_all_of_it_is_the_lot(
    pieces: int, costs: tuple[int, int, int, int], steps: list[tuple[str, int, int]]
) -> None:
    book = shared(pieces, costs, 4)
    takers = Takers(book)
    for act, number, some in steps:
        takers.act(act, f"d{number}", some)
    for taker, (micro, _) in list(takers.staged.items()):
        takers.take(taker, micro, 0)
    for number in range(4):
        book.unpeg(f"d{number}", "S")
    if takers.stock.on_hand_micro:
        leave(book, takers.stock, takers.stock.on_hand_micro, "adjusted")
    assert takers.stock.told == NOTHING
    assert [-sum(getattr(move, f"{kind}_minor") for move in book.moves) for kind in KINDS] == list(costs)
