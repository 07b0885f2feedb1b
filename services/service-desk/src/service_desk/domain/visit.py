"""A visit or a hand-over: offered, answered by the client, carried out, and ended by the client's word alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from contracts.service_desk import (
    DeliveredLine,
    GoodsDispatched,
    HandOverCompleted,
    HandOverRefused,
    VisitBooked,
    VisitCancelled,
    VisitCompleted,
    VisitConfirmed,
    VisitOffered,
    VisitRefused,
    VisitRescheduled,
    VisitStarted,
)
from contracts.shapes import LotPart
from contracts.values import CostVector, Quantity
from service_desk.domain.goods import Goods, RefusedLot, accepted, by_line, split
from service_desk.domain.report import Report
from service_desk.domain.slot import Team
from service_desk.domain.states import VISIT, VISIT_AHEAD, WrongState, moved
from service_desk.domain.visit_rules import (
    STEP_HOURS_MAX,
    STEP_MINUTES_MIN,
    STEPS_COUNT_MAX,
    ChangeIsPending,
    NothingToOffer,
    NotThisKind,
    OfferIsOutdated,
    TimeHasPassed,
    WorkIsNotReported,
)

CLIENT_SILENT: Final = "client silent"

Fact = object
Kind = Literal["visit", "hand-over"]
AskedBy = Literal["client", "supply", "desk"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment with a client; a visit has `service_id` and `quantity`, a hand-over has `goods`.

    While it is `suspended` others may have what lay ready for it.
    """

    visit_id: str
    kind: Kind
    order_id: str
    need_id: str
    customer_id: str
    place: str
    site_id: str
    currency: str
    line_ids: tuple[str, ...]
    state: str
    service_id: str | None = None
    quantity: Quantity | None = None
    goods: tuple[Goods, ...] = ()
    slot_id: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    technician_ids: tuple[str, ...] = ()
    offer_no: int = 0
    missed_times: int = 0
    freight_minor: int = 0
    report: Report | None = None
    ended_by: str | None = None
    signed_by: str | None = None
    reason: str | None = None
    suspended: bool = False
    held_until: datetime | None = None
    version: int = 0

    def to(self, state: str, **changes: Any) -> Visit:
        """The visit in another state; raises `WrongState`."""
        return replace(self, state=moved(VISIT, f"{self.kind} {self.visit_id}", self.state, state), **changes)

    def must_be(self, kind: Kind) -> None:
        """Raise `NotThisKind` for the other kind."""
        if self.kind != kind:
            raise NotThisKind(f"{self.visit_id} is a {self.kind}")

    def must_be_movable(self) -> None:
        """Raise `WrongState` unless a dispatcher may choose another time: not under way, not ended for good."""
        if not self.ahead and not (self.kind == "visit" and self.state == "refused"):
            raise WrongState(f"{self.kind} {self.visit_id} is {self.state}; it has no other time")

    def must_not_wait(self, now: datetime) -> None:
        """Raise `ChangeIsPending` while the customer has to decide about a change of what takes place."""
        if self.held_until is not None and now < self.held_until:
            raise ChangeIsPending(
                f"{self.kind} {self.visit_id} waits until {self.held_until:%Y-%m-%d %H:%M} for its customer's word"
                " about a change"
            )

    @property
    def ahead(self) -> bool:
        """Whether nobody has begun and nothing has left."""
        return self.state in VISIT_AHEAD

    @property
    def is_silent(self) -> bool:
        """Whether it is held because the client answered nothing; a late answer is still one."""
        return (self.state, self.reason) == ("held", CLIENT_SILENT)

    @property
    def lots(self) -> tuple[LotPart, ...]:
        """All lots of a hand-over."""
        return tuple(lot for each in self.goods for lot in each.lots)

    @property
    def lines(self) -> tuple[DeliveredLine, ...]:
        """The lots of each line."""
        return by_line(self.goods)

    def with_goods(self, goods: Goods) -> Visit:
        """The hand-over with these lots for a schedule line, instead of those it had for it."""
        key = (goods.line_id, goods.schedule_no)
        others = tuple(each for each in self.goods if (each.line_id, each.schedule_no) != key)
        lines = dict.fromkeys((*self.line_ids, goods.line_id))
        return replace(self, goods=(*others, goods), line_ids=tuple(lines))

    def without_goods(self, line_id: str, schedule_no: int) -> Visit:
        """The hand-over when what lay ready for a schedule line does so no more: it waits until that comes again."""
        goods = tuple(
            each for each in self.goods if (each.line_id, each.schedule_no) != (line_id, schedule_no)
        )
        waits = self.state in {"offered", "confirmed"}
        visit = self.to("gathering", reason="goods are not ready any more") if waits else self
        return replace(visit, goods=goods)

    @property
    def gathered(self) -> bool:
        """Whether something lies ready for each of its lines."""
        return bool(self.goods) and set(self.line_ids) <= {each.line_id for each in self.goods}

    def without(self, line_id: str) -> Visit:
        """The visit when one of its lines has ended; its other lines take place."""
        goods = tuple(each for each in self.goods if each.line_id != line_id)
        return replace(self, goods=goods, line_ids=tuple(each for each in self.line_ids if each != line_id))

    def booked(self, slot_id: str, team: Team) -> tuple[Visit, list[Fact]]:
        """People and a time are found for a visit that had none yet."""
        visit = self._timed(slot_id, team).to("booked")
        fact = VisitBooked(
            self.visit_id,
            self.order_id,
            self.line_ids[0],
            team.starts_at,
            team.ends_at,
            team.technician_ids,
        )
        return visit, [fact]

    def _timed(self, slot_id: str, team: Team) -> Visit:
        return replace(
            self,
            slot_id=slot_id,
            starts_at=team.starts_at,
            ends_at=team.ends_at,
            technician_ids=team.technician_ids,
        )

    def rescheduled(self, slot_id: str, team: Team, asked_by: AskedBy) -> tuple[Visit, list[Fact]]:
        """The visit at another time, in the state it is in; the same time is no news."""
        visit = self._timed(slot_id, team)
        if self.starts_at is None:
            return (self.booked(slot_id, team)) if self.kind == "visit" else (visit, [])
        if self.starts_at == team.starts_at:
            return visit, []
        return visit, [
            VisitRescheduled(self.visit_id, self.order_id, self.starts_at, team.starts_at, asked_by)
        ]

    def offered(self) -> tuple[Visit, list[Fact]]:
        """The client is asked whether the time suits; raises `NothingToOffer`."""
        if self.starts_at is None or self.ends_at is None:
            raise NothingToOffer("there is no time to offer")
        if self.kind == "hand-over" and not self.goods:
            raise NothingToOffer("its goods do not lie ready; it is offered when they do")
        self.must_be_movable()
        visit = self.to("offered", offer_no=self.offer_no + 1, reason=None)
        fact = VisitOffered(
            self.visit_id,
            self.kind,
            self.order_id,
            self.line_ids,
            self.customer_id,
            self.starts_at,
            self.ends_at,
            visit.offer_no,
        )
        return visit, [fact]

    def step(self, now: datetime) -> timedelta:
        """How long the client has before the next reminder: a day, less when the visit is near."""
        left = (self.starts_at or now) - now
        step = min(timedelta(hours=STEP_HOURS_MAX), left / STEPS_COUNT_MAX)
        return max(step, timedelta(minutes=STEP_MINUTES_MIN))

    def over(self, now: datetime) -> bool:
        """Whether its time has come or is gone, so that it cannot be confirmed any more."""
        return self.starts_at is None or self.starts_at <= now

    def must_answer(self, offer_no: int | None) -> None:
        """Raise `OfferIsOutdated` for the answer to another offer than the last one."""
        if offer_no is not None and offer_no != self.offer_no:
            raise OfferIsOutdated(f"offer {self.offer_no} is the one to answer")

    def confirmed(self, offer_no: int | None, now: datetime) -> tuple[Visit, list[Fact]]:
        """The time suits the client; saying it twice is once. Raises `TimeHasPassed`, `OfferIsOutdated`."""
        self.must_answer(offer_no)
        if self.state == "confirmed":
            return self, []
        visit = self.to("confirmed")
        if self.starts_at is None or self.over(now):
            raise TimeHasPassed("choose another time")
        return visit, [VisitConfirmed(self.visit_id, self.order_id, self.starts_at)]

    def declined(self, reason: str) -> tuple[Visit, list[Fact]]:
        """The client does not want it; a person decides what becomes of it."""
        visit = self.to("declined", reason=reason, technician_ids=())
        return visit, [VisitCancelled(self.visit_id, self.order_id, reason)]

    def unplanned(self) -> Visit:
        """The visit without people and time, until a date is known."""
        return self.to("unplanned", starts_at=None, ends_at=None, technician_ids=())

    def cancelled(self, reason: str) -> tuple[Visit, list[Fact]]:
        """It will not take place; what has begun or ended stays as it is."""
        if not self.ahead:
            return self, []
        visit = self.to("cancelled", reason=reason, technician_ids=())
        return visit, [VisitCancelled(self.visit_id, self.order_id, reason)]

    def dispatched(self, freight_minor: int) -> tuple[Visit, list[Fact]]:
        """The goods have left, at so much freight."""
        self.must_be("hand-over")
        visit = self.to("dispatched", freight_minor=freight_minor)
        return visit, [GoodsDispatched(self.visit_id, self.order_id, self.site_id, self.lines)]

    def started(self) -> tuple[Visit, list[Fact]]:
        """The people are there and have begun."""
        self.must_be("visit")
        return self.to("started"), [VisitStarted(self.visit_id, self.order_id)]

    def reported(self, report: Report) -> Visit:
        """The work is done, as the technician says."""
        self.must_be("visit")
        return self.to("reported", report=report)

    def accepted(
        self, by: str, signed_by: str | None, refused: Sequence[RefusedLot], reason: str | None
    ) -> tuple[Visit, list[Fact]]:
        """The client's word: the work, or the goods but for what is refused. Raises `NotInTheHandOver`."""
        if self.kind == "visit":
            if refused:
                raise WorkIsNotReported("a visit has no lots", [("/refused", "leave it out")])
            return self._worked(by, signed_by)
        taken, left = split(self.lines, refused)
        goods = accepted(self.goods, refused) or self.goods
        state = "completed" if taken else "refused"
        visit = self.to(state, goods=goods, ended_by=by, signed_by=signed_by, reason=reason)
        facts: list[Fact] = []
        if taken:
            cost = CostVector(self.freight_minor, 0, 0, 0, self.currency)
            facts.append(HandOverCompleted(self.visit_id, self.order_id, self.site_id, taken, cost, by))
        if left:
            facts.append(
                HandOverRefused(self.visit_id, self.order_id, self.site_id, left, reason or "not accepted")
            )
        return visit, facts

    def _worked(self, by: str, signed_by: str | None) -> tuple[Visit, list[Fact]]:
        visit = self.to("completed", ended_by=by, signed_by=signed_by)
        report = self.report
        if report is None:
            raise WorkIsNotReported("nobody has reported the work")
        fact = VisitCompleted(
            self.visit_id, self.order_id, self.line_ids[0], report.quantity, report.minutes, report.parts,
            report.cost, by,
        )  # fmt: skip
        return visit, [fact]

    def refused(self, by: str, signed_by: str | None, reason: str) -> tuple[Visit, list[Fact]]:
        """The client's word: not the work, or none of the goods."""
        visit = self.to("refused", ended_by=by, signed_by=signed_by, reason=reason)
        if self.kind == "visit":
            return visit, [VisitRefused(self.visit_id, self.order_id, self.line_ids[0], reason)]
        return visit, [HandOverRefused(self.visit_id, self.order_id, self.site_id, self.lines, reason)]
