"""Material at a run: cut from what lies staged, its cost with it, and kept open until a product bears that cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from backbone.errors import Invalid
from contracts.shapes import LotPart
from contracts.values import MICRO, ZERO, Quantity
from production.domain.costing import split_cost


@dataclass(frozen=True, slots=True)
class Take:
    """So much of a lot that lies staged; where its pieces have serials, exactly these."""

    lot_id: str
    quantity: Quantity
    serials: tuple[str, ...] = ()


Cut = tuple[tuple[LotPart, ...], tuple[LotPart, ...]]


def cut(part: LotPart, quantity: Quantity) -> Cut:
    """A part as the first `quantity` of it and the rest; their costs add up to the part's, to the cent."""
    if quantity <= ZERO:
        return (), (part,)
    if quantity >= part.quantity:
        return (part,), ()
    rest = part.quantity - quantity
    first, second = split_cost(part.cost, [quantity.micro, rest.micro])
    pieces = quantity.micro // MICRO
    return (
        (replace(part, quantity=quantity, cost=first, serials=part.serials[:pieces]),),
        (replace(part, quantity=rest, cost=second, serials=part.serials[pieces:]),),
    )


def taken(staged: Sequence[LotPart], wanted: Sequence[Take], at: str = "") -> Cut:
    """Named lots out of what lies staged, and what is left; raises `Invalid` for more than there is of a lot."""
    left, found = tuple(staged), tuple[LotPart, ...]()
    wrong = []
    for place, take in enumerate(wanted):
        if take.quantity <= ZERO:
            wrong.append((f"{at}/consumed/{place}/quantity", "a quantity is above zero"))
            continue
        if take.serials:
            fault = _misnamed(take, left)
            if fault:
                wrong.append((f"{at}/consumed/{place}/serials", fault))
                continue
            left = tuple(_in_front(part, take) for part in merged(left))
        got, left, short = _draw(left, take.quantity, lambda part, take=take: part.lot_id == take.lot_id)
        found += got
        if short:
            wrong.append((f"{at}/consumed/{place}", f"{short} more than lies staged of this lot"))
    if wrong:
        raise Invalid("a run consumes what lies staged for it", wrong)
    return found, left


def _misnamed(take: Take, staged: Sequence[LotPart]) -> str | None:
    """Why serials do not name what is taken; None when they do."""
    here = {serial for part in staged if part.lot_id == take.lot_id for serial in part.serials}
    missing = [serial for serial in take.serials if serial not in here]
    if missing:
        return f"{missing[0]} does not lie staged in this lot"
    if len(set(take.serials)) != len(take.serials) or len(take.serials) * MICRO != take.quantity.micro:
        return "as many serials as pieces, each once"
    return None


def _in_front(part: LotPart, take: Take) -> LotPart:
    """The part with the named serials in front, so that they are the ones that are cut off."""
    if part.lot_id != take.lot_id:
        return part
    named = tuple(serial for serial in part.serials if serial in take.serials)
    return replace(part, serials=(*named, *(serial for serial in part.serials if serial not in named)))


def drawn(staged: Sequence[LotPart], needs: Mapping[str, Quantity]) -> Cut:
    """So much of each item out of what lies staged, what was staged first in front; at most what is there."""
    left, found = tuple(staged), tuple[LotPart, ...]()
    for sku, quantity in needs.items():
        got, left, _ = _draw(left, quantity, lambda part, sku=sku: part.sku == sku)
        found += got
    return found, left


def _draw(
    staged: tuple[LotPart, ...], quantity: Quantity, fits: object
) -> tuple[tuple[LotPart, ...], tuple[LotPart, ...], Quantity]:
    assert callable(fits)
    found, left = tuple[LotPart, ...](), tuple[LotPart, ...]()
    for part in staged:
        if not fits(part):
            left += (part,)
            continue
        first, rest = cut(part, quantity)
        quantity = quantity - sum((piece.quantity for piece in first), start=ZERO)
        found, left = found + first, left + rest
    return found, left, quantity


def shared(parts: Sequence[LotPart], over: int, under: int) -> Cut:
    """The parts cut at `over / under` of each quantity, for cost alone: what a product bears now, and what is left."""
    if over >= under:
        return tuple(parts), ()
    first, second = [], []
    for part in parts:
        piece = part.quantity.micro * over // under
        mine, rest = split_cost(part.cost, [piece, part.quantity.micro - piece])
        first.append(replace(part, quantity=Quantity.of_micro(piece), cost=mine))
        second.append(replace(part, quantity=Quantity.of_micro(part.quantity.micro - piece), cost=rest))
    return tuple(first), tuple(second)


def merged(parts: Sequence[LotPart]) -> tuple[LotPart, ...]:
    """Parts of the same lot as one, in the order in which the lots came first."""
    found: dict[str, LotPart] = {}
    for part in parts:
        known = found.get(part.lot_id)
        if known is not None:
            part = replace(
                known,
                quantity=known.quantity + part.quantity,
                cost=known.cost + part.cost,
                serials=known.serials + part.serials,
            )
        found[part.lot_id] = part
    return tuple(found.values())
