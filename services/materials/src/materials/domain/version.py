"""Versions of the plan of whole sites: asked for, computed beside, ready, and one of them live at each site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from backbone.errors import Refusal
from contracts.plans import PlanPublished
from contracts.shapes import ActionKind
from materials.domain.advice import EARLY_DAYS_MAX
from materials.domain.book import Book
from materials.domain.message import close_message, open_message
from materials.domain.supply import PlannedOrder

PlanState = Literal["computing", "ready", "live", "superseded", "abandoned"]
Keeps = Literal["firm", "planned"]
# Of more the later ones wait for the next publication.
MESSAGES_COUNT_MAX: Final = 500
LATER_SHOWN_COUNT: Final = 20
# That many are planned anew under the locks of their sites in a few seconds.
REPLACED_COUNT_MAX: Final = 4_000
_ASKED: Final[tuple[ActionKind, ...]] = ("cancel", "defer")
# Beside those that are live; the oldest of the others go.
VERSIONS_KEPT_COUNT: Final = 8


class PlanIsNotReady(Refusal):
    """Only a version that is ready can be published."""


class PlanMakesLater(Refusal):
    """A version serves committed lines or live holds later than they are served now; a planner may accept that."""


class PlanReplacesNothing(Refusal):
    """A version that keeps all that is planned takes the place of nothing."""


class PlanReplacesTooMuch(Refusal):
    """The sites of a version have more planned orders than are replaced in one act."""


class PlanVersion(NamedTuple):
    """A version of the plan of some sites; what it holds never changes once it is ready.

    It `keeps` what is firm, or all that is planned. `loaded_at` is the moment whose state it was made from; it goes
    from the day of `first_at` to that of `last_at`.
    """

    plan_id: str
    plan_no: int
    site_id: str | None
    sites: tuple[str, ...]
    keeps: Keeps
    state: PlanState
    asked_by: str
    asked_at: datetime
    loaded_at: datetime | None = None
    published_at: datetime | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    demands_count: int = 0
    supplies_count: int = 0
    orders_count: int = 0
    pegs_count: int = 0
    missing_count: int = 0
    late_count: int = 0
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """A line or hold that a version serves later than it is served now, or not at all."""

    demand_id: str
    now_on: date
    available_on: date | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """When a version wants an ordered supply, absent when never, and when that comes; `asked` whether an act is."""

    planned_order_id: str
    there_at: datetime
    wanted_at: datetime | None
    asked: bool = False

    @property
    def early_days(self) -> int:
        """How many days it comes before it is wanted, below 0 when it comes too late."""
        return (self.wanted_at - self.there_at).days if self.wanted_at is not None else 0

    @property
    def matters(self) -> bool:
        """Whether somebody is to act, or has been asked to and need not any more."""
        return self.asked or self.wanted_at is None or not 0 <= self.early_days <= EARLY_DAYS_MAX

    @property
    def urgency(self) -> tuple[bool, int, str]:
        """What nobody wants first, then what comes the farthest from when it is wanted."""
        return (self.wanted_at is not None, -abs(self.early_days), self.planned_order_id)


def publish(
    version: PlanVersion, later: Sequence[Later], now: datetime, *, accepts_later: bool
) -> PlanVersion:
    """The version as the live one; raises `PlanIsNotReady` and `PlanMakesLater`."""
    if version.state != "ready":
        raise PlanIsNotReady(f"the plan is {version.state}; one that is ready can be published")
    if not accepts_later:
        refuse_later(later)
    return version._replace(state="live", published_at=now)


def refuse_later(later: Sequence[Later]) -> None:
    """Raises `PlanMakesLater` where there are lines or holds that come later."""
    if not later:
        return
    told = [
        (f"/demands/{each.demand_id}", f"{each.now_on} becomes {each.available_on or 'never'}")
        for each in later[:LATER_SHOWN_COUNT]
    ]
    raise PlanMakesLater(f"{len(later)} committed lines or holds come later; accept that or plan again", told)


def replaceable(version: PlanVersion, planned_order_ids: Sequence[str]) -> Sequence[str]:
    """The planned orders that a version takes the place of; raises `PlanReplacesNothing` and `PlanReplacesTooMuch`."""
    if version.keeps == "planned":
        raise PlanReplacesNothing(
            "the plan keeps all that is planned; one that keeps what is firm replaces it"
        )
    if len(planned_order_ids) > REPLACED_COUNT_MAX:
        raise PlanReplacesTooMuch(
            f"more than {REPLACED_COUNT_MAX} orders are planned at its sites; publish it and act by its messages"
        )
    return planned_order_ids


def told(
    version: PlanVersion, replaced: Iterable[str], later: int, messages: int, renewed: tuple[int, int]
) -> PlanPublished:
    """The fact that a version is the live one; `renewed` says how many orders it dropped and planned instead."""
    return PlanPublished(
        version.plan_id,
        version.sites,
        version.orders_count,
        version.missing_count,
        later,
        messages,
        tuple(replaced),
        *renewed,
    )


def ask_to_act(book: Book, wanted: Iterable[Wanted]) -> int:
    """Open the action messages that a version implies and close those that it does not; how many it implies."""
    implied = 0
    for each in wanted:
        order = book.orders.get(each.planned_order_id)
        if order is None or order.ended or (order.state == "planned" and not order.firm(book.now)):
            continue
        kind, reason = _implied(each, order)
        for other in _ASKED:
            if other != kind:
                close_message(book, each.planned_order_id, "the plan wants it otherwise", other)
        if kind is None:
            continue
        open_message(book, order, kind, reason, each.wanted_at)
        implied += 1
    return implied


def _implied(wanted: Wanted, order: PlannedOrder) -> tuple[ActionKind | None, str]:
    """What a planner is to do about an ordered supply; what runs already is neither cancelled nor put off."""
    if wanted.wanted_at is None:
        may_go = order.state in {"planned", "released", "confirmed"}
        return ("cancel" if may_go else None), "the plan has no use for it"
    if wanted.early_days < 0:
        return "expedite", "the plan wants it earlier"
    may_wait = wanted.early_days > EARLY_DAYS_MAX and not order.begun
    return ("defer" if may_wait else None), "the plan wants it later"
