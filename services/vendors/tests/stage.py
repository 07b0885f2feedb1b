"""A running vendors service on a database of its own, and short ways to ask it, tell it and see what it told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
from sqlalchemy import text

from backbone.clock import SteppedClock
from backbone.deadlines import Deadlines
from backbone.ids import new_id
from backbone.service import Host
from backbone.wire import Incoming, encode
from contracts.topics import topic_of, type_name
from contracts.values import Quantity
from services.vendors.tests.made import NOW, internal, request, terms, vendor
from vendors import commands, handlers
from vendors.__main__ import SERVICE
from vendors.domain.answer import LineAnswer
from vendors.domain.delivery import Receipt, Shipped
from vendors.domain.policy import Policy
from vendors.domain.purchase_order import PurchaseOrder
from vendors.domain.receipt import Arrival, ArrivedLot, TurnedAway

F = TypeVar("F")


def record(fact: object, correlation: str | None = "root") -> Incoming:
    """A fact as it comes from Kafka, with an id of its own."""
    topic = topic_of(type(fact))
    headers = [("ce_id", new_id()), ("ce_type", type_name(type(fact)))]
    if correlation is not None:
        headers.append(("ce_correlationid", correlation))
    return Incoming(topic.name, 0, 0, getattr(fact, topic.key), tuple(headers), encode(fact), 1)


async def _always(seconds: float) -> bool:
    return True


class Stage:
    """The service under test."""

    def __init__(self, host: Host) -> None:
        self.host = host

    @property
    def clock(self) -> SteppedClock:
        """The business clock, which stands still."""
        assert isinstance(self.host.clock, SteppedClock)
        return self.host.clock

    async def do(self, command: Any) -> Any:
        """Ask for a command: the handler is named as the command is."""
        words = "".join(f"_{c.lower()}" if c.isupper() else c for c in type(command).__name__)[1:]
        return await self.host.do(getattr(handlers, words), command)

    async def hear(self, *facts: object, correlation: str | None = "root") -> None:
        """Each fact twice in one batch, and the batch three times."""
        records = [record(fact, correlation) for fact in facts]
        for _ in range(3):
            await self.host.hear([each for pair in zip(records, records, strict=True) for each in pair])

    async def told(self, kind: type[F]) -> list[F]:
        """All facts of a kind that were told, in order."""
        return [fact for fact in await self.all_told() if isinstance(fact, kind)]

    async def all_told(self) -> list[object]:
        """All facts that were told, in order."""
        return [SERVICE.catalogue.decode(each) for each in await self.records()]

    async def records(self) -> list[Incoming]:
        """All records in the outbox, in order."""
        rows = await self.rows("SELECT topic, key, headers, payload FROM outbox ORDER BY id")
        return [
            Incoming(topic, 0, 0, key, tuple(map(tuple, msgspec.json.decode(headers))), payload, 0)
            for topic, key, headers, payload in rows
        ]

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        """Rows as tuples."""
        async with self.host.read() as sql:
            return [tuple(row) for row in await sql.execute(text(statement), values)]

    async def parked(self) -> list[Any]:
        """What waits, and for what."""
        return await self.rows("SELECT subscription, kind, waits_for FROM parked_key ORDER BY 1")

    async def states(self) -> list[tuple[str, str]]:
        """Vendor and state of each purchase line, the oldest first."""
        return await self.rows(
            "SELECT vendor_id, state FROM purchase_lines JOIN purchase_orders USING (purchase_order_id) ORDER BY "
            "purchase_line_id"
        )

    async def pass_time(self, **span: float) -> None:
        """Let business time pass and deadlines fall due, twice over."""
        self.clock.advance(self.clock.now() + timedelta(**span))
        for _ in range(2):
            await Deadlines(self.host, _always).fire()

    async def opened(self, *ranks: str, policy: Policy | None = None, **changes: Any) -> None:
        """Register vendors, each with terms for shafts at plant-1; the first is asked first."""
        if policy is not None:
            await self.do(commands.SetPolicy(policy, 0))
        for rank, vendor_id in enumerate(ranks, start=1):
            ours = vendor_id.startswith("our")
            await self.do(commands.RegisterVendor(internal(vendor_id) if ours else vendor(vendor_id)))
            kind = "internal" if ours else "external"
            offered = terms(f"terms-{vendor_id}", vendor_id, vendor_kind=kind, rank=rank, **changes)
            await self.do(commands.PublishTerms(offered))

    async def requested(self, *planned_order_ids: str, **changes: Any) -> None:
        """Materials wants shafts."""
        await self.hear(*(request(each, **changes) for each in planned_order_ids or ("p1",)))

    async def order(self, planned_order_id: str = "p1") -> tuple[str, str]:
        """The newest order for a planned order, and its line."""
        rows = await self.rows(
            "SELECT purchase_order_id, purchase_line_id FROM purchase_lines WHERE planned_order_id = :p "
            "ORDER BY purchase_line_id DESC",
            p=planned_order_id,
        )
        order_id, line_id = rows[0]
        return order_id, line_id

    async def acknowledge(
        self, party: str | None = None, planned: str = "p1", **deltas: Any
    ) -> PurchaseOrder:
        """The vendor answers; without deltas, as asked."""
        order_id, line_id = await self.order(planned)
        lines = (LineAnswer(line_id, **deltas),) if deltas else ()
        order: PurchaseOrder = await self.do(commands.AcknowledgeOrder(order_id, lines, party))
        return order

    async def ship(self, quantity: str = "20", party: str | None = None) -> None:
        """The vendor sends goods."""
        order_id, line_id = await self.order()
        part = Shipped(line_id, Quantity(quantity))
        await self.do(commands.NotifyShipment(order_id, new_id(), (part,), NOW + timedelta(days=3), party))

    async def receive(
        self,
        lots: Iterable[tuple[str, str]] = (("heat-1", "20"),),
        *,
        rejected: Sequence[TurnedAway] = (),
        extras: int = 0,
        planned: str = "p1",
    ) -> Receipt:
        """Lots, as (vendor's lot, quantity) pairs, are at the gate."""
        order_id, line_id = await self.order(planned)
        arrived = tuple(ArrivedLot(new_id(), name, Quantity(quantity)) for name, quantity in lots)
        arrival = Arrival(line_id, arrived, tuple(rejected))
        receipt = await self.do(commands.ReceiveGoods(order_id, new_id(), (arrival,), extras, "warehouse-1"))
        assert isinstance(receipt, Receipt)
        return receipt
