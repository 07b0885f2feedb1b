"""The schedule as a Gantt chart: a lane for each work centre, a row for each machine, setups, stops, due marks, now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from control_tower.drawing.axis import Axis, Tick

WIDTH: Final = 1230
LEFT: Final = 215
RIGHT: Final = 1220
TOP: Final = 34
ROW_HEIGHT: Final = 26
GAP: Final = 10
LETTER_UNITS: Final = 7
# A bar is wide enough to be taken hold of.
BAR_WIDTH_MIN: Final = 4.0
BAR_HEIGHT: Final = 18
MOVABLE: Final = frozenset({"scheduled", "allowed"})


@dataclass(frozen=True, slots=True)
class Row:
    """A machine: where its row lies."""

    work_centre_id: str
    machine_no: int
    y: float


@dataclass(frozen=True, slots=True)
class Lane:
    """A work centre: its title and the stretch of the picture that is its own."""

    title: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """An operation as the service tells it, where it lies, how much of it is setup, and where it is due."""

    one: Mapping[str, Any]
    starts_at: datetime
    ends_at: datetime
    x: float
    y: float
    width: float
    setup_width: float
    due_x: float | None
    movable: bool
    text: str


@dataclass(frozen=True, slots=True)
class Ghost:
    """Where an operation would be after a move that is tried, and from where its bar would go there.

    `from_x` is where it begins now, in its row's middle `from_y`; both are absent where that is not in the picture.
    """

    run_id: str
    operation_no: int
    starts_at: datetime
    ends_at: datetime
    x: float
    y: float
    width: float
    late: bool
    from_x: float | None
    from_y: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A time in which a machine stands still."""

    one: Mapping[str, Any]
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class BoardDrawing:
    """Everything of the picture, in user units of its SVG."""

    width: int
    height: float
    left: int
    right: int
    ticks: list[Tick]
    lanes: list[Lane]
    rows: list[Row]
    bars: list[Bar]
    stops: list[Stop]
    ghosts: list[Ghost]
    now_x: float | None

    @property
    def leaving(self) -> frozenset[tuple[str, int]]:
        """The operations that would go elsewhere, by run and number."""
        return frozenset((ghost.run_id, ghost.operation_no) for ghost in self.ghosts)


def draw_board(
    board: Mapping[str, Any],
    since: datetime,
    until: datetime,
    now: datetime,
    effects: Sequence[Mapping[str, Any]] = (),
) -> BoardDrawing:
    """The picture of a board between two moments, and on it where the `effects` of a move would put what moves."""
    axis = Axis(since, until, LEFT, RIGHT)
    lanes, rows, top = [], [], float(TOP)
    for lane in board["lanes"]:
        height = ROW_HEIGHT * lane["machines"]
        lanes.append(Lane(lane["title"], top, height))
        rows += [
            Row(lane["work_centre_id"], number + 1, top + ROW_HEIGHT * number)
            for number in range(lane["machines"])
        ]
        top += height + GAP
    places = {(row.work_centre_id, row.machine_no): row.y for row in rows}
    bars = [_bar(axis, one, y) for one, y in _placed(board["bars"], places)]
    stops = [_stop(axis, one, y) for one, y in _placed(board["stops"], places)]
    now_x = axis.x(now) if since <= now <= until else None
    drawn = {(bar.one["run_id"], bar.one["operation_no"]): bar for bar in bars}
    ghosts = [
        _ghost(axis, effect, one, y, drawn.get((effect["run_id"], one["operation_no"])))
        for effect in effects
        for one, y in _placed(effect.get("places", ()), places)
        if datetime.fromisoformat(one["ends_at"]) > since and datetime.fromisoformat(one["starts_at"]) < until
    ]
    return BoardDrawing(
        WIDTH, top + 6, LEFT, RIGHT, axis.ticks(), lanes, rows, bars, stops, ghosts, now_x
    )  # fmt: skip


def _placed(
    found: Sequence[Mapping[str, Any]], places: Mapping[tuple[str, int], float]
) -> list[tuple[Mapping[str, Any], float]]:
    """What lies on a machine that is there, with its row."""
    rows = ((one, places.get((one["work_centre_id"], one["machine_no"]))) for one in found)
    return [(one, y) for one, y in rows if y is not None]


def _bar(axis: Axis, one: Mapping[str, Any], y: float) -> Bar:
    begin, end = datetime.fromisoformat(one["starts_at"]), datetime.fromisoformat(one["ends_at"])
    x, width = _across(axis, begin, end)
    minutes = (end - begin).total_seconds() / 60
    setup = width * min(1.0, float(one["setup_minutes"]) / minutes) if minutes else 0.0
    due = datetime.fromisoformat(one["due_at"])
    room, title = int(width // LETTER_UNITS), one["recipe_id"]
    return Bar(
        one, begin, end, x, y + 4, width, round(setup, 1),
        axis.x(due) if axis.start < due < axis.end else None, one["state"] in MOVABLE,
        title if len(title) <= room else (title[: room - 1] + "…" if room > 3 else ""),
    )  # fmt: skip


def _ghost(axis: Axis, effect: Mapping[str, Any], one: Mapping[str, Any], y: float, bar: Bar | None) -> Ghost:
    begin, end = datetime.fromisoformat(one["starts_at"]), datetime.fromisoformat(one["ends_at"])
    x, width = _across(axis, begin, end)
    return Ghost(
        effect["run_id"], one["operation_no"], begin, end, x, y + 4, width, effect["late"],
        None if bar is None else bar.x, None if bar is None else bar.y + BAR_HEIGHT / 2,
        "" if bar is None else bar.one["recipe_id"],
    )  # fmt: skip


def _stop(axis: Axis, one: Mapping[str, Any], y: float) -> Stop:
    begin, end = datetime.fromisoformat(one["starts_at"]), datetime.fromisoformat(one["ends_at"])
    x, width = _across(axis, begin, end)
    return Stop(one, x, y, width)


def _across(axis: Axis, begin: datetime, end: datetime) -> tuple[float, float]:
    x = axis.x(begin)
    return x, max(round(axis.x(end) - x, 1), BAR_WIDTH_MIN)
