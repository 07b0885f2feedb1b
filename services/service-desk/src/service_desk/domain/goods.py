"""Goods of a hand-over: which lots lie ready for which line, what of them was accepted and what was not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from backbone.errors import Invalid
from contracts.service_desk import DeliveredLine
from contracts.shapes import LotPart
from contracts.values import ZERO, CostVector, Quantity


class NotInTheHandOver(Invalid):
    """Somebody names a lot that is not handed over, or more of it than there is."""


@dataclass(frozen=True, slots=True)
class Goods:
    """Lots that lie ready for a schedule line of an order line."""

    line_id: str
    schedule_no: int
    lots: tuple[LotPart, ...]


@dataclass(frozen=True, slots=True)
class RefusedLot:
    """So much of a lot that the client does not take."""

    line_id: str
    lot_id: str
    quantity: Quantity


def by_line(goods: Iterable[Goods]) -> tuple[DeliveredLine, ...]:
    """The lots of each line, in the order in which the lines first come."""
    lines: dict[str, tuple[LotPart, ...]] = {}
    for each in goods:
        lines[each.line_id] = (*lines.get(each.line_id, ()), *each.lots)
    return tuple(DeliveredLine(line_id, lots) for line_id, lots in lines.items())


def split(
    lines: Sequence[DeliveredLine], refused: Sequence[RefusedLot]
) -> tuple[tuple[DeliveredLine, ...], tuple[DeliveredLine, ...]]:
    """What was accepted and what was not; lines without any lot are left out. Raises `NotInTheHandOver`."""
    asked = {(each.line_id, each.lot_id): each.quantity for each in refused}
    if len(asked) < len(refused):
        raise NotInTheHandOver("a lot of a line is named once", [("/refused", "add them up")])
    taken: list[DeliveredLine] = []
    left: list[DeliveredLine] = []
    for line in lines:
        accepted_lots, refused_lots = _parted_lots(line.line_id, line.lots, asked)
        if accepted_lots:
            taken.append(DeliveredLine(line.line_id, tuple(accepted_lots)))
        if refused_lots:
            left.append(DeliveredLine(line.line_id, tuple(refused_lots)))
    if any(quantity for quantity in asked.values()) or any(each.quantity <= ZERO for each in refused):
        raise NotInTheHandOver("only what is handed over can be refused", [("/refused", "see the visit")])
    return tuple(taken), tuple(left)


def accepted(goods: Sequence[Goods], refused: Sequence[RefusedLot]) -> tuple[Goods, ...]:
    """What of the goods of each schedule line was accepted, where these lots of them were not and come back."""
    asked = {(each.line_id, each.lot_id): each.quantity for each in refused}
    parted = [(each, _parted_lots(each.line_id, each.lots, asked)[0]) for each in goods]
    return tuple(replace(each, lots=tuple(lots)) for each, lots in parted if lots)


def _parted_lots(
    line_id: str, lots: Iterable[LotPart], asked: dict[tuple[str, str], Quantity]
) -> tuple[list[LotPart], list[LotPart]]:
    """Lots of a line without what is `asked` to go back of them, and that; what is found of it is asked no more."""
    kept: list[LotPart] = []
    back: list[LotPart] = []
    for lot in lots:
        wanted = asked.get((line_id, lot.lot_id), ZERO)
        away = min(wanted, lot.quantity)
        asked[line_id, lot.lot_id] = wanted - away
        stays, goes = parted(lot, away)
        kept += stays
        back += goes
    return kept, back


def parted(lot: LotPart, away: Quantity) -> tuple[list[LotPart], list[LotPart]]:
    """A lot without so much of it, and that much; costs are shared and add up. Serials of a part are not known."""
    if not away:
        return [lot], []
    if away == lot.quantity:
        return [], [lot]
    cost = CostVector(
        _share(lot.cost.bought_in, away, lot.quantity),
        _share(lot.cost.labour, away, lot.quantity),
        _share(lot.cost.capital, away, lot.quantity),
        _share(lot.cost.overhead, away, lot.quantity),
        lot.cost.currency,
    )
    back = replace(lot, quantity=away, cost=cost, serials=())
    kept = replace(lot, quantity=lot.quantity - away, cost=lot.cost - cost, serials=())
    return [kept], [back]


def _share(minor: int, quantity: Quantity, whole: Quantity) -> int:
    return minor * quantity.micro // whole.micro
