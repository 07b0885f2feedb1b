"""An order with its visits: what its placing, its goods, its lateness and its end do to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from contracts.instead import GoodsWithdrawn
from contracts.materials import GoodsReady
from contracts.shapes import HAND_OVER
from service_desk.domain.desk import Desk
from service_desk.domain.goods import Goods
from service_desk.domain.hold import SlotHold
from service_desk.domain.order import Line, Order
from service_desk.domain.slot import Team
from service_desk.domain.visit import Fact, Visit

# A time that is nearer than this cannot be offered any more.
OFFER_MINUTES_MIN: Final = 60

Ids = Iterator[str]


@dataclass(frozen=True, slots=True)
class Case:
    """An order and everything that takes place for it."""

    order: Order
    visits: tuple[Visit, ...] = ()

    def put(self, visit: Visit) -> Case:
        """The case with a visit as it is now, or as a new one."""
        known = any(each.visit_id == visit.visit_id for each in self.visits)
        visits = tuple(visit if each.visit_id == visit.visit_id else each for each in self.visits)
        return replace(self, visits=visits if known else (*self.visits, visit))

    def visit(self, visit_id: str | None) -> Visit | None:
        """The visit of that id."""
        return next((each for each in self.visits if each.visit_id == visit_id), None)


def placed(order: Order, hold: SlotHold | None, desk: Desk, ids: Ids) -> tuple[Case, list[Fact]]:
    """The visits of an order's services: in the slots that are held, else at the same or the next possible time."""
    case, facts = Case(order), list[Fact]()
    for line in order.services:
        visit, told = _booked(_visit_for(order, line, desk, next(ids)), line, hold, desk, ids)
        case = case.put(visit)
        facts += told
    case, told = offered(case, desk, ids)
    return case, facts + told


def _visit_for(order: Order, line: Line, desk: Desk, visit_id: str) -> Visit:
    service = desk.services.get(line.item)
    return Visit(
        visit_id,
        "visit",
        order.order_id,
        order.need_id,
        order.customer_id,
        order.place,
        service.site_id if service is not None else "",
        order.currency,
        (line.line_id,),
        "unplanned",
        service_id=line.item,
        quantity=line.quantity,
    )


def _booked(
    visit: Visit, line: Line, hold: SlotHold | None, desk: Desk, ids: Ids
) -> tuple[Visit, list[Fact]]:
    held = hold.slot(line.slot_id) if hold is not None else None
    if held is not None and hold is not None and hold.state == "held":
        return visit.booked(held.slot.slot_id, held.team)
    not_before = held.slot.starts_at if held is not None else desk.now
    team = desk.earliest(visit, not_before)
    if team is None:
        return visit, []
    slot_id = next(ids)
    desk.book(visit, slot_id, team)
    return visit.booked(slot_id, team)


def took_goods(case: Case, fact: GoodsReady, desk: Desk, ids: Ids) -> tuple[Case, list[Fact]]:
    """Goods, or parts of a visit, lie ready; what is known already, or has left already, changes nothing."""
    line = case.order.line(fact.line_id)
    if line is None or case.order.cancelled or (line.kind == "good" and fact.quantity > line.quantity):
        # More than is wanted lay ready before a change: it is told anew.
        return case, []
    if line.kind == "service":
        return offered(replace(case, order=case.order.took(fact, None)), desk, ids)
    known = case.order.ready_for(fact.line_id, fact.schedule_no)
    visit = case.visit(known.visit_id) if known is not None else None
    goods = Goods(fact.line_id, fact.schedule_no, fact.lots)
    if visit is not None and (visit.state == "dispatched" or _same_again(visit, goods)):
        return case, []
    if visit is None or not visit.ahead:
        visit = _gathering(case, fact) or _hand_over(case.order, fact, next(ids))
    case = replace(case, order=case.order.took(fact, visit.visit_id)).put(visit.with_goods(goods))
    return offered(case, desk, ids)


def lost_goods(case: Case, fact: GoodsWithdrawn) -> Case:
    """What lay ready does so no more: a hand-over of it that nobody has begun waits; what has left is not touched."""
    known = case.order.ready_for(fact.line_id, fact.schedule_no)
    visit = case.visit(known.visit_id) if known is not None else None
    if visit is None or not visit.ahead:
        return case
    return case.put(visit.without_goods(fact.line_id, fact.schedule_no))


def _same_again(visit: Visit, goods: Goods) -> bool:
    return visit.state == "completed" and goods in visit.goods


def _gathering(case: Case, fact: GoodsReady) -> Visit | None:
    """The hand-over that waits for more goods of the same site, as far as the order's policy lets them go together."""
    policy = case.order.delivery_policy
    for visit in case.visits:
        together = policy == "complete-order" or visit.line_ids == (fact.line_id,)
        if visit.state == "gathering" and visit.site_id == fact.site_id and together:
            return visit
    return None


def _hand_over(order: Order, fact: GoodsReady, visit_id: str) -> Visit:
    return Visit(
        visit_id,
        "hand-over",
        order.order_id,
        order.need_id,
        order.customer_id,
        order.place,
        fact.site_id,
        order.currency,
        (),
        "gathering",
        held_until=order.held_until,
    )


def offered(case: Case, desk: Desk, ids: Ids) -> tuple[Case, list[Fact]]:
    """What may be offered now is offered: visits in the quoted slot first, goods before them or with them."""
    facts: list[Fact] = []
    if case.order.all_ready:
        for visit in case.visits:
            if visit.kind == "visit" and visit.state in {"booked", "unplanned"}:
                visit, told = _offer_visit(case, visit, desk, ids)
                case = case.put(visit)
                facts += told
    for visit in case.visits:
        if visit.state == "gathering" and visit.gathered and _complete(case.order, visit):
            visit, told = _offer_goods(case, visit, desk)
            case = case.put(visit)
            facts += told
    return case, facts


