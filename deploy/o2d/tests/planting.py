"""Facts with something planted in them, and what the checks say of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from o2d.verify.catalogue import CHECKS, Check, prove
from o2d.verify.ground import Ground
from o2d.verify.tables import ROW_CHECKS

OF_ROWS = {check.name for check in ROW_CHECKS}
OF_FACTS = [check for check in CHECKS if check.name not in OF_ROWS]
Change = Callable[[list[Any]], list[Any]]


def broken(of: Ground, checks: Sequence[Check] = OF_FACTS) -> dict[str, str]:
    """The first violation of each check that has any."""
    return {check.name: finding.first[0] for check, finding in prove(of, checks) if finding.wrong}


def without(kind: type, **fields: Any) -> Change:
    """The story without the facts of a kind that have these fields."""
    return lambda facts: [fact for fact in facts if not _is(fact, kind, fields)]


def changed(kind: type, found: dict[str, Any] | None = None, **fields: Any) -> Change:
    """The story with the facts of a kind (that have the fields of `found`) changed."""
    return lambda facts: [replace(fact, **fields) if _is(fact, kind, found or {}) else fact for fact in facts]


def after(kind: type, *more: Any, **fields: Any) -> Change:
    """The story with more facts behind the first of a kind that has these fields."""

    def insert(facts: list[Any]) -> list[Any]:
        place = next(number for number, fact in enumerate(facts) if _is(fact, kind, fields)) + 1
        return [*facts[:place], *more, *facts[place:]]

    return insert


def _is(fact: Any, kind: type, fields: dict[str, Any]) -> bool:
    return isinstance(fact, kind) and all(getattr(fact, name) == value for name, value in fields.items())
