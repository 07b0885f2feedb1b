"""What can be asked of the schedule: a whole site anew, one operation elsewhere, setups by sequence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from production.domain.scheduling.proposal import Proposal
from production.domain.scheduling.site import Changeover


@dataclass(frozen=True, slots=True)
class SetChangeovers:
    """Say what setups take after each other at a work centre; replaces what was said before."""

    work_centre_id: str
    changeovers: tuple[Changeover, ...]


@dataclass(frozen=True, slots=True)
class AskSchedule:
    """Schedule the open runs of a site anew; nothing moves before it is accepted."""

    proposal: Proposal


@dataclass(frozen=True, slots=True)
class AcceptSchedule:
    """Move the runs to where a proposed schedule has them."""

    schedule_id: str
    by: str


@dataclass(frozen=True, slots=True)
class RejectSchedule:
    """Leave the runs where they are; the schedule is accepted by nobody any more."""

    schedule_id: str
    by: str


@dataclass(frozen=True, slots=True)
class MoveOperation:
    """Put an operation of a run on a machine at a moment; others give way. A trial changes nothing.

    Inside the frozen time only `forced`, and then with a reason.
    """

    run_id: str
    operation_no: int
    work_centre_id: str
    machine_no: int
    starts_at: datetime
    dry_run: bool
    forced: bool
    reason: str
    by: str
