"""How lists of production are cut into pages."""

from __future__ import annotations

from urllib.parse import urlencode

from backbone.web import Ask, Response, listed

PAGE_ITEMS_MAX = 200
PAGE_ITEMS_USUAL = 50


def asked_page(ask: Ask) -> tuple[str, int]:
    """The key after which a page begins, and how long it may be."""
    limit = ask.number("limit", usual=PAGE_ITEMS_USUAL, maximum=PAGE_ITEMS_MAX)
    return ask.request.query_params.get("after", ""), limit


def asked(ask: Ask, name: str) -> str | None:
    """A filter of the query, None where it is not used."""
    return ask.request.query_params.get(name)


def page(ask: Ask, found: list[tuple[str, object]], limit: int) -> Response:
    """A page; the next one keeps every filter of this one."""
    following = None
    if len(found) == limit:
        kept = {name: value for name, value in ask.request.query_params.items() if name != "after"}
        following = f"{ask.request.url.path}?{urlencode({**kept, 'after': found[-1][0]})}"
    return listed([view for _, view in found], next_url=following)
