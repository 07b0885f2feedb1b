"""What clients send back, at the desk."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.returns import ReturnAuthorised
from service_desk.domain.returning import LotQuantity


@dataclass(frozen=True, slots=True)
class AwaitReturn:
    """A client may send goods back."""

    fact: ReturnAuthorised


@dataclass(frozen=True, slots=True)
class ReceiveReturn:
    """Goods of a client are back."""

    return_id: str
    lots: tuple[LotQuantity, ...]
