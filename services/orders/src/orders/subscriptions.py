"""Facts that orders hears: each becomes a command."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from backbone.service import Subscription, hears
from contracts.changes import ChangeAnswered, DeliveryChangeAnswered
from contracts.instead import SubstituteOffered
from contracts.materials import (
    HoldExpired,
    ItemDefined,
    PromiseOffered,
    PromiseRefused,
    RequirementsPlanned,
    StockMoved,
    SupplyLate,
    SupplyRecovered,
)
from contracts.orders import NeedStated
from contracts.returns import ReturnReceived
from contracts.service_desk import (
    MISSED_TIMES_MAX,
    HandOverCompleted,
    SlotsOffered,
    SlotsRefused,
    TicketResolved,
    VisitBooked,
    VisitClientSilent,
    VisitCompleted,
    VisitMissed,
    VisitResumed,
)
from contracts.shapes import HAND_OVER, DateStep, LineDate
from contracts.values import ZERO, total
from orders import commands, handlers
from orders.domain.change import OwnerAnswer
from orders.domain.promise import Alternative


def _handed_over(steps: tuple[DateStep, ...]) -> tuple[DateStep, ...]:
    """The moments at which the client has what lies ready at these."""
    return tuple(replace(step, at=step.at + HAND_OVER) for step in steps)


def _later(lines: tuple[LineDate, ...]) -> tuple[LineDate, ...]:
    return tuple(
        LineDate(
            line.line_id,
            None if line.was_at is None else line.was_at + HAND_OVER,
            None if line.at is None else line.at + HAND_OVER,
        )
        for line in lines
    )


def on_item_defined(fact: ItemDefined) -> commands.KnowItem:
    """An item is counted so, and called so."""
    return commands.KnowItem(fact.counted, fact.title)


def on_need_stated(fact: NeedStated) -> commands.DraftQuote:
    """A need is matched as soon as it is stated."""
    return commands.DraftQuote(fact)


def on_promise_offered(fact: PromiseOffered) -> commands.TakeMaterialOffer:
    """Materials holds what was asked."""
    steps = _handed_over(fact.steps)
    return commands.TakeMaterialOffer(fact.promise_id, fact.request_no, steps, fact.instead)


def on_substitute_offered(fact: SubstituteOffered) -> commands.TakeAlternative:
    """What is asked for could be there sooner, or at all, with a substitute."""
    steps = _handed_over(fact.steps)
    alternative = Alternative(fact.site_id, fact.sku, fact.substitute_sku, steps, fact.line_ids, fact.also)
    return commands.TakeAlternative(fact.promise_id, fact.request_no, alternative)


def on_promise_refused(fact: PromiseRefused) -> commands.TakeMaterialRefusal:
    """Materials cannot."""
    possible_at = None if fact.next_possible_at is None else fact.next_possible_at + HAND_OVER
    return commands.TakeMaterialRefusal(fact.promise_id, fact.request_no, fact.reason, possible_at)


def on_hold_expired(fact: HoldExpired) -> commands.LoseHold:
    """What was held is free again."""
    return commands.LoseHold(fact.promise_id)


def on_slots_offered(fact: SlotsOffered) -> commands.TakeSlots:
    """People are held."""
    return commands.TakeSlots(fact.promise_id, fact.request_no, fact.slots)


def on_slots_refused(fact: SlotsRefused) -> commands.TakeSlotsRefusal:
    """Nobody is free as asked."""
    return commands.TakeSlotsRefusal(fact.promise_id, fact.request_no, fact.reason, fact.next_possible_at)


def on_requirements_planned(fact: RequirementsPlanned) -> commands.TakePlan:
    """The order is planned."""
    return commands.TakePlan(fact.order_id, _handed_over(fact.steps))


def on_visit_booked(fact: VisitBooked) -> commands.TakeVisit:
    """A visit has its people."""
    return commands.TakeVisit(fact.order_id, fact.line_id, fact.starts_at)


def on_supply_late(fact: SupplyLate) -> commands.TakeLateness:
    """A supply is late."""
    return commands.TakeLateness(fact.order_id, fact.cause, fact.supply_id, _later(fact.lines))


def on_supply_recovered(fact: SupplyRecovered) -> commands.TakeRecovery:
    """A late supply is in time again."""
    return commands.TakeRecovery(fact.order_id, _later(fact.lines), fact.how)


def on_hand_over_completed(fact: HandOverCompleted) -> commands.TakeDelivery:
    """The client accepted goods."""
    quantities = tuple((line.line_id, total(lot.quantity for lot in line.lots)) for line in fact.lines)
    return commands.TakeDelivery(fact.order_id, quantities, fact.cost, ZERO)


def on_visit_completed(fact: VisitCompleted) -> commands.TakeDelivery:
    """The client accepted work."""
    parts = total(part.quantity for part in fact.parts)
    return commands.TakeDelivery(fact.order_id, ((fact.line_id, fact.quantity),), fact.cost, parts)


def on_stock_moved(fact: StockMoved) -> commands.TakeShipment | None:
    """Stock left for an order line, or came back from its client; other moves are no business of orders."""
    back = fact.return_id is not None
    if not (back or fact.reason == "shipped") or fact.order_id is None or fact.line_id is None:
        return None
    return commands.TakeShipment(fact.order_id, fact.line_id, fact.quantity, fact.cost, back)


def on_return_received(fact: ReturnReceived) -> commands.TakeReturn:
    """Goods of a client are back."""
    return commands.TakeReturn(fact.order_id, fact.return_id, total(lot.quantity for lot in fact.lots))


def on_ticket_resolved(fact: TicketResolved) -> commands.TakeCredit | None:
    """A ticket of an order has its answer, with a credit or without."""
    return None if fact.order_id is None else commands.TakeCredit(fact.order_id, fact.ticket_id, fact.credit)


def on_visit_client_silent(fact: VisitClientSilent) -> commands.HoldLines:
    """The client does not answer."""
    return commands.HoldLines(fact.order_id, fact.line_ids, "client silent")


def on_visit_missed(fact: VisitMissed) -> commands.HoldLines | None:
    """Nobody was there for the last time; before that another time is offered without anybody's help."""
    if fact.times < MISSED_TIMES_MAX:
        return None
    return commands.HoldLines(fact.order_id, fact.line_ids, f"nobody was there {fact.times} times")


