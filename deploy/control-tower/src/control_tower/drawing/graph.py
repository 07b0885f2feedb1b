"""Services left and right of the topics: who tells which, and who was seen to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from contracts.topics import Topic
from control_tower.domain.words import counted
from control_tower.queries.topics import Carried, Hearing

WIDTH: Final = 1230
TOP: Final = 40
ROW_HEIGHT: Final = 26
TELLER_X: Final = 10
TOPIC_X: Final = 470
HEARER_X: Final = 1070
BOX_WIDTH: Final = 150
TOPIC_WIDTH: Final = 270


@dataclass(frozen=True, slots=True)
class ServiceBox:
    """A service on one side of the picture."""

    name: str
    x: float
    y: float
    trouble: bool


@dataclass(frozen=True, slots=True)
class TopicBox:
    """A topic with its facts a minute; `told` topics are drawn full."""

    name: str
    y: float
    rate: int
    told: bool


@dataclass(frozen=True, slots=True)
class Wire:
    """Who tells, or who answers, as a curve; its width grows with how often."""

    path: str
    strength: float
    text: str


@dataclass(frozen=True, slots=True)
class GraphDrawing:
    """Everything of the picture, in user units of its SVG."""

    width: int
    height: float
    services: list[ServiceBox]
    topics: list[TopicBox]
    wires: list[Wire]


def draw_graph(
    topics: Sequence[Topic],
    carried: Mapping[str, Carried],
    hearings: Sequence[Hearing],
    troubled: frozenset[str],
) -> GraphDrawing:
    """The picture of topics by owner, with what they carried and who answered."""
    height = TOP + ROW_HEIGHT * len(topics) + 10
    rows = {topic.name: TOP + ROW_HEIGHT * (place + 0.5) for place, topic in enumerate(topics)}
    owners = list(dict.fromkeys(topic.owner for topic in topics))
    tellers = {
        owner: sum(rows[topic.name] for topic in topics if topic.owner == owner)
        / sum(topic.owner == owner for topic in topics)
        for owner in owners
    }
    step = (height - TOP) / (len(owners) + 1)
    hearers = {owner: TOP + step * (place + 1) for place, owner in enumerate(owners)}
    boxes = [ServiceBox(name, TELLER_X, y, name in troubled) for name, y in tellers.items()]
    boxes += [ServiceBox(name, HEARER_X, y, name in troubled) for name, y in hearers.items()]
    drawn = [
        TopicBox(name, y, carried[name].facts if name in carried else 0, name in carried)
        for name, y in rows.items()
    ]
    return GraphDrawing(
        WIDTH, height, boxes, drawn, _wires(topics, rows, tellers, hearers, carried, hearings)
    )


def _wires(
    topics: Sequence[Topic],
    rows: Mapping[str, float],
    tellers: Mapping[str, float],
    hearers: Mapping[str, float],
    carried: Mapping[str, Carried],
    hearings: Sequence[Hearing],
) -> list[Wire]:
    wires = []
    for topic in topics:
        rate = carried[topic.name].facts if topic.name in carried else 0
        path = _curve(TELLER_X + BOX_WIDTH, tellers[topic.owner], TOPIC_X, rows[topic.name])
        wires.append(Wire(path, _strength(rate), f"{topic.owner} tells {topic.name}"))
    for one in hearings:
        if one.topic in rows and one.hearer in hearers:
            path = _curve(TOPIC_X + TOPIC_WIDTH, rows[one.topic], HEARER_X, hearers[one.hearer])
            text = f"{one.hearer} answers {one.topic}: {counted(one.answers, 'time')}"
            wires.append(Wire(path, _strength(one.answers), text))
    return wires


def _curve(from_x: float, from_y: float, to_x: float, to_y: float) -> str:
    bend = (from_x + to_x) / 2
    return f"M{from_x:g},{from_y:.1f} C{bend:g},{from_y:.1f} {bend:g},{to_y:.1f} {to_x:g},{to_y:.1f}"


def _strength(count: int) -> float:
    return 1.0 + min(count.bit_length(), 8) / 2
