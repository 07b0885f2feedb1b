"""The plan of a site once more, item by item and day by day, as one would do it by hand."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Final

from materials.domain.calendar import WorkingDays
from materials.domain.lot_rule import LotRule
from materials.domain.planning.network import Network
from materials.domain.planning.site import Site

Order = tuple[int, int, int, int]  # item, quantity, start, due
DAY_ZERO: Final = datetime(2000, 1, 1, tzinfo=UTC)


def begins(site: Site, item: int, due: int) -> int:
    """The day on which an order of an item has to begin, as the calendar of single orders counts."""
    calendar, lead = site.calendars[int(site.items.calendar[item])], int(site.items.lead[item])
    if calendar.always:
        return due - lead
    days_off = frozenset((DAY_ZERO + timedelta(days=day)).date() for day in calendar.days_off.tolist())
    days = WorkingDays(frozenset(calendar.weekdays), days_off)
    return (days.before(DAY_ZERO + timedelta(days=due), lead) - DAY_ZERO).days


def lots(short: int, minimum: int, multiple: int, maximum: int, good: int, of: int) -> list[int]:
    """The orders that cover so many good ones that are short."""
    whole = -(-max(-(-short * of // good), minimum) // multiple) * multiple
    if not maximum or whole <= maximum:
        return [whole]
    count = -(-whole // maximum)
    whole = max(whole, count * minimum)
    sizes = []
    for later in range(count - 1, -1, -1):
        sizes.append(min(maximum, whole - later * minimum) if later else whole)
        whole -= sizes[-1]
    return sizes


def until(site: Site, item: int, day: int) -> int:
    """The last day whose shortage an order serves that is due on `day`."""
    rule = LotRule(period_days=int(site.items.period[item]), batch_days=int(site.items.batch[item]))
    return (rule.until((DAY_ZERO + timedelta(days=day)).date()) - DAY_ZERO.date()).days


def most_short(free: int, needs: list[tuple[int, int]], since: int, safety: int) -> int:
    """The most that is short after any of these (need, day), 0 or less where nothing is on the first."""
    levels = []
    for need, day in needs:
        free -= need
        levels.append((safety if day >= since else 0) - free)
    return max(levels) if levels[0] > 0 else levels[0]


def taken(network: Network) -> tuple[dict[int, list[tuple[int, int, int]]], Counter[int]]:
    """What each item takes, as (item, over, under), and how many items each goes into."""
    inputs: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    above: Counter[int] = Counter()
    columns = (network.parent, network.child, network.numerator, network.denominator)
    for parent, child, over, under in zip(*(column.tolist() for column in columns), strict=True):
        inputs[parent].append((child, over, under))
        above[child] += 1
    return inputs, above


def planned(site: Site) -> Counter[Order]:
    """How often each order is planned."""
    items, network = site.items, site.network
    wants: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for rows, sign in ((site.demands, 1), (site.receipts, -1)):
        for item, day, quantity in zip(
            rows.item.tolist(), rows.day.tolist(), rows.quantity.tolist(), strict=True
        ):
            wants[item][day] += sign * quantity
    inputs, above = taken(network)
    ready, found = [item for item in range(network.items) if not above[item]], Counter[Order]()
    while ready:
        item = ready.pop()
        rule = [
            int(getattr(items, name)[item])
            for name in ("minimum", "multiple", "maximum", "numerator", "denominator")
        ]
        free = int(items.on_hand[item]) + int(site.movable.quantity[site.movable.item == item].sum())
        since, safety = int(items.safety_from[item]), int(items.safety[item])
        days = sorted({*wants[item], since})
        for place, day in enumerate(days):
            free -= wants[item][day]
            served = [other for other in days[place + 1 :] if other <= until(site, item, day)]
            needs = [(0, day), *((wants[item][other], other) for other in served)]
            short = most_short(free, needs, since, safety)
            sizes = lots(short, *rule) if short > 0 else []
            free += sum(sizes) * rule[3] // rule[4]
            start = begins(site, item, day)
            for size in sizes:
                found[item, size, start, day] += 1
                for child, over, under in inputs[item]:
                    wants[child][start] += -(-size * over // under)
        for child, _, _ in inputs[item]:
            above[child] -= 1
            if not above[child]:
                ready.append(child)
    return found
