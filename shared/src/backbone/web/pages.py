"""How lists are cut into pages: by the key of the last item, under the same filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from backbone.errors import Invalid
from backbone.web.ask import Ask
from backbone.web.describe import PAGE_ITEMS_MAX
from backbone.web.replies import listed

PAGE_ITEMS_USUAL: Final = 50


def page_asked(ask: Ask) -> tuple[str, int]:
    """The key after which a page begins (empty for the first), and how many items it may hold; raises `Invalid`."""
    limit = ask.number("limit", usual=PAGE_ITEMS_USUAL, maximum=PAGE_ITEMS_MAX)
    return ask.request.query_params.get("after", ""), limit


def filter_asked(ask: Ask, name: str) -> str | None:
    """What the query narrows a list to by `name`; None where it narrows nothing."""
    return ask.request.query_params.get(name)


def choice_asked(ask: Ask, name: str, *choices: str) -> str | None:
    """Which of `choices` the query names; None where it names none. Raises `Invalid` for anything else."""
    given = filter_asked(ask, name)
    if given is not None and given not in choices:
        raise Invalid(f"{name} is {' or '.join(choices)}", [(f"?{name}", "unknown")])
    return given


def filters_asked(ask: Ask, *names: str) -> dict[str, str | None]:
    """What the query narrows a list to, by name."""
    return {name: filter_asked(ask, name) for name in names}


def paged(ask: Ask, found: Sequence[tuple[str, Any]], limit: int) -> Response:
    """A page of (key, view) pairs; the address of the next one keeps every filter of this one."""
    following = None
    if len(found) == limit:
        kept = {name: value for name, value in ask.request.query_params.items() if name != "after"}
        following = f"{ask.request.url.path}?{urlencode({**kept, 'after': found[-1][0]})}"
    return listed([view for _, view in found], next_url=following)
