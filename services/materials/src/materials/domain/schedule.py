"""A purchase that comes in parts: each is a receipt with a moment of its own, and whom each of them serves.

Parts stand in the order of their moments. Who is served first takes the last part that is there in time, so that the
first ones are left for those who cannot wait; who can be served in time by none takes the first that is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from materials.domain.book import NEVER, Book
from materials.domain.dates import behind
from materials.domain.demand import Demand
from materials.domain.supply import Receipt, comes_at, receipt_id_of


class Part(NamedTuple):
    """So much of a purchase that is still to come, and when (absent: nobody knows); `sent` is what is on its way."""

    micro: int
    at: datetime | None
    sent: bool = False


def receipts_by_date(book: Book, planned_order_id: str) -> list[Receipt]:
    """What a purchase brings, its first part in front."""
    return sorted(book.receipts_of(planned_order_id), key=lambda each: each.output_no)


def parts_to_come(book: Book, planned_order_id: str) -> list[Part]:
    """What of a purchase is still to come."""
    order = book.orders[planned_order_id]
    return [
        Part(each.open_micro, comes_at(order, each), each.sent)
        for each in receipts_by_date(book, planned_order_id)
        if each.open_micro
    ]


def promised(book: Book, planned_order_id: str, schedule: Iterable[tuple[int, datetime]]) -> list[Part]:
    """The parts of a promise of all that comes of a purchase, less what has come; what was sent is of the first."""
    came = sum(each.received_micro for each in book.receipts_of(planned_order_id))
    sent = sum(part.micro for part in parts_to_come(book, planned_order_id) if part.sent)
    parts = _after([Part(micro, at) for micro, at in sorted(schedule, key=lambda each: each[1])], came)
    rest = _after(parts, sent)
    return _joined([*(part._replace(sent=True) for part in first_of(parts, sent)), *rest])


def sent_of(parts: Iterable[Part], micro: int, at: datetime, now: datetime) -> list[Part]:
    """So much of what was not sent yet is on its way, and there at that moment.

    What its vendor has not sent though it should be there already comes no sooner than that.
    """
    found = []
    for part in parts:
        taken = 0 if part.sent else min(part.micro, micro)
        micro -= taken
        if taken:
            found.append(Part(taken, at, sent=True))
        if part.micro > taken:
            passed = part.at is None or (not part.sent and part.at < min(now, at))
            found.append(part._replace(micro=part.micro - taken, at=at if passed else part.at))
    return _joined(found)


def put_off(parts: Iterable[Part], now: datetime) -> list[Part] | None:
    """What should have been sent by now comes with the next part, as far as anybody knows; None where there is none."""
    parts = list(parts)
    late = [part for part in parts if not part.sent and (part.at is None or part.at.date() < now.date())]
    coming = [part.at for part in parts if part not in late and part.at is not None and part.at >= now]
    if not coming:
        return None
    return _joined(part._replace(at=min(coming)) if part in late else part for part in parts)


def turned_away(parts: Iterable[Part], micro: int) -> list[Part]:
    """So much of what was sent was not taken: it has to be sent again."""
    found = []
    for part in parts:
        back = min(part.micro, micro) if part.sent else 0
        micro -= back
        found.append(part._replace(micro=part.micro - back))
        found.append(part._replace(micro=back, sent=False))
    return _joined(part for part in found if part.micro)


def first_of(parts: Iterable[Part], micro: int) -> list[Part]:
    """The first so much of parts."""
    found = []
    for part in parts:
        taken = min(part.micro, micro)
        micro -= taken
        if taken:
            found.append(part._replace(micro=taken))
    return found


def sized(parts: Sequence[Part], micro: int) -> list[Part]:
    """Parts that bring so much in all: what is more comes with the last, what is less goes from the last."""
    more = micro - sum(part.micro for part in parts)
    if more <= 0:
        return first_of(parts, micro)
    if not parts:
        return [Part(micro, None)]
    return [*parts[:-1], parts[-1]._replace(micro=parts[-1].micro + more)]


def _after(parts: Iterable[Part], micro: int) -> list[Part]:
    """What is left of parts after the first so much."""
    found = []
    for part in parts:
        gone = min(part.micro, micro)
        micro -= gone
        if part.micro > gone:
            found.append(part._replace(micro=part.micro - gone))
    return found


def _joined(parts: Iterable[Part]) -> list[Part]:
    """Parts by their moments; those of one moment, both sent or both not, are one."""
    together: dict[tuple[datetime, bool], Part] = {}
    for part in parts:
        key = (part.at or NEVER, not part.sent)
        known = together.get(key)
        together[key] = part if known is None else known._replace(micro=known.micro + part.micro)
    return [together[key] for key in sorted(together)]


def lay_out(book: Book, planned_order_id: str, parts: Sequence[Part]) -> list[str]:
    """A purchase brings these parts from now on; the answer names the demands that lose something by it."""
    receipts = receipts_by_date(book, planned_order_id)
    if len(receipts) == 1 and len(parts) <= 1:
        return _whole(book, receipts[0], parts[0] if parts else Part(0, None))
    served: dict[str, int] = {}
    for receipt in receipts:
        for peg in book.pegs_on(receipt.receipt_id):
            micro = book.unpeg(peg.demand_id, receipt.receipt_id)
            served[peg.demand_id] = served.get(peg.demand_id, 0) + micro
    came = sum(each.received_micro for each in receipts)
    for number, part in enumerate(parts or [Part(0, None)]):
        here = came if number == 0 else 0
        book.receipts.put(
            receipts[0]._replace(
                receipt_id=receipt_id_of(planned_order_id, number), output_no=number, received_micro=here,
                quantity_micro=here + part.micro, pegged_micro=0, comes_at=part.at if len(parts) > 1 else None,
                sent=part.sent,
            )
        )  # fmt: skip
    for receipt in receipts[max(1, len(parts)) :]:
        book.receipts.drop(receipt.receipt_id)
    return _serve(book, planned_order_id, parts, served)


def _whole(book: Book, receipt: Receipt, part: Part) -> list[str]:
    """All that comes of a purchase comes at once."""
    whole = receipt.received_micro + part.micro
    book.receipts.put(receipt._replace(quantity_micro=whole, comes_at=None, sent=part.sent))
    lost = receipt.pegged_micro - part.micro
    losers: list[str] = []
    for peg in reversed(book.pegs_on(receipt.receipt_id)):
        if lost <= 0:
            break
        lost -= book.unpeg(peg.demand_id, receipt.receipt_id, lost)
        losers.append(peg.demand_id)
    return losers


def _serve(book: Book, key: str, parts: Sequence[Part], served: dict[str, int]) -> list[str]:
    """Peg again to the parts who was served before, as much as there is."""
    left = [part.micro for part in parts]
    losers = []
    for demand in sorted((book.demands[each] for each in served), key=lambda each: each.rank):
        wanted = served[demand.demand_id]
        for number in _order(demand, parts):
            taken = min(wanted, left[number])
            if taken:
                book.peg(demand.demand_id, receipt_id_of(key, number), taken)
                left[number] -= taken
                wanted -= taken
        if wanted:
            losers.append(demand.demand_id)
    return losers


def _order(demand: Demand, parts: Sequence[Part]) -> list[int]:
    """The numbers of parts in the order in which a demand takes them."""
    by = demand.promised_at or demand.needed_at
    late = [number for number, part in enumerate(parts) if part.at is None or behind(part.at, by)]
    return [*(number for number in reversed(range(len(parts))) if number not in late), *late]


def resized(book: Book, planned_order_id: str, micro: int) -> None:
    """A purchase brings so much in all, and what serves somebody in any case; whom it serves stays as it is."""
    receipts = receipts_by_date(book, planned_order_id)
    more = micro - sum(each.quantity_micro for each in receipts)
    for receipt in reversed(receipts):
        change = more if more > 0 else -min(-more, receipt.free_micro)
        more -= change
        book.receipts.put(receipt._replace(quantity_micro=receipt.quantity_micro + change))


def filled(book: Book, receipt: Receipt, micro: int) -> list[tuple[Receipt, int]]:
    """What of a lot that has come is of which part: of what was sent first, then by date; more is of the last."""
    if book.orders[receipt.planned_order_id].source != "buy":
        return [(receipt, micro)]
    found: list[tuple[Receipt, int]] = []
    receipts = receipts_by_date(book, receipt.planned_order_id)
    for each in sorted(receipts, key=lambda one: not one.sent):
        taken = min(each.open_micro, micro)
        micro -= taken
        if taken:
            found.append((each, taken))
    if micro:
        last, taken = found.pop() if found else (receipts[-1], 0)
        found.append((last, taken + micro))
    return found
