"""Lot rules: how much is ordered at once when so much is short."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from backbone.errors import Invalid
from contracts.values import Quantity

PERIOD_DAYS_MAX: Final = 366


class LotRuleIsImpossible(Invalid):
    """No order could keep to these lot sizes; the nearest possible ones are named."""


def _up(micro: int, step: int) -> int:
    return -(-micro // step) * step if step else micro


def _down(micro: int, step: int) -> int:
    return micro // step * step if step else micro


@dataclass(frozen=True, slots=True)
class LotRule:
    """Sizes of one order in millionths of the base unit; 0 leaves a side free, all 0 is lot for lot.

    Minimum, multiple and maximum alike are a fixed quantity. An order serves what is short in the `period_days` days
    from its due day on (period of supply), and what is short in the same batch window: windows of `batch_days` days
    lie end to end in the calendar, those of 7 days from Monday to Sunday.
    """

    minimum_micro: int = 0
    multiple_micro: int = 0
    maximum_micro: int = 0
    period_days: int = 0
    batch_days: int = 0

    @classmethod
    def agreed(
        cls, minimum_micro: int, multiple_micro: int, maximum_micro: int, quantum_micro: int
    ) -> LotRule:
        """The rule as it is kept: the minimum goes up and the maximum down to a whole multiple.

        Raises `LotRuleIsImpossible` when no multiple lies between them.
        """
        if min(minimum_micro, multiple_micro, maximum_micro) < 0:
            raise LotRuleIsImpossible("lot sizes are not below 0", [("/lot_rule", "below 0")])
        step = multiple_micro or quantum_micro
        if multiple_micro % quantum_micro:
            near = Quantity.of_micro(_up(multiple_micro, quantum_micro))
            raise LotRuleIsImpossible(
                f"the multiple is no whole number of the item's quantum: {near} is the next"
            )
        minimum, maximum = _up(minimum_micro, step), _down(maximum_micro, step)
        if maximum_micro and (maximum < max(minimum, step)):
            near = Quantity.of_micro(max(minimum, step))
            raise LotRuleIsImpossible(
                f"no order lies between minimum and maximum: {near} is the nearest maximum",
                [("/lot_rule/maximum", f"at least {near}")],
            )
        return cls(minimum, multiple_micro, maximum)

    @property
    def collects(self) -> bool:
        """Whether an order may serve more than one day."""
        return max(self.period_days, self.batch_days) > 1

    def until(self, day: date) -> date:
        """The last day whose shortage an order serves that is due on `day`."""
        number = day.toordinal()
        last = number + self.period_days - 1
        if self.batch_days:
            # The first day of the calendar is a Monday.
            last = max(last, _up(number, self.batch_days))
        return date.fromordinal(max(number, last))

    def sizes(self, short_micro: int) -> list[int]:
        """The orders that cover a shortage above 0.

        q goes up to minimum and multiple; n = ceil(q / maximum) orders, q = max(q, n x minimum), filled from the
        first while each later one keeps the minimum (301 with 100, 200, 12 gives 192 and 120).
        """
        wanted = _up(max(short_micro, self.minimum_micro), self.multiple_micro)
        if not self.maximum_micro or wanted <= self.maximum_micro:
            return [wanted]
        count = -(-wanted // self.maximum_micro)
        wanted = max(wanted, count * self.minimum_micro)
        sizes = []
        for later in range(count - 1, -1, -1):
            size = min(self.maximum_micro, wanted - later * self.minimum_micro) if later else wanted
            sizes.append(size)
            wanted -= size
        return sizes


LOT_FOR_LOT = LotRule()
