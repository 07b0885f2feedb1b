"""What several doors of production share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from backbone.web import Ask, choice_asked
from production import queries


@dataclass(frozen=True, slots=True)
class Taken:
    """The id of what was taken up or changed, and the state it is in now."""

    id: str
    state: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """A body without members."""


@dataclass(frozen=True, slots=True)
class ReasonBody:
    """Why."""

    reason: str


def first_asked(ask: Ask) -> queries.End:
    """Which end of a list `first` names: the oldest unless it says otherwise; raises `Invalid`."""
    return cast(queries.End, choice_asked(ask, "first", *queries.ENDS) or queries.ENDS[0])
