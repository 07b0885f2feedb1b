"""Other quantities of an order's lines, none, or new ones: whether its deliveries can follow, and how they do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from contracts.changes import DeliveryChangeAnswered
from contracts.materials import GoodsReady
from contracts.orders import AmendmentRequested, CancellationRequested, ChangeCommitted, ChangeWithdrawn
from contracts.shapes import HAND_OVER, LineQuantity
from contracts.values import Quantity, total
from service_desk.domain.case import Case, Ids, let_go_alone, line_ended, offered
from service_desk.domain.desk import Desk
from service_desk.domain.order import Change, Line
from service_desk.domain.visit import Fact

UNDER_WAY: Final = frozenset({"dispatched", "started", "reported"})


def asked(case: Case, fact: AmendmentRequested | CancellationRequested) -> tuple[Case, list[Fact]]:
    """Say whether deliveries can follow, and let none begin meanwhile."""
    refused = _under_way(case, fact.lines)
    change = Change(fact.change_id, fact.lines, fact.hold_until, refused, _new(case, fact))
    others = case.order.decided(fact.change_id).changes
    case = replace(case, order=replace(case.order, changes=(*others, change)))
    if refused is None:
        case = _waiting(case)
    return case, [DeliveryChangeAnswered(fact.order_id, fact.change_id, refused)]


def _new(case: Case, fact: AmendmentRequested | CancellationRequested) -> tuple[Line, ...]:
    """The lines that the order does not have yet; they are handed over a while after they lie ready."""
    if isinstance(fact, CancellationRequested):
        return ()
    return tuple(
        Line(each.line_id, each.kind, each.item, each.quantity, each.wanted_at + HAND_OVER, None, parts=False)
        for each in fact.wanted
        if case.order.line(each.line_id) is None
    )


def comes_first(case: Case, goods: GoodsReady) -> bool:
    """Whether goods lie ready by a change that others have heard committed, and this desk has not yet."""
    new = [each for change in case.order.changes if change.refused is None for each in change.added]
    if case.order.line(goods.line_id) is None and any(each.line_id == goods.line_id for each in new):
        return True
    return goods.change_id is not None and case.order.change(goods.change_id) is not None


def _under_way(case: Case, lines: Iterable[LineQuantity]) -> str | None:
    """What of these lines has begun, or is done beyond what is still wanted."""
    for line in lines:
        for visit in case.visits:
            if line.line_id in visit.line_ids and visit.state in UNDER_WAY:
                return f"{visit.kind} {visit.visit_id} is {visit.state} already"
        done = delivered(case, line.line_id)
        if done > line.quantity:
            return f"{done} of line {line.line_id} are delivered already"
    return None


def delivered(case: Case, line_id: str) -> Quantity:
    """What hand-overs that the client has accepted brought of a line."""
    return total(
        lot.quantity
        for visit in case.visits
        if visit.state == "completed"
        for goods in visit.goods
        if goods.line_id == line_id
        for lot in goods.lots
    )


def _waiting(case: Case) -> Case:
    until = case.order.held_until
    for visit in case.visits:
        if visit.ahead and visit.held_until != until:
            case = case.put(replace(visit, held_until=until))
    return case


def withdrawn(case: Case, fact: ChangeWithdrawn) -> tuple[Case, list[Fact]]:
    """The customer leaves it: deliveries may begin."""
    return _waiting(replace(case, order=case.order.decided(fact.change_id))), []


def committed(case: Case, fact: ChangeCommitted, desk: Desk, ids: Ids) -> tuple[Case, list[Fact]]:
    """The customer takes it: what is less is got ready anew, what is dropped will not take place."""
    change = case.order.change(fact.change_id)
    if change is None:
        return case, []
    case = _waiting(replace(case, order=case.order.decided(fact.change_id)))
    case = replace(case, order=replace(case.order, lines=(*case.order.lines, *change.added)))
    facts: list[Fact] = []
    for line in change.lines:
        if not line.quantity:
            case, told = line_ended(case, line.line_id, "not wanted any more", desk, ids)
        else:
            kept = delivered(case, line.line_id)
            case = replace(case, order=case.order.amended(line.line_id, line.quantity - kept))
            case = _without_goods(case, line.line_id)
            case, told = let_go_alone(case, line.line_id, "another quantity is wanted", desk)
        facts += told
    case, told = offered(case, desk, ids)
    return case, facts + told


def _without_goods(case: Case, line_id: str) -> Case:
    """What goes out together waits until the line lies ready anew."""
    for visit in case.visits:
        if visit.ahead and visit.line_ids != (line_id,):
            for goods in visit.goods:
                if goods.line_id == line_id:
                    visit = visit.without_goods(line_id, goods.schedule_no)
            case = case.put(visit)
    return case
