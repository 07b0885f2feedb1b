"""Acts in bulk: many in one request under one key, an answer for each; what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from backbone.errors import Invalid, Refused
from backbone.service import Reply
from backbone.service.asked import PROBLEM_TYPE_BASE
from backbone.web.replies import done

T = TypeVar("T")

ACTS_COUNT_MAX: Final = 100


class NumberOfActs(Invalid):
    """Too few or too many acts in one request."""


@dataclass(frozen=True, slots=True)
class ActView:
    """The answer to one act: what came of it and its state, or the refusal's code and words."""

    status: int
    id: str | None = None
    state: str | None = None
    type: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class BulkView:
    """The answers, in the order of the acts."""

    answers: tuple[ActView, ...]


def many(acts: Sequence[T]) -> Sequence[T]:
    """The acts of a body; raises `NumberOfActs` unless there are 1 to 100."""
    if not 1 <= len(acts) <= ACTS_COUNT_MAX:
        raise NumberOfActs("the number of acts is limited", [("/acts", f"1 to {ACTS_COUNT_MAX}")])
    return acts


def one_by_one(view: Callable[[T], ActView]) -> Callable[[Sequence[T | Refused]], Reply]:
    """The reply to acts in bulk; `view` shows what came of one that was taken."""

    def reply(answers: Sequence[T | Refused]) -> Reply:
        return done(BulkView(tuple(_answer(each, view) for each in answers)))

    return reply


def _answer(each: T | Refused, view: Callable[[T], ActView]) -> ActView:
    if isinstance(each, Refused):
        refusal = each.refusal
        return ActView(refusal.status, type=f"{PROBLEM_TYPE_BASE}{refusal.code}", detail=refusal.detail)
    return view(each)
