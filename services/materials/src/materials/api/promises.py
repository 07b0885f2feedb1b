"""What can be promised, over HTTP: by when, and how much; nothing of it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter

from backbone.web import Asked, Response, acts, done, found, shows
from contracts.shapes import DateStep, DeliveryPolicy, DemandLine
from contracts.values import PropertyWindow, Quantity
from materials import commands, handlers, queries
from materials.domain.header import Answer
from materials.domain.promise import inquired

router = APIRouter()
PRIORITY_USUAL: Final = 2


@dataclass(frozen=True, slots=True)
class InquiryLineBody:
    """So much of an item at a site, in a unit of it (absent: its own), inside a property window, by a moment."""

    sku: str
    site_id: str
    quantity: Quantity
    wanted_at: datetime
    window: tuple[PropertyWindow, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class InquiryBody:
    """1 to 100 lines; with `hold_until` as if they were held until then, else as if they were ordered at once."""

    lines: tuple[InquiryLineBody, ...]
    delivery_policy: DeliveryPolicy = "complete-line"
    hold_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class InquiryView:
    """When how much of each line (`line-1` and so on) can be there, and why not sooner; or why not at all.

    Among the reasons is by when all could be there with a substitute instead of an input; it is not taken by that.

    Quantities are in the item's own unit.
    """

    steps: tuple[DateStep, ...]
    reasons: tuple[str, ...]
    refused: str | None
    next_possible_at: datetime | None


TEN_SHAFTS: Final = InquiryBody(
    (InquiryLineBody("shaft", "plant-1", Quantity(10), datetime(2026, 7, 1, 12, tzinfo=UTC)),)
)


@router.post("/v1/promises", **acts(InquiryView, body=InquiryBody, example=TEN_SHAFTS))
async def inquire_promise(ask: Asked) -> Response:
    """Say by when lines could be promised, from stock, what is to come, and what could be made or bought."""
    body = await ask.body(InquiryBody)
    lines = tuple(
        DemandLine(
            f"line-{number}",
            "good",
            each.sku,
            each.quantity,
            each.unit or "",
            each.site_id,
            each.wanted_at,
            each.window,
        )
        for number, each in enumerate(body.lines, start=1)
    )
    command = commands.InquirePromise(inquired(lines), body.delivery_policy, PRIORITY_USUAL, body.hold_until)
    return await ask.act(handlers.inquire_promise, command, reply=lambda answer: done(_view(answer)))


def _view(answer: Answer) -> InquiryView:
    steps = tuple(sorted(answer.steps, key=lambda step: (step.at, step.line_id)))
    return InquiryView(steps, answer.reasons, answer.refused, answer.next_possible_at)


@router.get("/v1/items/{sku}/atp", **shows(queries.AtpOfItem))
async def show_atp(ask: Asked, sku: str) -> Response:
    """How much of an item may be promised, from when on: ATP(t) = max(0, min of supply - demand from t on)."""
    async with ask.read() as sql:
        return found(await queries.find_atp(sql, sku, ask.now))
