"""Whom a fact is about, and which things it ties together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, Final

from contracts import materials, orders, partings, production, rfqs, vendors
from contracts.topics import TOPICS, topic_of

Subject = tuple[str, str]
Tie = tuple[Subject, Subject]

# Things whose facts are few each, so that every fact which names one is worth finding from it.
FOLLOWED: Final = frozenset(
    {
        "order", "need", "quote", "promise", "planned_order", "run", "purchase_order", "purchase_line", "rfq",
        "visit", "ticket", "conversation", "lot",
    }
)  # fmt: skip
_KIND_OF_FIELD: Final = {f"{kind}_id": kind for kind in FOLLOWED} | {
    "planned_order_ids": "planned_order",
    "rework_lot_id": "lot",
    "parents": "lot",
}
_PARTS: Final[dict[type, tuple[tuple[str, str | None], ...]]] = {}
_HOME: Final = {
    topic.name: "item" if topic.key == "sku" else topic.key.removesuffix("_id") for topic in TOPICS
}
TOPIC_NAMES: Final = frozenset(_HOME)
KINDS: Final = FOLLOWED | frozenset(_HOME.values())


def kind_of_topic(topic: str) -> str:
    """The kind of thing under whose keys a topic is told; raises `KeyError` for a topic that is none of ours."""
    return _HOME[topic]


def home_of(fact: object) -> Subject:
    """The thing under whose key a fact is told."""
    topic = topic_of(type(fact))
    return _HOME[topic.name], str(getattr(fact, topic.key))


def mentions_of(fact: object) -> frozenset[Subject]:
    """Every followed thing that a fact names, however deep, and the one it is told under."""
    return frozenset({home_of(fact), *_named(fact)})


def _named(value: object) -> Iterator[Subject]:
    if isinstance(value, tuple):
        for one in value:
            yield from _named(one)
        return
    for name, kind in _parts(value):
        inside = getattr(value, name)
        if kind is None:
            if not isinstance(inside, str):
                yield from _named(inside)
        elif isinstance(inside, tuple):
            yield from ((kind, one) for one in inside if one)
        elif inside:
            yield kind, inside


def _parts(value: object) -> tuple[tuple[str, str | None], ...]:
    """The fields of a dataclass with the kind of thing that each names; of anything else, nothing."""
    known = _PARTS.get(type(value))
    if known is None:
        parts = fields(value) if is_dataclass(value) else ()
        known = tuple((part.name, _KIND_OF_FIELD.get(part.name)) for part in parts)
        _PARTS[type(value)] = known
    return known


def _placed(fact: orders.OrderPlaced) -> Iterator[Tie]:
    order = ("order", fact.order_id)
    yield order, ("need", fact.need_id)
    yield order, ("quote", fact.quote_id)
    yield order, ("promise", fact.promise_id)


def _requested(
    fact: materials.RunRequested | materials.PurchaseRequested | materials.TransferRequested,
) -> Iterator[Tie]:
    for share in fact.serves:
        yield ("order", share.order_id), ("planned_order", fact.planned_order_id)


def _planned(fact: materials.RequirementsPlanned) -> Iterator[Tie]:
    for peg in fact.pegs:
        kind = "lot" if peg.supply_kind == "on-hand" else "planned_order"
        yield ("order", fact.order_id), (kind, peg.supply_id)


def _ready(fact: materials.GoodsReady) -> Iterator[Tie]:
    for lot in fact.lots:
        yield ("order", fact.order_id), ("lot", lot.lot_id)


def _run(fact: Any) -> Iterator[Tie]:
    yield ("planned_order", fact.planned_order_id), ("run", fact.run_id)


def _split(fact: partings.RunSplit) -> Iterator[Tie]:
    yield ("planned_order", fact.planned_order_id), ("planned_order", fact.part.planned_order_id)


def _merged(fact: partings.RunsMerged) -> Iterator[Tie]:
    for each in fact.merged:
        yield ("planned_order", each.planned_order_id), ("planned_order", fact.planned_order_id)


def _produced(fact: production.MaterialProduced) -> Iterator[Tie]:
    yield from _run(fact)
    for made in fact.lots:
        yield ("run", fact.run_id), ("lot", made.part.lot_id)


def _issued(fact: vendors.PurchaseOrderIssued) -> Iterator[Tie]:
    for line in fact.lines:
        yield ("planned_order", line.planned_order_id), ("purchase_order", fact.purchase_order_id)


def _received(fact: vendors.GoodsReceived) -> Iterator[Tie]:
    for line in fact.lines:
        for lot in line.lots:
            yield ("planned_order", line.planned_order_id), ("lot", lot.lot_id)


def _rfq(fact: rfqs.RfqIssued) -> Iterator[Tie]:
    yield ("planned_order", fact.planned_order_id), ("rfq", fact.rfq_id)


def _visit(fact: Any) -> Iterator[Tie]:
    yield ("order", fact.order_id), ("visit", fact.visit_id)


def _asked_about(fact: Any) -> Iterator[Tie]:
    if fact.order_id is not None:
        yield ("order", fact.order_id), home_of(fact)


_TIES: Final[dict[str, Callable[[Any], Iterator[Tie]]]] = {
    "OrderPlaced": _placed,
    "RunRequested": _requested,
    "PurchaseRequested": _requested,
    "TransferRequested": _requested,
    "RequirementsPlanned": _planned,
    "GoodsReady": _ready,
    "RunScheduled": _run,
    "RunRefused": _run,
    "RunSplit": _split,
    "RunsMerged": _merged,
    "MaterialConsumed": _run,
    "MaterialProduced": _produced,
    "PurchaseOrderIssued": _issued,
    "GoodsReceived": _received,
    "RfqIssued": _rfq,
    "VisitBooked": _visit,
    "VisitOffered": _visit,
    "TicketOpened": _asked_about,
    "MessageReceived": _asked_about,
    "MessageSent": _asked_about,
}


def ties_of(fact: object) -> frozenset[Tie]:
    """Which thing leads to which: from an order down to what is done for it."""
    found = _TIES.get(type(fact).__name__)
    return frozenset(found(fact)) if found else frozenset()
