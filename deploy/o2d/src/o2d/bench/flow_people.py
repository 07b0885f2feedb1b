"""The people of the flow: each looks at its list and acts on all that is due, a hundred at a time or one by one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from o2d.bench.flow_masters import MILL, SHOP, need
from o2d.bench.ground import Wrong
from simulator.doors import Doors, Person
from simulator.people.person import Turn, moment
from simulator.scenarios.staff import DISPATCHER, WAREHOUSE

BULK_COUNT_MAX: Final = 100
AT_ONCE_COUNT: Final = 16
PAGE: Final = "limit=200"
ON_THE_ROAD: Final = timedelta(days=1)
OPERATOR: Final = Person("operator", "olga")
WELL: Final = 200


@dataclass(frozen=True, slots=True)
class Act:
    """One act: where it is done alone, and where with others (`bulk`, with `member` in its list)."""

    who: Person
    service: str
    path: str
    body: Mapping[str, Any]
    bulk: str = ""
    member: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Crew:
    """All people; they state `count` needs, and act alone when `single`; `brought` counts what clients accepted."""

    count: int
    single: bool
    calls: int = 0
    stated: bool = False
    brought: int = 0

    @property
    def title(self) -> str:
        """Who they are."""
        return "crew"

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Everybody acts once on everything that is due."""
        turn = Turn()
        acts: list[Act] = []
        if not self.stated:
            self.stated = True
            acts += [Act(SHOP, "orders", "/v1/needs", need(now), "/v1/needs/batch", need(now))] * self.count
        lists = (_quotes, _ordered, _to_ship, _to_take_in, _to_start, _to_end, _offered, _to_send, _brought)
        for listing in lists:
            acts += [act async for act in listing(self, doors, turn, now)]
        await self.do(doors, acts)
        turn.acts += len(acts)
        return turn

    async def items(self, doors: Doors, who: Person, service: str, path: str) -> list[Any]:
        """All pages of a list."""
        found: list[Any] = []
        following: str | None = f"{path}&{PAGE}"
        while following is not None:
            self.calls += 1
            page = await doors.get(who, service, following)
            found += page["items"]
            following = page.get("next")
        return found

    async def do(self, doors: Doors, acts: Iterable[Act]) -> None:
        """Send acts: those that can together in hundreds, others by themselves, a few at a time. Raises `Wrong`."""
        gate = asyncio.Semaphore(AT_ONCE_COUNT)

        async def send(who: Person, service: str, path: str, body: Mapping[str, Any], again: int) -> None:
            async with gate:
                self.calls += 1
                answer = await doors.post(who, service, path, body, again=str(again))
            for each in (answer or {}).get("answers", ()):
                if each["status"] != WELL:
                    raise Wrong(f"{path}: {each}")

        alone = [act for act in acts if self.single or not act.bulk]
        calls = [send(act.who, act.service, act.path, act.body, number) for number, act in enumerate(alone)]
        together: dict[tuple[Person, str, str], list[Mapping[str, Any]]] = {}
        for act in () if self.single else acts:
            if act.bulk:
                together.setdefault((act.who, act.service, act.bulk), []).append(act.member)
        for (who, service, path), members in together.items():
            for start in range(0, len(members), BULK_COUNT_MAX):
                calls.append(
                    send(who, service, path, {"acts": members[start : start + BULK_COUNT_MAX]}, start)
                )
        await asyncio.gather(*calls)


Listing = Callable[[Crew, Doors, Turn, datetime], AsyncIterator[Act]]


async def _quotes(crew: Crew, doors: Doors, turn: Turn, now: datetime) -> AsyncIterator[Act]:
    for quote in await crew.items(doors, SHOP, "orders", "/v1/quotes?state=sent"):
        quote_id = quote["quote_id"]
        yield Act(
            SHOP,
            "orders",
            f"/v1/quotes/{quote_id}/accept",
            {},
            "/v1/quotes/acceptances/batch",
            {"quote_id": quote_id},
        )


async def _ordered(crew: Crew, doors: Doors, turn: Turn, now: datetime) -> AsyncIterator[Act]:
    for order in await crew.items(doors, MILL, "vendors", "/v1/purchase-orders?state=ordered"):
        lines = [
            {
                "purchase_line_id": line["purchase_line_id"],
                "at": max(now, moment(line["wanted_at"])).isoformat(),
            }
            for line in order["lines"]
        ]
        yield _purchase(MILL, order, "acknowledgement", "acknowledgements", {"lines": lines})


