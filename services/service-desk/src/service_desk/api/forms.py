"""What the doors of the service desk share: pages, filters, and the answer to an act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from backbone.service import Reply
from backbone.web import Ask, Response, done, listed
from service_desk.domain.visit import Visit

PAGE_ITEMS_MAX: Final = 200
PAGE_ITEMS_USUAL: Final = 50


@dataclass(frozen=True, slots=True)
class Taken:
    """The id under which something was taken up or changed, and the state it is in now."""

    id: str
    state: str


@dataclass(frozen=True, slots=True)
class ReasonBody:
    """Why."""

    reason: str


def page(ask: Ask) -> tuple[str, int]:
    """The key after which a page begins, and how much it holds."""
    limit = ask.number("limit", usual=PAGE_ITEMS_USUAL, maximum=PAGE_ITEMS_MAX)
    return ask.request.query_params.get("after", ""), limit


def wanted(ask: Ask, *names: str) -> dict[str, str | None]:
    """What the query narrows the list to; an absent name narrows nothing."""
    return {name: ask.request.query_params.get(name) for name in names}


def paged(ask: Ask, found: list[tuple[str, Any]], limit: int) -> Response:
    """A page, with the address of the next one under the same filters."""
    following = None
    if len(found) == limit:
        query = ask.request.url.include_query_params(after=found[-1][0], limit=limit)
        following = f"{query.path}?{query.query}"
    return listed([view for _, view in found], next_url=following)


def changed(visit: Visit) -> Reply:
    """The answer to an act on a visit: its id and its state."""
    return done(Taken(visit.visit_id, visit.state), version=visit.version)
