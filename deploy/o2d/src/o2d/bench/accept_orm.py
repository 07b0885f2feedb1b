"""The usual way of accepting a need: FastAPI, its models, a session of mapped objects for each request."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import registry

from backbone.auth import Principal, Verifier
from backbone.ids import new_id
from backbone.service.database import connect
from backbone.tables import asked_keys, outbox
from o2d.bench.accept_ground import CREATED, PATH, POOL_COUNT, Desk
from orders.tables import needs

mapping = registry()


class _Mapped:
    """A mapped row."""

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)


class NeedRow(_Mapped):
    """A mapped need."""


class Unsent(_Mapped):
    """A mapped outbox row."""


class Kept(_Mapped):
    """A mapped answer."""

    digest: bytes
    status: int
    headers: str
    body: bytes


mapping.map_imperatively(NeedRow, needs)
mapping.map_imperatively(Unsent, outbox)
mapping.map_imperatively(Kept, asked_keys)


class LimitModel(BaseModel):
    """A property window."""

    model_config = ConfigDict(extra="forbid")

    name: str
    scale: str
    minimum: Decimal | None = None
    maximum: Decimal | None = None


class LineModel(BaseModel):
    """One thing that is needed."""

    model_config = ConfigDict(extra="forbid")

    line_id: str
    quantity: Decimal = Field(gt=0)
    wanted_at: datetime
    text: str = ""
    offer_id: str | None = None
    required: list[LimitModel] = []


class NeedModel(BaseModel):
    """What a customer needs."""

    model_config = ConfigDict(extra="forbid")

    lines: list[LineModel] = Field(min_length=1, max_length=200)
    text: str = ""
    delivery_policy: str = "complete-order"
    address_id: str = "main"


class NeedAnswer(BaseModel):
    """The need that was taken up."""

    need_id: str
    customer_id: str
    state: str
    stated_at: datetime


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    sessions: async_sessionmaker[AsyncSession] = request.app.state.sessions
    async with sessions() as made, made.begin():
        yield made


async def _principal(request: Request, authorization: Annotated[str, Header()]) -> Principal:
    verifier: Verifier = request.app.state.verifier
    return await verifier.authenticate(authorization)


def app_of(place: Desk) -> tuple[FastAPI, AsyncEngine]:
    """The app, and the engine that is to be disposed of."""
    engine = connect(place.dsn, name="bench", pool=POOL_COUNT)
    app = FastAPI()
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    app.state.verifier = place.verifier
    app.post(PATH, status_code=CREATED, response_model=NeedAnswer)(_state_need)
    return app, engine


async def _state_need(
    need: NeedModel,
    request: Request,
    response: Response,
    idempotency_key: Annotated[str, Header()],
    who: Annotated[Principal, Depends(_principal)],
    # Committed before the answer goes out: an answer is a promise that the row is there.
    sql: Annotated[AsyncSession, Depends(_session, scope="function")],
) -> Any:
    if who.role != "customer" or who.party is None:
        raise HTTPException(403)
    digest = hashlib.sha256(await request.body()).digest()
    kept = await sql.get(Kept, (who.name, "orders.state_need", idempotency_key))
    if kept is not None:
        if kept.digest != digest:
            raise HTTPException(422)
        response.headers["location"] = json.loads(kept.headers)["location"]
        return NeedAnswer.model_validate_json(kept.body)
    answer = _taken(sql, need, who.party)
    headers = {"location": f"{PATH}/{answer.need_id}"}
    row = Kept(
        principal=who.name, operation="orders.state_need", key=idempotency_key, digest=digest,
        status=CREATED, headers=json.dumps(headers), body=answer.model_dump_json().encode(),
    )  # fmt: skip
    sql.add(row)
    response.headers.update(headers)
    return answer


def _taken(sql: AsyncSession, need: NeedModel, customer_id: str) -> NeedAnswer:
    now = datetime.now(UTC)
    if any(line.wanted_at <= now for line in need.lines):
        raise HTTPException(422)
    need_id = new_id()
    told = {"need_id": need_id, "customer_id": customer_id, **need.model_dump(mode="json")}
    sql.add(
        NeedRow(
            need_id=need_id, customer_id=customer_id, address_id=need.address_id, text=need.text,
            lines=told["lines"], delivery_policy=need.delivery_policy, state="stated", stated_at=now,
            version=1, told=1,
        )
    )  # fmt: skip
    headers = json.dumps([["ce_type", "o2d.need.stated.v1"], ["ce_subject", need_id]])
    payload = json.dumps(told).encode()
    sql.add(
        Unsent(
            event_id=uuid.UUID(new_id()),
            topic="orders.need.v1",
            key=need_id,
            headers=headers,
            payload=payload,
        )
    )
    return NeedAnswer(need_id=need_id, customer_id=customer_id, state="stated", stated_at=now)