def _offer_visit(case: Case, visit: Visit, desk: Desk, ids: Ids) -> tuple[Visit, list[Fact]]:
    facts: list[Fact] = []
    soon = desk.now + timedelta(minutes=OFFER_MINUTES_MIN)
    if visit.starts_at is None or visit.starts_at < soon:
        way = HAND_OVER if case.order.needs_goods else timedelta(minutes=OFFER_MINUTES_MIN)
        visit, facts = desk.move(visit, next(ids), desk.now + way, "supply")
        if visit.starts_at is None:
            return visit, facts
    visit, told = visit.offered()
    return visit, facts + told


def _complete(order: Order, visit: Visit) -> bool:
    if order.delivery_policy == "complete-order":
        return order.goods_ready
    if order.delivery_policy == "complete-line":
        return all(order.covered(line) for line in order.lines if line.line_id in visit.line_ids)
    return True


def _offer_goods(case: Case, visit: Visit, desk: Desk) -> tuple[Visit, list[Fact]]:
    team = desk.wished(visit) or desk.earliest(visit, desk.now)
    if team is None:
        return visit.unplanned(), []
    ahead = [
        (each.starts_at, each.ends_at)
        for each in case.visits
        if each.kind == "visit" and each.ahead and each.starts_at is not None and each.ends_at is not None
    ]
    first = min((pair for pair in ahead if pair[0] > desk.now), default=None)
    if first is not None and team.ends_at > first[0]:
        # What people come for has to be there: the goods travel with them.
        team = Team(first[0], first[1], ())
    visit, facts = visit.rescheduled(visit.visit_id, team, "desk")
    visit, told = visit.offered()
    return visit, facts + told


def endangered(
    case: Case, dates: Mapping[str, datetime | None], desk: Desk, ids: Ids
) -> tuple[Case, list[Fact]]:
    """Lines come later: visits that need them are freed and offered after the new date, or wait for one."""
    facts: list[Fact] = []
    for visit in case.visits:
        if visit.kind != "visit" or visit.state not in {"unplanned", "booked", "offered", "confirmed"}:
            continue
        visit, told = _after(case, visit, dates, desk, ids)
        case = case.put(visit)
        facts += told
    return case, facts


def recovered(
    case: Case, dates: Mapping[str, datetime | None], desk: Desk, ids: Ids
) -> tuple[Case, list[Fact]]:
    """Lines come in time again: visits that waited for a date have people from then on, the others keep their time."""
    facts: list[Fact] = []
    for visit in case.visits:
        if visit.kind == "visit" and visit.state == "unplanned":
            # A service is promised for its end, goods for when they are there.
            begin = {
                line_id: at - desk.length(visit) if at is not None and line_id in visit.line_ids else at
                for line_id, at in dates.items()
            }
            visit, told = _after(case, visit, begin, desk, ids)
            case = case.put(visit)
            facts += told
    return case, facts


def _after(
    case: Case, visit: Visit, dates: Mapping[str, datetime | None], desk: Desk, ids: Ids
) -> tuple[Visit, list[Fact]]:
    goods = {line.line_id for line in case.order.lines if line.kind == "good"}
    hurt = [at for line_id, at in dates.items() if line_id in goods or line_id in visit.line_ids]
    if not hurt:
        return visit, []
    known = [at for at in hurt if at is not None]
    if len(known) < len(hurt):
        desk.diary.free(visit.slot_id)
        return visit.unplanned(), []
    # The dates of an order are those of its client: goods are there by then.
    needed = max(known)
    if visit.starts_at is not None and visit.starts_at >= needed:
        return visit, []
    asked = visit.state in {"offered", "confirmed"}
    moved, facts = desk.move(visit, next(ids), needed, "supply")
    if moved.starts_at is None or not (asked or case.order.all_ready):
        return moved, facts
    moved, told = moved.offered()
    return moved, facts + told


def cancelled(case: Case, reason: str, desk: Desk) -> tuple[Case, list[Fact]]:
    """The order ended: what has not begun will not take place."""
    facts: list[Fact] = []
    case = replace(case, order=replace(case.order, cancelled=True))
    for visit in case.visits:
        ended, told = visit.cancelled(reason)
        if told:
            desk.diary.free(visit.slot_id)
        case = case.put(ended)
        facts += told
    return case, facts


def line_ended(case: Case, line_id: str, reason: str, desk: Desk, ids: Ids) -> tuple[Case, list[Fact]]:
    """A line ended: what was to take place for it alone will not, what goes with others goes without it."""
    case = replace(case, order=case.order.without(line_id))
    case, facts = let_go(case, line_id, reason, desk)
    case, told = offered(case, desk, ids)
    return case, facts + told


def let_go(case: Case, line_id: str, reason: str, desk: Desk) -> tuple[Case, list[Fact]]:
    """What was ahead for a line alone will not take place, what goes with others goes without it."""
    case, facts = let_go_alone(case, line_id, reason, desk)
    for visit in case.visits:
        if line_id in visit.line_ids and visit.ahead:
            case = case.put(visit.without(line_id))
    return case, facts


def let_go_alone(case: Case, line_id: str, reason: str, desk: Desk) -> tuple[Case, list[Fact]]:
    """What was ahead for a line alone will not take place."""
    facts: list[Fact] = []
    for visit in case.visits:
        if visit.line_ids == (line_id,) and visit.ahead:
            visit, told = visit.cancelled(reason)
            desk.diary.free(visit.slot_id)
            case = case.put(visit)
            facts += told
    return case, facts
