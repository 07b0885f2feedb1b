"""What is not wanted any more: pegs are given back, unreleased orders shrink or go, released ones are spoken about."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

from contracts.shapes import ActionKind
from contracts.values import MICRO
from materials.domain.book import Book
from materials.domain.demand import Demand
from materials.domain.lot_rule import LOT_FOR_LOT, LotRule
from materials.domain.message import close_message, open_message
from materials.domain.network import Buy, Node, Place
from materials.domain.recipe import Ratio, Recipe
from materials.domain.schedule import resized
from materials.domain.supply import PlannedOrder

# What is asked of a supply that somebody needs.
_WHILE_NEEDED: Final[tuple[ActionKind, ...]] = (
    "release", "expedite", "defer", "decrease", "increase",
)  # fmt: skip


def release_demands(book: Book, demand_ids: Iterable[str], yielding: Container[str] = ()) -> set[Place]:
    """Forget demands; the answer names the places where something became free."""
    freed: set[Place] = set()
    shaken: dict[str, None] = {}
    for demand_id in demand_ids:
        demand = book.demands.get(demand_id)
        if demand is None:
            continue
        shaken.update(_give_back(book, demand, freed))
        book.demands.drop(demand_id)
    prune(book, shaken, freed, yielding)
    return freed


def release_pegs(book: Book, demand_ids: Iterable[str]) -> set[Place]:
    """Uncover demands and keep them."""
    freed: set[Place] = set()
    shaken: dict[str, None] = {}
    for demand_id in demand_ids:
        shaken.update(_give_back(book, book.demands[demand_id], freed))
    prune(book, shaken, freed)
    return freed


def _give_back(book: Book, demand: Demand, freed: set[Place]) -> dict[str, None]:
    shaken: dict[str, None] = {}
    for peg in book.pegs_of(demand.demand_id):
        book.unpeg(demand.demand_id, peg.supply_id)
        freed.add((demand.site_id, demand.sku))
        if peg.planned_order_id is not None:
            shaken[peg.planned_order_id] = None
    return shaken


def prune(
    book: Book, planned_order_ids: Iterable[str], freed: set[Place], yielding: Container[str] = ()
) -> None:
    """Shrink orders to what is pegged to them, the latest first, and all that only they needed.

    What was asked for already is spoken about, unless its owner lets it be less: it is `yielding` then.
    """
    work = dict.fromkeys(planned_order_ids)
    while work:
        found = [order for key in work if (order := book.orders.get(key)) is not None and not order.ended]
        if not found:
            return
        order = max(found, key=lambda each: (each.due_at, each.planned_order_id))
        work.pop(order.planned_order_id)
        work = {key: None for key in work if key in book.orders}
        pegged = [receipt for receipt in book.receipts_of(order.planned_order_id) if receipt.pegged_micro]
        ours = order.state == "planned" and not order.firm(book.now)
        if ours or order.planned_order_id in yielding:
            if pegged:
                work.update(shrink(book, order, freed))
                rehold(book, order.planned_order_id)
            else:
                work.update(drop_order(book, order, freed))
        elif order.begun:
            continue
        elif not pegged and order.state in {"planned", "released", "confirmed"}:
            _settle(book, order.planned_order_id)
            open_message(book, order, "cancel", "nothing needs it any more")
        elif order.state in {"planned", "released", "confirmed"}:
            ask_for_less(book, order)


def _settle(book: Book, planned_order_id: str) -> None:
    """What was asked of a supply as long as it was needed; who takes a substitute instead is answered for that."""
    taken = book.how == "substitute"
    kinds = _WHILE_NEEDED if taken else (*_WHILE_NEEDED, "substitute")
    close_message(book, planned_order_id, "nothing needs it any more", *kinds)


def ask_for_less(book: Book, order: PlannedOrder) -> None:
    """What is firm or asked for stays as it is; where less of it would do, a planner may say so."""
    if order.source == "rework" or order.begun:
        # Of a lot that is put right all of it is, and what has begun keeps its size.
        return
    found = _size(book, order)
    if found is not None and found[0] < order.quantity_micro:
        reason = "less of it is needed"
        open_message(book, order, "decrease", reason, order.due_at, found[0])
    else:
        close_message(book, order.planned_order_id, "all of it is needed", "decrease")


def drop_order(book: Book, order: PlannedOrder, freed: set[Place]) -> dict[str, None]:
    """Forget a supply and all that it takes; the answer names the orders that feel it."""
    shaken: dict[str, None] = {}
    for demand in book.inputs_of(order.planned_order_id):
        shaken.update(_give_back(book, demand, freed))
        book.demands.drop(demand.demand_id)
    for receipt in book.receipts_of(order.planned_order_id):
        book.receipts.drop(receipt.receipt_id)
    book.dues["release", order.planned_order_id] = None
    book.unload(order.planned_order_id)
    if order.state != "planned" or book.messages.by("order", order.planned_order_id):
        # Others have heard of it: its row stays, since it counts what was told.
        close_message(book, order.planned_order_id, "dropped")
        book.orders.put(order._replace(state="cancelled"))
    else:
        book.orders.drop(order.planned_order_id)
    return shaken


def shrink(book: Book, order: PlannedOrder, freed: set[Place]) -> dict[str, None]:
    """Size an order anew for what is pegged to it; it never grows by this. The answer names the orders that feel it."""
    found = _size(book, order)
    if found is None or found[0] >= order.quantity_micro:
        return {}
    recipe = book.network.recipe(order.recipe_id, order.recipe_version)
    return _resize(book, order, recipe, *found, freed)


def _size(book: Book, order: PlannedOrder) -> tuple[int, Ratio] | None:
    """How much of an order covers what came of it and what is pegged to it; None where no single order does."""
    recipe = book.network.recipe(order.recipe_id, order.recipe_version)
    wants = [
        (each.output_no, each.received_micro + each.pegged_micro)
        for each in book.receipts_of(order.planned_order_id)
    ]
    wants = [(number, micro) for number, micro in wants if micro]
    if recipe is None:
        whole = sum(micro for _, micro in wants)
        ratio = Ratio(1, 1)
    else:
        driver = next(
            n for n, output in enumerate(recipe.outputs) if output.sku == order.sku and output.drives
        )
        per = recipe.outputs[driver].per_micro
        whole = -(-recipe.starts_for(wants) * per // MICRO)
    item = book.network.items.get(order.sku)
    whole = item.whole(whole) if item is not None else whole
    size = _rule(book, order).sizes(whole)[0]
    if size < whole:
        return None
    if recipe is not None:
        ratio = Ratio(-(-size // per), 1) if recipe.kind == "separation" else Ratio(size, per)
    return size, ratio


def _rule(book: Book, order: PlannedOrder) -> LotRule:
    """The lot rule that an order keeps: its item's, and its vendor's where it is bought."""
    told = book.network.parameters.get((order.site_id, order.sku))
    if order.source == "buy":
        node = Node(order.site_id, order.sku, order.window)
        source = book.network.source(node, order.due_at)
        if isinstance(source, Buy):
            return book.network.rule(node, source)
    return told.rule if told is not None else LOT_FOR_LOT


def _resize(
    book: Book, order: PlannedOrder, recipe: Recipe | None, size: int, ratio: Ratio, freed: set[Place]
) -> dict[str, None]:
    items = book.network.items
    if recipe is None:
        resized(book, order.planned_order_id, size)
    else:
        for receipt in book.receipts_of(order.planned_order_id):
            quantum = items[receipt.sku].quantum_micro if receipt.sku in items else 1
            given = recipe.given(receipt.output_no, ratio, quantum)
            book.receipts.put(receipt._replace(quantity_micro=max(given, receipt.pegged_micro)))
    runs = size if recipe is None else -(-ratio.over * MICRO // ratio.under)
    book.orders.put(order._replace(quantity_micro=size, runs_micro=runs))
    for load in book.loads.by("order", order.planned_order_id):
        book.loads.put(load._replace(load_micro=-(-load.load_micro * size // order.quantity_micro)))
    return _need_less(book, order, size, freed)


def resize_run(book: Book, order: PlannedOrder, runs_micro: int) -> list[str]:
    """A run of so many runs from now on: outputs and inputs in proportion; the answer names who loses by it."""
    losers: list[str] = []
    size = -(-order.quantity_micro * runs_micro // order.runs_micro)
    for receipt in book.receipts_of(order.planned_order_id):
        whole = max(receipt.received_micro, receipt.quantity_micro * runs_micro // order.runs_micro)
        lost = receipt.pegged_micro - (whole - receipt.received_micro)
        for peg in reversed(book.pegs_on(receipt.receipt_id)):
            if lost > 0:
                lost -= book.unpeg(peg.demand_id, receipt.receipt_id, lost)
                losers.append(peg.demand_id)
        book.receipts.put(book.receipts[receipt.receipt_id]._replace(quantity_micro=whole))
    book.orders.put(order._replace(quantity_micro=size, runs_micro=runs_micro))
    freed: set[Place] = set()
    prune(book, _need_less(book, order, size, freed), freed)
    return losers


def _need_less(book: Book, order: PlannedOrder, size: int, freed: set[Place]) -> dict[str, None]:
    """What an order takes shrinks in the same proportion as the order itself, exploded phantoms too."""
    shaken: dict[str, None] = {}
    for demand in book.inputs_of(order.planned_order_id):
        item = book.network.items.get(demand.sku)
        quantum = item.quantum_micro if item is not None else 1
        wanted = -(-demand.quantity_micro * size // (order.quantity_micro * quantum)) * quantum
        shaken.update(lessen(book, demand, wanted, freed))
    return shaken


def lessen(book: Book, demand: Demand, micro: int, freed: set[Place]) -> dict[str, None]:
    """Want less: the latest supply is given back first, stock last; the answer names the orders that feel it."""
    book.demands.put(demand._replace(quantity_micro=micro))
    shaken: dict[str, None] = {}
    surplus = book.demands[demand.demand_id].covered_micro - book.demands[demand.demand_id].open_micro

    def lateness(supply_id: str, planned_order_id: str | None) -> tuple[bool, str, str]:
        order = book.orders.get(planned_order_id or "")
        return (order is not None, order.due_at.isoformat() if order is not None else "", supply_id)

    pegs = book.pegs_of(demand.demand_id)
    for peg in sorted(pegs, key=lambda each: lateness(each.supply_id, each.planned_order_id), reverse=True):
        if surplus <= 0:
            break
        surplus -= book.unpeg(demand.demand_id, peg.supply_id, surplus)
        freed.add((demand.site_id, demand.sku))
        if peg.planned_order_id is not None:
            shaken[peg.planned_order_id] = None
    return shaken


def rehold(book: Book, planned_order_id: str) -> list[str]:
    """Whether an order is planned for holds alone, and so for all below it; the answer names those that changed."""
    changed: list[str] = []
    work = [planned_order_id]
    while work:
        order = book.order(work.pop())
        if order is None:
            continue
        pegs = book.pegs.by("order", order.planned_order_id)
        held = bool(pegs) and all(book.demands[peg.demand_id].held for peg in pegs)
        # What was asked for comes, and needs what it takes, whoever else wants it now.
        if held == order.held or (held and order.state != "planned"):
            continue
        book.orders.put(order._replace(held=held))
        changed.append(order.planned_order_id)
        for demand in book.inputs_of(order.planned_order_id):
            book.demands.put(demand._replace(held=held))
            work += [
                peg.planned_order_id
                for peg in book.pegs_of(demand.demand_id)
                if peg.planned_order_id is not None
            ]
    return changed