def on_visit_resumed(fact: VisitResumed) -> commands.ResumeLines:
    """The client, or a person, has spoken."""
    return commands.ResumeLines(fact.order_id, fact.line_ids)


def on_change_answered(fact: ChangeAnswered) -> commands.TakeChangeAnswer:
    """Materials says whether a change is possible."""
    answer = OwnerAnswer("materials", fact.refused, fact.charge, fact.days, _handed_over(fact.steps))
    return commands.TakeChangeAnswer(fact.order_id, fact.change_id, answer)


def on_delivery_change_answered(fact: DeliveryChangeAnswered) -> commands.TakeChangeAnswer:
    """The service desk says whether a change is possible."""
    return commands.TakeChangeAnswer(fact.order_id, fact.change_id, OwnerAnswer("service-desk", fact.refused))


SUBSCRIPTIONS: Final[tuple[Subscription, ...]] = (
    hears(ItemDefined, on_item_defined, handlers.know_item),
    hears(NeedStated, on_need_stated, handlers.draft_quote),
    hears(PromiseOffered, on_promise_offered, handlers.take_material_offer),
    hears(SubstituteOffered, on_substitute_offered, handlers.take_alternative),
    hears(PromiseRefused, on_promise_refused, handlers.take_material_refusal),
    hears(HoldExpired, on_hold_expired, handlers.lose_hold),
    hears(SlotsOffered, on_slots_offered, handlers.take_slots),
    hears(SlotsRefused, on_slots_refused, handlers.take_slots_refusal),
    hears(RequirementsPlanned, on_requirements_planned, handlers.follow_orders),
    hears(VisitBooked, on_visit_booked, handlers.follow_orders),
    hears(SupplyLate, on_supply_late, handlers.follow_orders),
    hears(SupplyRecovered, on_supply_recovered, handlers.follow_orders),
    hears(HandOverCompleted, on_hand_over_completed, handlers.follow_orders),
    hears(VisitCompleted, on_visit_completed, handlers.follow_orders),
    hears(StockMoved, on_stock_moved, handlers.follow_orders),
    hears(ReturnReceived, on_return_received, handlers.follow_orders),
    hears(TicketResolved, on_ticket_resolved, handlers.follow_orders),
    hears(VisitClientSilent, on_visit_client_silent, handlers.follow_orders),
    hears(VisitMissed, on_visit_missed, handlers.follow_orders),
    hears(ChangeAnswered, on_change_answered, handlers.take_change_answer),
    hears(DeliveryChangeAnswered, on_delivery_change_answered, handlers.take_change_answer),
    hears(VisitResumed, on_visit_resumed, handlers.follow_orders),
)
