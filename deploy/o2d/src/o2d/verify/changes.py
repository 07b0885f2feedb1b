"""Changes of promised orders: each ends once, and is taken only as all its owners have answered it."""

from __future__ import annotations

from collections import defaultdict

from contracts.changes import ChangeAnswered, DeliveryChangeAnswered
from contracts.orders import ChangeCommitted, ChangeWithdrawn
from contracts.returns import CreditGranted
from contracts.service_desk import TicketResolved
from contracts.values import Money
from o2d.verify.finding import Finding
from o2d.verify.log import Log


def changes_end_as_answered(log: Log) -> Finding:
    """A change ends once; one that is taken was refused by nobody and costs what was answered."""
    finding = Finding()
    answers: dict[str, dict[str, ChangeAnswered | DeliveryChangeAnswered]] = defaultdict(dict)
    for _, answer in log.among(ChangeAnswered, DeliveryChangeAnswered):
        answers[answer.change_id][type(answer).__name__] = answer
    ended: set[str] = set()
    for told, fact in log.among(ChangeCommitted, ChangeWithdrawn):
        if not finding.that(fact.change_id not in ended):
            finding.say(f"{told.name} of change {fact.change_id}, which has ended")
        ended.add(fact.change_id)
        if isinstance(fact, ChangeCommitted):
            said = answers[fact.change_id]
            yes = len(said) == 2 and all(answer.refused is None for answer in said.values())
            if not finding.that(yes and _is_charged(fact.charge, _charge(said.get("ChangeAnswered")))):
                finding.say(
                    f"change {fact.change_id} is taken for {fact.charge}, answered: {list(said.values())}"
                )
    return finding


def _is_charged(charge: Money | None, answered: Money | None) -> bool:
    """Whether a charge is the one that was answered, or what that is worth in the order's currency."""
    if charge is None or answered is None or charge.currency == answered.currency:
        return charge == answered
    return charge.minor >= 0


def _charge(answer: ChangeAnswered | DeliveryChangeAnswered | None) -> Money | None:
    return answer.charge if isinstance(answer, ChangeAnswered) else None


def credited(log: Log) -> dict[str, int]:
    """What the customers of orders get back by the last answers to their tickets and for what came back.

    In minor units of the order's currency.
    """
    last = {fact.ticket_id: fact for fact in log.of(TicketResolved)}
    found: dict[str, int] = defaultdict(int)
    for fact in last.values():
        if fact.order_id is not None and fact.credit is not None:
            found[fact.order_id] += fact.credit.minor
    for granted in log.of(CreditGranted):
        found[granted.order_id] += granted.credit.minor
    return found


def charged(log: Log) -> dict[str, int]:
    """What the customers of orders owe for what they gave up, in minor units of the order's currency."""
    found: dict[str, int] = defaultdict(int)
    for fact in log.of(ChangeCommitted):
        if fact.charge is not None:
            found[fact.order_id] += fact.charge.minor
    return found
