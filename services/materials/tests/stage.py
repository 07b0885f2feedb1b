"""A running materials service on a database of its own, and short ways to tell it things and see what it told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec
from sqlalchemy import text

from backbone.clock import SteppedClock
from backbone.deadlines import Deadlines
from backbone.ids import new_id
from backbone.service import Batch, Host, Tx
from backbone.wire import Incoming, encode
from contracts.shapes import LotPart
from contracts.topics import topic_of, type_name
from contracts.values import CostVector, PropertyValue, Quantity
from materials import commands, handlers
from materials.__main__ import SERVICE
from materials.domain.item import Item, Parameters, Site
from materials.domain.supply import PlannedOrder
from materials.store.sheets import PLANNED_ORDERS

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

    async def last(self, kind: type[F]) -> F:
        """The newest fact of a kind."""
        return (await self.told(kind))[-1]

    async def all_told(self) -> list[object]:
        """All facts that were told, in order."""
        rows = await self.rows("SELECT topic, key, headers, payload FROM outbox ORDER BY id")
        return [
            SERVICE.catalogue.decode(
                Incoming(topic, 0, 0, key, tuple(map(tuple, msgspec.json.decode(headers))), payload, 0)
            )
            for topic, key, headers, payload in rows
        ]

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        """Rows as tuples."""
        async with self.host.read() as sql:
            return [tuple(row) for row in await sql.execute(text(statement), values)]

    async def parked(self) -> list[Any]:
        """What waits, and for what."""
        return await self.rows("SELECT subscription, kind, waits_for FROM parked_key ORDER BY 1")

    async def pass_time(self, **span: float) -> None:
        """Let business time pass and deadlines fall due, twice over."""
        self.clock.advance(self.clock.now() + timedelta(**span))
        for _ in range(2):
            await Deadlines(self.host, _always).fire()

    async def silence(self, **span: float) -> None:
        """So much time passes by the wall in which nobody answers."""
        wall = datetime.now(UTC) + timedelta(**span)
        await Deadlines(self.host, _always, recorded_now=lambda: wall).fire()

    async def opened(self, *items: str, sites: tuple[str, ...] = ("plant-1",)) -> None:
        """Sites, and items that are counted in pieces."""
        for site_id in sites:
            await self.do(commands.DefineSite(Site(site_id, site_id, "ours", 1, None)))
        for sku in items:
            await self.do(commands.DefineItem(Item(sku, sku, "piece", 1_000_000)))

    async def asked_run(self, planned_order_id: str, sku: str) -> None:
        """A run of one of an item that production was asked for, whoever wants it."""
        now = self.clock.now()
        order = PlannedOrder(
            planned_order_id=planned_order_id, site_id="plant-1", sku=sku, source="make", quantity_micro=1_000_000,
            runs_micro=1_000_000, lead_days=1, calendar_id=None, floor_at=now, starts_at=now, due_at=now,
            confirmed_at=None, expected_at=now, release_at=now, state="released", held=False, automatic=True,
            priority=1,
        )  # fmt: skip

        async def add(rows: Batch[PlannedOrder], tx: Tx) -> list[None]:
            PLANNED_ORDERS.own(tx, rows)
            await PLANNED_ORDERS.put(tx, rows)
            return [None] * len(rows)

        await self.host.do(add, order)

    async def stock(
        self,
        lot_id: str,
        sku: str,
        quantity: str,
        *properties: PropertyValue,
        bought_in: int = 1_000,
        site_id: str = "plant-1",
    ) -> None:
        """A lot that lies there from the beginning."""
        cost = CostVector(bought_in, 0, 0, 0, "EUR")
        lot = LotPart(lot_id, sku, Quantity(quantity), cost, properties)
        await self.do(commands.BookLot(site_id, lot))

    async def planned_by(self, sku: str, **changes: Any) -> None:
        """How an item is planned at plant-1."""
        values: dict[str, Any] = {
            "source": "make", "minimum_micro": 0, "multiple_micro": 0, "maximum_micro": 0, "safety_micro": 0,
            "lead_days": 0, "fence_days": 0, "from_site_id": None, "automatic": True, "site_id": "plant-1",
            **changes,
        }  # fmt: skip
        await self.do(commands.SetParameters(Parameters(sku=sku, **values)))

    async def planned(self) -> list[tuple[str, str, str, str]]:
        """Item, source, state and quantity of each planned order, by item and id."""
        rows = await self.rows(
            "SELECT sku, source, state, quantity_micro FROM planned_orders ORDER BY sku, planned_order_id"
        )
        return [(sku, source, state, str(Quantity.of_micro(micro))) for sku, source, state, micro in rows]

    async def order_of(self, sku: str) -> str:
        """The id of the newest planned order for an item."""
        rows = await self.rows(
            "SELECT planned_order_id FROM planned_orders WHERE sku = :sku ORDER BY planned_order_id", sku=sku
        )
        return str(rows[-1][0])

    async def balances(self) -> dict[tuple[str, str], tuple[str, str]]:
        """(lot, store) -> (on hand, reserved), empty stores left out."""
        rows = await self.rows(
            "SELECT lot_id, store, on_hand_micro, reserved_micro FROM stocks WHERE on_hand_micro > 0"
        )
        return {
            (lot_id, store): (str(Quantity.of_micro(on_hand)), str(Quantity.of_micro(reserved)))
            for lot_id, store, on_hand, reserved in rows
        }

    async def books_are_whole(self) -> None:
        """Moves sum up to stock, reservations to pegs, coverage to pegs: at every moment, whatever happened."""
        assert not await self.rows(
            """
            SELECT lot_id, site_id, store FROM stocks
            LEFT JOIN (SELECT lot_id, site_id, store, sum(quantity_micro) AS moved, sum(bought_in_minor) AS cost
                       FROM moves GROUP BY 1, 2, 3) AS ledger USING (lot_id, site_id, store)
            WHERE on_hand_micro <> coalesce(moved, 0) OR bought_in_minor <> coalesce(cost, 0)
            """
        )
        assert not await self.rows(
            """
            SELECT stocks.lot_id FROM stocks
            LEFT JOIN (SELECT supply_id, site_id, sum(pegs.quantity_micro) AS pegged FROM pegs
                       JOIN demands USING (demand_id) WHERE pegs.planned_order_id IS NULL GROUP BY 1, 2) AS held
            ON supply_id = lot_id AND held.site_id = stocks.site_id
            WHERE store = 'main' AND reserved_micro <> coalesce(pegged, 0)
            """
        )
        assert not await self.rows(
            """
            SELECT demand_id FROM demands
            LEFT JOIN (SELECT demand_id, sum(quantity_micro) AS pegged FROM pegs GROUP BY 1) AS held USING (demand_id)
            WHERE covered_micro <> coalesce(pegged, 0)
            """
        )
        assert not await self.rows(
            """
            SELECT receipt_id FROM receipts
            LEFT JOIN (SELECT supply_id, sum(quantity_micro) AS pegged FROM pegs GROUP BY 1) AS held
            ON supply_id = receipt_id WHERE pegged_micro <> coalesce(pegged, 0)
            """
        )
