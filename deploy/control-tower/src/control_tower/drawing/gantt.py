"""Runs on their work centres: a lane each, operations as bars, a line for now, marks where they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from control_tower.drawing.axis import Axis, Tick
from control_tower.queries.plan import Operation

WIDTH: Final = 1230
LEFT: Final = 215
RIGHT: Final = 1220
TOP: Final = 34
ROW_HEIGHT: Final = 24
GAP: Final = 10
BAR_HEIGHT: Final = 18
LETTER_UNITS: Final = 7


@dataclass(frozen=True, slots=True)
class GanttBar:
    """An operation: its place, whether it stands still, and where its run is needed."""

    x: float
    y: float
    width: float
    operation: Operation
    blocked: bool
    late: bool
    due_x: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A work centre: its name and the stretch of the picture that is its own."""

    title: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class GanttDrawing:
    """Everything of the picture, in user units of its SVG."""

    width: int
    height: float
    left: int
    right: int
    ticks: list[Tick]
    lanes: list[Lane]
    bars: list[GanttBar]
    now_x: float


def draw_gantt(
    operations: Sequence[Operation], since: datetime, until: datetime, now: datetime
) -> GanttDrawing | None:
    """The picture of a stretch of the schedule; None when no operation touches it."""
    if not operations:
        return None
    axis = Axis(since, until, LEFT, RIGHT)
    centres: dict[str, list[Operation]] = {}
    for one in operations:
        centres.setdefault(one.work_centre_id, []).append(one)
    lanes, bars, top = [], [], float(TOP)
    for found in centres.values():
        rows = _rows(found)
        height = ROW_HEIGHT * (max(rows.values()) + 1)
        lanes.append(Lane(found[0].work_centre, top, height))
        bars += [
            _bar(axis, one, top + ROW_HEIGHT * rows[one.run_id, one.operation_no] + 3, now) for one in found
        ]
        top += height + GAP
    return GanttDrawing(WIDTH, top + 6, LEFT, RIGHT, axis.ticks(), lanes, bars, axis.x(now))


def _rows(operations: Sequence[Operation]) -> dict[tuple[str, int], int]:
    """Operations of one work centre that overlap (it may have several machines) stand below each other."""
    free_at: list[datetime] = []
    rows = {}
    for one in sorted(operations, key=lambda one: (one.starts_at, one.run_id, one.operation_no)):
        row = next((place for place, moment in enumerate(free_at) if moment <= one.starts_at), len(free_at))
        if row == len(free_at):
            free_at.append(one.ends_at)
        free_at[row] = one.ends_at
        rows[one.run_id, one.operation_no] = row
    return rows


def _bar(axis: Axis, one: Operation, y: float, now: datetime) -> GanttBar:
    x = axis.x(one.starts_at)
    width = max(round(axis.x(one.ends_at) - x, 1), 3.0)
    room = int(width // LETTER_UNITS)
    title = one.recipe or one.run_id[-6:]
    done = one.state in {"ended", "closed"}
    late = (one.due_at is not None and one.ends_at > one.due_at) or (not done and one.ends_at < now)
    return GanttBar(
        x,
        y,
        width,
        one,
        one.state == "held",
        late,
        axis.x(one.due_at) if one.due_at and axis.start < one.due_at < axis.end else None,
        title if len(title) <= room else (title[: room - 1] + "…" if room > 3 else ""),
    )
