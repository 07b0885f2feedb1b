"""What two versions of a recipe say differently: part by part, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, Literal

from contracts.outside import OutsideWork
from contracts.recipes import Operation
from contracts.values import PropertyValue, PropertyWindow
from production.domain.recipe import Content

Part = Literal["recipe", "input", "output", "operation", "parameter", "share"]
_PARTS: Final = frozenset({"inputs", "outputs", "operations", "fixed_shares"})


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a part (named by `key`) that is said differently; absent where a version has no such."""

    part: Part
    key: str
    field: str
    was: str | None
    now: str | None


def difference(was: Content, now: Content) -> tuple[Change, ...]:
    """All that `now` says differently, in the order of its parts; nothing for two that say the same."""
    before, after = _said(was), _said(now)
    keys = [*after, *(key for key in before if key not in after)]
    found = [
        Change(part, key, field, old.get(field), new.get(field))
        for part, key in keys
        for old, new in ((before.get((part, key), {}), after.get((part, key), {})),)
        for field in [*new, *(field for field in old if field not in new)]
        if old.get(field) != new.get(field)
    ]
    return tuple(found)


def _said(content: Content) -> dict[tuple[Part, str], dict[str, str]]:
    said: dict[tuple[Part, str], dict[str, str]] = {("recipe", ""): _fields(content, without=_PARTS)}
    for part in content.inputs:
        said["input", _key(said, "input", f"{part.sku}@{part.operation_no}")] = _fields(part)
    for output in content.outputs:
        said["output", output.sku] = _fields(output)
    for step in content.operations:
        said["operation", str(step.operation_no)] = _fields(step, without=frozenset({"parameters"}))
        said |= _parameters(step)
    for share in content.fixed_shares:
        said["share", share.sku] = _fields(share)
    return said


def _parameters(step: Operation) -> dict[tuple[Part, str], dict[str, str]]:
    return {("parameter", f"{step.operation_no}/{each.name}"): _fields(each) for each in step.parameters}


def _key(said: Mapping[tuple[Part, str], object], part: Part, name: str) -> str:
    """The name of a part; a second one of the same name is told apart by its number."""
    same = sum(1 for kind, key in said if kind == part and key.partition("#")[0] == name)
    return f"{name}#{same + 1}" if same else name


def _fields(part: Any, without: Iterable[str] = ()) -> dict[str, str]:
    return {each.name: _text(getattr(part, each.name)) for each in fields(part) if each.name not in without}


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, PropertyValue):
        return f"{value.name} {value.value} {value.scale}"
    if isinstance(value, PropertyWindow):
        ends = ("" if end is None else str(end) for end in (value.minimum, value.maximum))
        return f"{value.name} {' to '.join(ends)} {value.scale}"
    if isinstance(value, OutsideWork):
        days = f"{value.out_days}, {value.work_days} and {value.back_days} days there, at work and back"
        return f"{value.quantity} {value.sku}, {days}"
    if isinstance(value, tuple):
        return ", ".join(map(_text, value))
    return "" if value is None else str(value)
