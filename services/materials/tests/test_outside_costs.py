"""Runs that share a lot at their vendors: each has its own part of the cost, all of them together the lot's."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from contracts.values import MICRO, CostVector
from materials.domain.book import Book
from materials.domain.lot import MAIN, VENDOR, Lot, Stock, part_of
from materials.domain.network import Network
from materials.domain.outside import bring_back, give_back, send
from materials.domain.supply import PlannedOrder
from materials.domain.told import NOTHING, told_of
from services.materials.tests.made import NOW

KINDS = ("bought_in", "labour", "capital", "overhead")


class Vendors:
    """Runs that share a lot, and what the vendor of each has of it: production's book beside ours."""

    def __init__(self, pieces: int, costs: tuple[int, int, int, int]) -> None:
        self.book = Book(Network(NOW, {}, {}, {}, {}, {}, {}), NOW, map(str, count()).__next__)
        self.book.lots.load(Lot("S", "screw", "plant-1", "released", (), None, (), None, None, NOW, "EUR"))
        self.book.stocks.load(Stock("S", "plant-1", MAIN, "screw", pieces * MICRO, 0, *costs))
        self.have: dict[str, tuple[int, CostVector]] = {}

    def act(self, act: str, key: str, some: int) -> None:
        here = self.book.stocks["S", "plant-1", MAIN]
        if act == "send" and here.free_micro and key not in self.have:
            micro = 1 + some % here.free_micro
            sent = part_of(self.book.lots["S"], micro, here.cost_of(micro, "EUR"))
            send(self.book, order(key), sent)
            self.have[key] = (micro, sent.cost)
        elif act != "send" and key in self.have:
            self.less(act, key, 1 + some % self.have[key][0], some)

    def less(self, act: str, key: str, micro: int, some: int) -> None:
        """Use or bring back some of what was sent, at any cost within that: it is what is booked."""
        whole, cost = self.have.pop(key)
        said = cost
        if micro < whole:
            said = replace(cost, **{kind: some % (getattr(cost, kind) + 1) for kind in KINDS})
            self.have[key] = (whole - micro, cost - said)
        piece = part_of(self.book.lots["S"], micro, said)
        if act == "use":
            _, booked = give_back(self.book, (key, "plant-1"), piece, micro, "consumed")
            assert booked == said
        else:
            assert bring_back(self.book, order(key), [piece]) == [("plant-1", "screw")]


def order(key: str) -> PlannedOrder:
    return PlannedOrder(
        planned_order_id=key, site_id="plant-1", sku="gear", source="make", quantity_micro=MICRO, runs_micro=MICRO,
        lead_days=1, calendar_id=None, floor_at=NOW, starts_at=NOW, due_at=NOW, confirmed_at=None, expected_at=NOW,
        release_at=NOW, state="running", held=False, automatic=True, priority=1,
    )  # fmt: skip


@given(
    st.integers(1, 9),
    st.tuples(*[st.integers(0, 100)] * 4),
    st.lists(
        st.tuples(st.sampled_from(["send", "use", "back"]), st.integers(0, 2), st.integers(0, 10 * MICRO)),
        max_size=30,
    ),
)
def test_whatever_goes_to_vendors_and_back_each_run_has_its_own_cents_and_all_of_them_are_the_lot(
    pieces: int, costs: tuple[int, int, int, int], steps: list[tuple[str, int, int]]
) -> None:
    vendors = Vendors(pieces, costs)
    for act, number, some in steps:
        vendors.act(act, f"r{number}", some)
    for key, (micro, cost) in vendors.have.items():
        assert vendors.book.at_vendors[key, "S"] == told_of(micro, cost)
    for key, (micro, _) in list(vendors.have.items()):
        vendors.less("use", key, micro, 0)
    there = vendors.book.stocks.get(("S", "plant-1", VENDOR))
    assert there is None or there.untold == NOTHING
    here = vendors.book.stocks["S", "plant-1", MAIN]
    used = [each for each in vendors.book.moves if each.reason == "consumed"]
    for kind, whole in zip(KINDS, costs, strict=True):
        gone = -sum(getattr(each, f"{kind}_minor") for each in used)
        assert getattr(here, f"{kind}_minor") + gone == whole
