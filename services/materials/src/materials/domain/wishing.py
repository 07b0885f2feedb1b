"""What a planner wants of a run that was asked for: another size, tried on the plan and taken back."""

from __future__ import annotations

from dataclasses import dataclass

from backbone.errors import Refusal
from contracts.answers import RunSize
from contracts.shapes import ActionKind, ItemPart
from contracts.values import MICRO, Quantity
from materials.domain.book import Book
from materials.domain.dates import available, date_planned, expected
from materials.domain.demand import Demand
from materials.domain.growing import given_with, inputs_with
from materials.domain.increasing import ASKED, CannotBeLarger, still_wanted
from materials.domain.netting import Netting
from materials.domain.network import Make
from materials.domain.recipe import Ratio
from materials.domain.release import inputs_of, outputs_of
from materials.domain.shrinking import shrink
from materials.domain.supply import Message, PlannedOrder


class CannotBeSmaller(Refusal):
    """All of a supply is needed, or no single order of its lot rule is smaller."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of its item a run starts, in millionths, and what production is asked for then."""

    micro: int
    run: RunSize


def size_wanted(book: Book, planned_order_id: str, kind: ActionKind, message: Message) -> Size | None:
    """What a run that was asked for would be if a message about more or less of it is accepted; else None.

    Production decides on it, so nothing is changed here. Raises `CannotBeLarger` and `CannotBeSmaller`.
    """
    order = book.orders[planned_order_id]
    if order.source != "make" or order.state not in ASKED or kind not in {"increase", "decrease"}:
        return None
    mark, touched = book.mark(), dict(book.touched)
    try:
        return _larger(book, order, message) if kind == "increase" else _smaller(book, order)
    finally:
        book.back(mark)
        book.touched = touched


def _smaller(book: Book, order: PlannedOrder) -> Size:
    shrink(book, order, set())
    less = book.orders[order.planned_order_id]
    if less.runs_micro >= order.runs_micro:
        raise CannotBeSmaller("all of it is needed")
    return _size(
        order, less, inputs_of(book, order.planned_order_id), outputs_of(book, order.planned_order_id)
    )


def _larger(book: Book, order: PlannedOrder, message: Message) -> Size:
    more = still_wanted(book, order, message)
    if not isinstance(more.source, Make):
        raise CannotBeLarger("it is not made by its recipe any more")
    recipe = more.source.recipe
    ratio = Ratio(more.size_micro, recipe.outputs[more.source.output_no].per_micro)
    inputs = inputs_with(book, order, ratio, recipe)
    if inputs is None:
        raise CannotBeLarger("a phantom stands between it and what more of it takes")
    runs = -(-ratio.over * MICRO // ratio.under)
    larger = order._replace(quantity_micro=more.size_micro, runs_micro=runs)
    _demand_in_time(book, order, inputs)
    taken = inputs_of(book, order.planned_order_id)
    given = tuple(
        ItemPart(output.sku, Quantity.of_micro(given_with(book, number, ratio, recipe)))
        for number, output in enumerate(recipe.outputs)
    )
    return _size(order, larger, taken, given)


def _demand_in_time(book: Book, order: PlannedOrder, inputs: list[Demand]) -> None:
    """Raise `CannotBeLarger` where more of its material comes too late: whom it serves would wait for others."""
    for each in inputs:
        book.demands.put(each)
    netting = Netting(book, expedite=True)
    netting.run(each.demand_id for each in inputs)
    if netting.missing:
        raise CannotBeLarger(f"nothing supplies more {netting.missing[0].node.sku} for it")
    date_planned(book, netting.created)
    for each in inputs:
        demand = book.demands[each.demand_id]
        book.demands.put(demand._replace(available_at=available(book, demand)))
    at = expected(book, order)
    if at is None or (at > order.due_at and at != order.expected_at):
        when = (
            "at a moment that nobody knows" if at is None else f"so late that it would be there {at:%Y-%m-%d}"
        )
        raise CannotBeLarger(f"material for more of it comes {when}")


def _size(
    was: PlannedOrder, now: PlannedOrder, inputs: tuple[ItemPart, ...], outputs: tuple[ItemPart, ...]
) -> Size:
    runs = RunSize(Quantity.of_micro(was.runs_micro), Quantity.of_micro(now.runs_micro), inputs, outputs)
    return Size(now.quantity_micro, runs)
