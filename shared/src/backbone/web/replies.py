"""Answers: views as JSON with their ETag and Location, refusals as problems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from backbone.service import Reply
from backbone.wire import encode

JSON = "application/json"


def created(location: str, view: object, *, version: int | None = None) -> Reply:
    """201 with the view of what was made, and where it is: a path as it is read, whatever letters its ids have."""
    # Ids are chosen by people: as they are, they would not fit into a header, or end it.
    return Reply(201, {"content-type": JSON, "location": quote(location), **_tag(version)}, encode(view))


def accepted(location: str, view: object) -> Reply:
    """202 with the view of what was asked, and where it is told how far that is."""
    return Reply(202, {"content-type": JSON, "location": quote(location)}, encode(view))


def done(view: object, *, version: int | None = None) -> Reply:
    """200 with the view of what was changed."""
    return Reply(200, {"content-type": JSON, **_tag(version)}, encode(view))


def found(view: object, *, version: int | None = None) -> Response:
    """200 with the view of what was asked for."""
    return response(done(view, version=version))


def listed(items: Sequence[Any], *, next_url: str | None = None) -> Response:
    """200 with a page of views; the next page, if there is one, as a Link header."""
    headers = {"content-type": JSON}
    if next_url is not None:
        headers["link"] = f'<{next_url}>; rel="next"'
    return Response(encode({"items": list(items), "next": next_url}), 200, headers)


def shown_at(location: str) -> Reply:
    """303 to the page that shows what was done: the answer to a page's form."""
    return Reply(303, {"location": quote(location, safe="/?=&%")}, b"")


def response(reply: Reply) -> Response:
    """The HTTP response of a reply."""
    return Response(reply.body, reply.status, reply.headers)


def _tag(version: int | None) -> dict[str, str]:
    return {} if version is None else {"etag": f'"{version}"'}
