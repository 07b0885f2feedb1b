"""Orders that grow: what is short inside the period of a planned order is added to it, as long as it may change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contracts.values import MICRO
from materials.domain.book import Book
from materials.domain.capacity import placing
from materials.domain.demand import Demand
from materials.domain.lot_rule import LotRule
from materials.domain.network import Buy, Make, Place, Source, Transfer
from materials.domain.recipe import Ratio, Recipe
from materials.domain.supply import PlannedOrder


@dataclass(frozen=True, slots=True)
class Growth:
    """An order and the size to which it would grow."""

    order: PlannedOrder
    size_micro: int


def growth(book: Book, demands: Sequence[Demand], source: Source, rule: LotRule) -> Growth | None:
    """The planned order in whose period demands of one node fall, with the size that serves them, too."""
    if not rule.collects or is_separation(source):
        return None
    first, micro = demands[0], sum(each.uncovered_micro for each in demands)
    found = [order for order in _beside(book, first, source) if _reaches(order, demands, rule)]
    for order in sorted(found, key=lambda each: (each.due_at, each.planned_order_id)):
        size = size_with(book, order, source, rule, micro)
        if size > order.quantity_micro:
            return Growth(order, size)
    return None


def is_separation(source: Source) -> bool:
    """Whether it is a run with several outputs that are planned together."""
    return isinstance(source, Make) and source.recipe.kind == "separation"


def _beside(book: Book, demand: Demand, source: Source) -> list[PlannedOrder]:
    """Planned orders of the same item from the same source, for holds alone or not, as the demand is."""
    return [
        order
        for order in orders_at(book, (demand.site_id, demand.sku))
        if order.state == "planned"
        and not order.firm(book.now)
        and order.held == demand.held
        and order.window == demand.window
        and comes_from(order, source)
        and order.planned_order_id != demand.planned_order_id
    ]


def orders_at(book: Book, place: Place) -> list[PlannedOrder]:
    """The orders that bring an item to a site."""
    keys = dict.fromkeys(receipt.planned_order_id for receipt in book.receipts.by("place", place))
    return [order for key in keys if (order := book.orders.get(key)) is not None]


def comes_from(order: PlannedOrder, source: Source) -> bool:
    """Whether an order would be planned from that source today."""
    recipe = source.recipe if isinstance(source, Make) else None
    return (order.source, order.recipe_id, order.recipe_version, order.from_site_id) == (
        "buy" if isinstance(source, Buy) else "transfer" if isinstance(source, Transfer) else "make",
        recipe.recipe_id if recipe is not None else None,
        recipe.version if recipe is not None else None,
        source.from_site_id if isinstance(source, Transfer) else None,
    )


def _reaches(order: PlannedOrder, demands: Sequence[Demand], rule: LotRule) -> bool:
    last = rule.until(order.due_at.date())
    return order.due_at <= demands[0].needed_at and demands[-1].needed_at.date() <= last


def size_with(book: Book, order: PlannedOrder, source: Source, rule: LotRule, more_micro: int) -> int:
    """The one order that gives what is pegged and so much more; 0 where that would be several."""
    node_no = source.output_no if isinstance(source, Make) else 0
    pegged = sum(
        each.pegged_micro for each in book.receipts_of(order.planned_order_id) if each.output_no == node_no
    )
    item = book.network.items[order.sku]
    whole = pegged + more_micro
    if isinstance(source, Make):
        whole = source.recipe.start_for(source.output_no, whole, item.quantum_micro)
    sizes = rule.sizes(item.whole(whole))
    return sizes[0] if len(sizes) == 1 else 0


def grow(book: Book, to: Growth, source: Source) -> list[Demand] | None:
    """Make an order as large as that; the answer are its inputs, which want more now. None leaves it as it is."""
    order, mark = to.order, book.mark()
    if isinstance(source, Make):
        inputs = _run_more(book, to, source.recipe, source.output_no)
    else:
        book.orders.put(order._replace(quantity_micro=to.size_micro, runs_micro=to.size_micro))
        inputs = [
            each._replace(quantity_micro=to.size_micro) for each in book.inputs_of(order.planned_order_id)
        ]
        _bring(book, order, lambda _: to.size_micro)
    if inputs is None:
        book.back(mark)
        return None
    for each in inputs:
        book.demands.put(each)
    return inputs


def _run_more(book: Book, to: Growth, recipe: Recipe, output_no: int) -> list[Demand] | None:
    """More of a run, where its work centres have room for it at the same time and no phantom stands between."""
    order = to.order
    ratio = Ratio(to.size_micro, recipe.outputs[output_no].per_micro)
    runs = -(-ratio.over * MICRO // ratio.under)
    larger = order._replace(quantity_micro=to.size_micro, runs_micro=runs)
    book.orders.put(larger)
    book.unload(order.planned_order_id)
    placed = placing.place(book, larger, recipe)
    if placed is None or (placed.starts_at, placed.due_at) != (order.starts_at, order.due_at):
        return None

    inputs = inputs_with(book, order, ratio, recipe)
    if inputs is not None:
        _bring(book, order, lambda number: given_with(book, number, ratio, recipe))
    return inputs


def inputs_with(book: Book, order: PlannedOrder, ratio: Ratio, recipe: Recipe) -> list[Demand] | None:
    """What a run takes at a size; None where a phantom stands between."""
    known = {each.demand_id: each for each in book.inputs_of(order.planned_order_id)}
    wanted = {f"{order.planned_order_id}/{number}": number for number in range(len(recipe.inputs))}
    if known.keys() != wanted.keys():
        return None
    return [
        known[key]._replace(
            quantity_micro=recipe.taken(number, ratio, _quantum(book, recipe.inputs[number].sku))
        )
        for key, number in wanted.items()
    ]


def given_with(book: Book, number: int, ratio: Ratio, recipe: Recipe) -> int:
    """How much comes of a run at a size as its output of that number, in millionths."""
    return recipe.given(number, ratio, _quantum(book, recipe.outputs[number].sku))


def _quantum(book: Book, sku: str) -> int:
    item = book.network.items.get(sku)
    return item.quantum_micro if item is not None else 1


def _bring(book: Book, order: PlannedOrder, given: Callable[[int], int]) -> None:
    for receipt in book.receipts_of(order.planned_order_id):
        book.receipts.put(receipt._replace(quantity_micro=given(receipt.output_no)))
