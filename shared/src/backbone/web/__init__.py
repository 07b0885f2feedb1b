"""HTTP for every service: strict bodies, one answer a key, problems, and the app that holds them."""

from starlette.responses import Response

from backbone.web.app import build_app
from backbone.web.ask import Ask, Asked
from backbone.web.describe import acts, creates, lists, shows, streams
from backbone.web.live import Feed, LiveEvent
from backbone.web.pages import filter_asked, filters_asked, page_asked, paged
from backbone.web.replies import created, done, found, listed, shown_at
from backbone.web.server import server

__all__ = [
    "Ask",
    "Asked",
    "Feed",
    "LiveEvent",
    "Response",
    "acts",
    "build_app",
    "created",
    "creates",
    "done",
    "filter_asked",
    "filters_asked",
    "found",
    "listed",
    "lists",
    "page_asked",
    "paged",
    "server",
    "shown_at",
    "shows",
    "streams",
]
