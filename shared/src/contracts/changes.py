"""Facts of materials and of the service desk: what each answers when an order is to be changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChangeAnswered:
    """Materials keeps a change of an order possible until the hold ends, or `refused` says why it cannot."""

    order_id: str
    change_id: str
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryChangeAnswered:
    """The service desk keeps a change of an order possible until the hold ends, or `refused` says why it cannot."""

    order_id: str
    change_id: str
    refused: str | None = None
