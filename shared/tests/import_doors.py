"""A door at which marbles arrive by the file, and the work on them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Final

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.clock import SteppedClock
from backbone.errors import Invalid, Refused
from backbone.imports import Import, router
from backbone.operations import routes as operations
from backbone.operations.working import Working
from backbone.service import Batch, Host, Tx, answered, together
from backbone.testing_issuer import Issuer
from backbone.testing_support import eventually
from backbone.web import build_app
from shared.tests import jars
from shared.tests.jars import PutMarbles

OPERATIONS: Final = (
    "create_import", "show_import", "send_part", "start_file", "list_import_errors",
    "list_operations", "show_operation", "watch_operation", "cancel_work",
)  # fmt: skip
POLICY: Final = {
    **{f"jars.{name}": frozenset({"admin", "planner", "sales"}) for name in OPERATIONS},
    "jars.put": frozenset({"admin", "planner"}),
}
CSV: Final = "text/csv"


@dataclass(frozen=True, slots=True)
class MarblesRow:
    """Marbles for a jar."""

    jar_id: str
    count: int


def marbles_of(row: MarblesRow) -> PutMarbles:
    """Put them in; nobody takes any out this way."""
    if row.count < 0:
        raise Invalid("marbles are put in", [("/count", "below 0")])
    return PutMarbles(row.jar_id, row.count)


@together
async def put_each(commands: Batch[PutMarbles], tx: Tx) -> list[int | Refused]:
    """Put marbles into jars; a jar that is not there refuses its own marbles alone."""
    rows = (await tx.sql.execute(jars.LOCK, {"ids": sorted({each.jar_id for each in commands})})).all()
    held: dict[str, int] = {row.jar_id: row.marbles for row in rows}
    tx.locked(jars.COUNTED, {row.jar_id: row.told for row in rows})

    def put(command: PutMarbles) -> int:
        if command.jar_id not in held:
            raise Invalid(f"no jar {command.jar_id}", [("/jar_id", "unknown")])
        held[command.jar_id] += command.count
        tx.emit(jars.MarblesCounted(command.jar_id, held[command.jar_id]), because=command)
        return held[command.jar_id]

    answers = [answered(lambda each=each: put(each)) for each in commands]  # type: ignore[misc]
    saved = {"jar_id": list(held), "marbles": list(held.values()), "added": [""] * len(held)}
    await tx.sql.execute(jars.SAVE, {**saved, "told": [tx.tells(jars.COUNTED, key) for key in held]})
    return answers


IMPORTS: Final = (Import("marbles", "put", MarblesRow, marbles_of, put_each),)


class Door:
    """A client at the door, and the host behind it."""

    def __init__(self, client: httpx.AsyncClient, host: Host, headers: Mapping[str, str]) -> None:
        self.client = client
        self.host = host
        self._headers = headers
        self._keys = count()

    async def get(self, path: str) -> Any:
        """What is there."""
        answer = await self.client.get(path, headers=self._headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        """What comes of an act."""
        headers = {**self._headers, "idempotency-key": f"k{next(self._keys)}"}
        answer = await self.client.post(path, headers=headers, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def send(self, import_id: str, content: Any, at: int | None, media: str = CSV) -> httpx.Response:
        """A part of a file."""
        match = {} if at is None else {"if-match": f'"{at}"'}
        headers = {**self._headers, **match, "content-type": media}
        return await self.client.patch(f"/v1/imports/{import_id}", headers=headers, content=content)

    async def open(self, content: bytes | None = None, **body: Any) -> str:
        """An import, with its file if there is one."""
        opened = await self.post("/v1/imports", {"kind": "marbles", **body}, 201)
        if content is not None:
            media = "application/jsonl" if body.get("format") == "jsonl" else CSV
            answer = await self.send(opened["import_id"], content, 0, media)
            assert answer.status_code == 200, answer.text
        return str(opened["import_id"])

    async def started(self, content: bytes, **body: Any) -> str:
        """An import with its whole file, started."""
        import_id = await self.open(content, **body)
        await self.post(f"/v1/imports/{import_id}/start", status=202)
        return import_id

    async def ended(self, operation_id: str) -> Any:
        """The operation when it is over."""

        async def over() -> Any:
            view = await self.get(f"/v1/operations/{operation_id}")
            return view if view["state"] in {"done", "failed", "cancelled"} else None

        return await eventually(over, of="the end of the operation")


@asynccontextmanager
async def door_of(engine: AsyncEngine, issuer: Issuer, role: str = "admin") -> AsyncIterator[Door]:
    """The door, with nobody at work behind it; one jar `a` stands there."""
    await jars.host_on(engine)
    service = replace(jars.SERVICE, routes=(router, operations.router), imports=IMPORTS)
    host = Host(service, engine, SteppedClock(jars.START))
    await host.do(jars.open_jar, jars.OpenJar("a"))
    app = build_app(host, title="jars", policy=POLICY, verifier=issuer.verifier())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://jars") as client:
        yield Door(client, host, issuer.headers(role))


@asynccontextmanager
async def at_work(host: Host) -> AsyncIterator[None]:
    """Somebody works on the operations until the block ends."""
    working = Working(host)
    task = asyncio.create_task(working.run())
    try:
        yield
    finally:
        working.stop()
        await task
