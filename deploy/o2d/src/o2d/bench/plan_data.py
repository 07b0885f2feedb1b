"""MPG-1: a site of any size out of one seed, with known answers, for tests and measurements of the planner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from materials.domain.planning.network import Ints, Network, low_level_codes
from materials.domain.planning.site import Items, Rows, Site, cumulative_leads

SEED: Final = 20260101
LEVELS: Final = 7
MULTIPLES: Final = (5, 10, 25, 50, 100)
_WORD: Final = (1 << 64) - 1


class SplitMix:
    """SplitMix64, as Steele, Lea and Flood give it."""

    def __init__(self, seed: int) -> None:
        self._at = seed & _WORD

    def share(self) -> float:
        """The next number from 0 to below 1."""
        self._at = (self._at + 0x9E3779B97F4A7C15) & _WORD
        word = self._at
        word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _WORD
        return float((word ^ (word >> 31)) >> 11) * 2.0**-53

    def whole(self, least: int, most: int) -> int:
        """The next whole number from `least` to `most`."""
        return least + int(self.share() * (most - least + 1))


@dataclass(slots=True)
class _Columns:
    """What has been drawn of the items."""

    lead: list[int] = field(default_factory=list)
    minimum: list[int] = field(default_factory=list)
    multiple: list[int] = field(default_factory=list)
    on_hand: list[int] = field(default_factory=list)
    safety: list[int] = field(default_factory=list)
    made: list[bool] = field(default_factory=list)
    edges: list[tuple[int, int, int]] = field(default_factory=list)
    receipts: list[tuple[int, int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A site, which of its items are made, shape (items,), and the priority of each demand, shape (demands,)."""

    site: Site
    made: NDArray[np.bool_]
    priority: Ints


def sizes_of(items: int) -> list[int]:
    """How many items there are on each level."""
    sizes = [0] * LEVELS
    sizes[0], sizes[-1] = int(0.08 * items), int(0.40 * items)
    share, more = divmod(items - sizes[0] - sizes[-1], LEVELS - 2)
    for level in range(1, LEVELS - 1):
        sizes[level] = share + (level <= more)
    return sizes


def site_of(items: int, demands: int, *, safety: bool = False) -> Site:
    """The site with so many items and demands; without safety stock unless that is asked for."""
    return drawn_of(items, demands, safety=safety).site


def drawn_of(items: int, demands: int, *, safety: bool = False) -> Drawn:
    """As `site_of`, with which items are made, and the priorities."""
    draw, drawn, sizes = SplitMix(SEED), _Columns(), sizes_of(items)
    starts = [sum(sizes[:level]) for level in range(LEVELS)]
    for level, size in enumerate(sizes):
        for item in range(starts[level], starts[level] + size):
            _draw_item(draw, drawn, item, level, starts, sizes)
    wanted = _draw_demands(draw, demands, sizes[0], [i for i in range(sizes[0], items) if drawn.made[i]])
    parent, child, per = (array([edge[place] for edge in drawn.edges]) for place in range(3))
    network = Network.of(items, parent, child, per, np.ones_like(per))
    rules = {name: array(getattr(drawn, name)) for name in ("lead", "minimum", "multiple", "on_hand")}
    if safety:
        rules["safety"] = array(drawn.safety)
        rules["safety_from"] = cumulative_leads(network, low_level_codes(network), rules["lead"])
    site = Site(network, Items.plain(items, **rules), rows(wanted), rows(drawn.receipts))
    return Drawn(site, np.array(drawn.made), array([demand[3] for demand in wanted]))


def _draw_item(
    draw: SplitMix, drawn: _Columns, item: int, level: int, starts: list[int], sizes: list[int]
) -> None:
    bought = level == LEVELS - 1 or (level > 0 and draw.share() < 0.15)
    drawn.made.append(not bought)
    drawn.lead.append(draw.whole(5, 40) if bought else draw.whole(1, 5))
    kind = draw.share()
    multiple = 1 if kind < 0.75 else MULTIPLES[draw.whole(0, 4)]
    drawn.multiple.append(multiple)
    drawn.minimum.append(0 if kind < 0.5 else draw.whole(10, 50) if kind < 0.75 else multiple)
    drawn.on_hand.append(draw.whole(1, 100) if draw.share() < 0.5 else 0)
    drawn.safety.append(draw.whole(5, 30) if draw.share() < 0.25 else 0)
    if not bought:
        taken: dict[int, int] = {}
        for _ in range(draw.whole(2, 4)):
            below = level + 1 if draw.share() < 0.7 else draw.whole(level + 1, LEVELS - 1)
            component = starts[below] + int(draw.share() * sizes[below])
            taken.setdefault(component, draw.whole(1, 4))
        drawn.edges += [(item, component, per) for component, per in taken.items()]
    elif draw.share() < 0.3:
        for _ in range(draw.whole(1, 3)):
            drawn.receipts.append((item, draw.whole(1, 60), draw.whole(20, 200)))


def _draw_demands(draw: SplitMix, count: int, tops: int, made: list[int]) -> list[tuple[int, int, int, int]]:
    wanted = []
    for _ in range(count):
        top = draw.share() < 0.95
        share = draw.share()
        item = int(tops * share**2) if top else made[int(len(made) * share)]
        quantity, day = draw.whole(1, 20), draw.whole(100, 445)
        wanted.append((item, day, quantity, draw.whole(1, 3)))
    return wanted


def array(values: list[int]) -> Ints:
    """Whole numbers as an array."""
    return np.array(values, dtype=np.int64)


def rows(given: Sequence[tuple[int, ...]]) -> Rows:
    """Rows of (item, day, quantity), and what else each may hold."""
    return Rows(*(array([row[place] for row in given]) for place in range(3)))
