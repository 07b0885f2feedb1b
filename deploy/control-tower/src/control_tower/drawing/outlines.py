"""Outlines of the boxes of a transformation tree, as paths: what a box is can be told without its colour."""

from __future__ import annotations

from typing import Final

SLOPE: Final = 9
ROUND: Final = 3
Point = tuple[float, float]


def outline_of(way: str, x: float, y: float, width: float, height: float) -> str:
    """The path of a box of this kind, or way to produce, whose corner is at `x` and `y` (user units of the SVG)."""
    right, bottom, middle = x + width, y + height, y + height / 2
    if way == "separation":  # opens from one to many
        return _through((x, y + SLOPE), (right, y), (right, bottom), (x, bottom - SLOPE))
    if way == "congregation":  # closes from many to one
        return _through((x, y), (right, y + SLOPE), (right, bottom - SLOPE), (x, bottom))
    if way == "modification":  # passes through
        into, out = x + SLOPE, right - SLOPE
        return _through((x, y), (out, y), (right, middle), (out, bottom), (x, bottom), (into, middle))
    if way == "peg":  # a label with its corners cut
        return _through(
            (x + SLOPE, y), (right - SLOPE, y), (right, y + SLOPE), (right, bottom - SLOPE),
            (right - SLOPE, bottom), (x + SLOPE, bottom), (x, bottom - SLOPE), (x, y + SLOPE),
        )  # fmt: skip
    if way == "vendor":  # somebody outside: round ends
        half = height / 2
        return (
            f"M{x + half:g},{y:g} H{right - half:g} A{half:g},{half:g} 0 0 1 {right - half:g},{bottom:g} "
            f"H{x + half:g} A{half:g},{half:g} 0 0 1 {x + half:g},{y:g} Z"
        )
    frame = _through((x, y), (right, y), (right, bottom), (x, bottom))
    if way == "line":  # where all of it leads to: a double frame
        near, far = x + ROUND, right - ROUND
        return f"{frame} {_through((near, y + ROUND), (far, y + ROUND), (far, bottom - ROUND), (near, bottom - ROUND))}"
    return frame


def _through(*points: Point) -> str:
    return "M" + " L".join(f"{x:g},{y:g}" for x, y in points) + " Z"
