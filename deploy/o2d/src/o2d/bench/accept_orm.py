"""The usual way of accepting a need: FastAPI, its models, a session of mapped objects for each request."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import JSON, DateTime, ForeignKey, Numeric
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry, relationship

from backbone.auth import Principal, Verifier
from backbone.ids import new_id
from backbone.service.database import connect
from backbone.tables import asked_keys, outbox
from o2d.bench.accept_ground import CREATED, PATH, POOL_COUNT, Desk

mapping = registry()
# How many needs are there with all their lines.
KEPT: Final = """
    SELECT count(*) FROM (
        SELECT need_id FROM usual_needs JOIN usual_lines USING (need_id) GROUP BY need_id HAVING count(*) = $1
    ) AS whole
"""


class _Mapped:
    """A mapped row."""

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)


class Unsent(_Mapped):
    """A mapped outbox row."""


class Kept(_Mapped):
    """A mapped answer."""

    digest: bytes
    status: int
    headers: str
    body: bytes


mapping.map_imperatively(Unsent, outbox)
mapping.map_imperatively(Kept, asked_keys)


class Rows(DeclarativeBase):
    """The tables of the usual way: a row for the need and a row for each of its lines."""


class NeedRow(Rows):
    """A mapped need."""

    __tablename__ = "usual_needs"

    need_id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str]
    address_id: Mapped[str]
    text: Mapped[str]
    delivery_policy: Mapped[str]
    state: Mapped[str]
    stated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]
    told: Mapped[int]
    lines: Mapped[list[LineRow]] = relationship(order_by="LineRow.line_id")


class LineRow(Rows):
    """A mapped line of a need."""

    __tablename__ = "usual_lines"

    need_id: Mapped[str] = mapped_column(ForeignKey("usual_needs.need_id"), primary_key=True)
    line_id: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    wanted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    text: Mapped[str]
    offer_id: Mapped[str | None]
    required: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


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


async def app_of(place: Desk) -> tuple[FastAPI, AsyncEngine]:
    """The app on its own tables, and the engine that is to be disposed of."""
    engine = connect(place.dsn, name="bench", pool=POOL_COUNT)
    async with engine.begin() as sql:
        await sql.run_sync(Rows.metadata.create_all)
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
            delivery_policy=need.delivery_policy, state="stated", stated_at=now, version=1, told=1,
            lines=[
                LineRow(**line.model_dump(exclude={"required"}), required=plain["required"])
                for line, plain in zip(need.lines, told["lines"], strict=True)
            ],
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
