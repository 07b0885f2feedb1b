"""HTTP for every service: strict bodies, one answer a key, problems, and the app that holds them."""

from starlette.responses import Response

from backbone.web.app import build_app
from backbone.web.ask import Ask, Asked
from backbone.web.describe import TEXT, acts, creates, lists, one_of, shows, streams, whole
from backbone.web.live import Feed, LiveEvent
from backbone.web.pages import choice_asked, filter_asked, filters_asked, page_asked, paged
from backbone.web.replies import created, done, found, listed, shown_at
from backbone.web.server import server
from backbone.web.strict import placed

__all__ = [
    "TEXT",
    "Ask",
    "Asked",
    "Feed",
    "LiveEvent",
    "Response",
    "acts",
    "build_app",
    "choice_asked",
    "created",
    "creates",
    "done",
    "filter_asked",
    "filters_asked",
    "found",
    "listed",
    "lists",
    "one_of",
    "page_asked",
    "paged",
    "placed",
    "server",
    "shown_at",
    "shows",
    "streams",
    "whole",
]
