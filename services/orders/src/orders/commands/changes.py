"""What changes of orders are asked or told to do."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.orders import WantedLine
from contracts.shapes import LineQuantity
from orders.domain.change import OwnerAnswer
from orders.domain.wish import LineMoment


@dataclass(frozen=True, slots=True)
class RequestAmendment:
    """Ask whether lines of a promised order may be less or more, come at another moment, or be added."""

    change_id: str
    order_id: str
    lines: tuple[LineQuantity, ...]
    party: str | None
    moments: tuple[LineMoment, ...] = ()
    added: tuple[WantedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestCancellation:
    """Ask whether a promised order may end."""

    change_id: str
    order_id: str
    reason: str
    party: str | None


@dataclass(frozen=True, slots=True)
class TakeChangeAnswer:
    """An owner says whether a change is possible."""

    order_id: str
    change_id: str
    answer: OwnerAnswer


@dataclass(frozen=True, slots=True)
class DecideChange:
    """The customer takes a change as it was answered, or leaves the order as it was."""

    order_id: str
    change_id: str
    committed: bool
    party: str | None


@dataclass(frozen=True, slots=True)
class MissChangeAnswers:
    """The time for answers to a change is over."""

    change_id: str


@dataclass(frozen=True, slots=True)
class ExpireChange:
    """The hold of a change has ended."""

    change_id: str