async def _to_ship(crew: Crew, doors: Doors, turn: Turn, now: datetime) -> AsyncIterator[Act]:
    for order in await crew.items(doors, MILL, "vendors", "/v1/purchase-orders?state=acknowledged"):
        arrives = max(moment(line["answer"]["at"]) for line in order["lines"])
        if turn.due(arrives - ON_THE_ROAD, now):
            lines = [
                {"purchase_line_id": line["purchase_line_id"], "quantity": line["answer"]["quantity"]}
                for line in order["lines"]
            ]
            body = {"lines": lines, "expected_at": max(arrives, now).isoformat()}
            yield _purchase(MILL, order, "shipments", "shipments", body)


async def _to_take_in(crew: Crew, doors: Doors, turn: Turn, now: datetime) -> AsyncIterator[Act]:
    for order in await crew.items(doors, WAREHOUSE, "vendors", "/v1/purchase-orders?state=shipped"):
        if turn.due(max(moment(line["answer"]["at"]) for line in order["lines"]), now):
            lines = [
                {
                    "purchase_line_id": line["purchase_line_id"],
                    "lots": [{"vendor_lot": line["purchase_line_id"], "quantity": line["shipped"]}],
                }
                for line in order["lines"]
            ]
            yield _purchase(WAREHOUSE, order, "receipts", "receipts", {"lines": lines})


def _purchase(who: Person, order: Mapping[str, Any], alone: str, bulk: str, body: dict[str, Any]) -> Act:
    order_id = order["purchase_order_id"]
    member = {"purchase_order_id": order_id, **body}
    place = "/v1/purchase-orders"
    return Act(who, "vendors", f"{place}/{order_id}/{alone}", body, f"{place}/{bulk}/batch", member)


async def _to_start(crew: Crew, doors: Doors, turn: Turn, now: datetime) -> AsyncIterator[Act]:
    for run in await crew.items(doors, OPERATOR, "production", "/v1/runs?state=allowed"):
        if turn.due(moment(run["starts_at"]), now):
            yield _run(run["run_id"], "start")


async def _to_end(crew: Crew, doors: Doors, turn: Turn, now: datetime) -> AsyncIterator[Act]:
    for run in await crew.items(doors, OPERATOR, "production", "/v1/runs?state=running"):
        lasts = moment(run["ends_at"]) - moment(run["starts_at"])
        if turn.due(max(moment(run["ends_at"]), moment(run["floor"]["started_at"]) + lasts), now):
            yield _run(run["run_id"], "end")


def _run(run_id: str, act: str) -> Act:
    member = {"run_id": run_id, "act": act}
    return Act(OPERATOR, "production", f"/v1/runs/{run_id}/{act}", {}, "/v1/run-acts/batch", member)


async def _offered(crew: Crew, doors: Doors, turn: Turn, now: datetime) -> AsyncIterator[Act]:
    for visit in await crew.items(doors, SHOP, "service-desk", "/v1/visits?state=offered"):
        yield _visit(SHOP, visit, "confirmation", "confirmations", {"offer_no": visit["offer_no"]})


async def _to_send(crew: Crew, doors: Doors, turn: Turn, now: datetime) -> AsyncIterator[Act]:
    for visit in await crew.items(doors, DISPATCHER, "service-desk", "/v1/visits?state=confirmed"):
        if turn.due(moment(visit["starts_at"]), now):
            yield _visit(DISPATCHER, visit, "dispatch", "dispatches", {"freight_minor": 400})


async def _brought(crew: Crew, doors: Doors, turn: Turn, now: datetime) -> AsyncIterator[Act]:
    for visit in await crew.items(doors, SHOP, "service-desk", "/v1/visits?state=dispatched"):
        if turn.due(moment(visit["ends_at"]), now):
            crew.brought += 1
            yield _visit(SHOP, visit, "acceptance", "acceptances", {})


def _visit(who: Person, visit: Mapping[str, Any], alone: str, bulk: str, body: dict[str, Any]) -> Act:
    visit_id = visit["visit_id"]
    member = {"visit_id": visit_id, **body}
    return Act(
        who, "service-desk", f"/v1/visits/{visit_id}/{alone}", body, f"/v1/visits/{bulk}/batch", member
    )
