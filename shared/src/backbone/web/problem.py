"""From an exception to a problem document, in one table."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlencode

import structlog
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import NoMatchFound

from backbone.errors import Invalid, Pointer, Refusal
from backbone.service.asked import PROBLEM, Reply, problem_of
from backbone.web.paper import paper
from backbone.web.replies import response
from backbone.wording import plainly

log = structlog.get_logger(__name__)

UNAUTHENTICATED: Final = 401
_CODE = re.compile(r"[a-z0-9-]{1,80}")


class NoSuchPage(Refusal):
    """No operation lives at this path."""

    status = 404


class NotAllowedHere(Refusal):
    """The path is right, the method is not."""

    status = 405


class Broken(Refusal):
    """Something failed on our side; nothing was changed unless the same key says so."""

    status = 500


async def on_refusal(request: Request, refusal: Exception) -> Response:
    """A refusal as its problem; as a page when a browser asks."""
    if not isinstance(refusal, Refusal):
        return await on_failure(request, refusal)
    if _is_browser(request):
        if refusal.status == UNAUTHENTICATED and request.method == "GET" and (entrance := _entrance(request)):
            return RedirectResponse(f"{entrance}?{urlencode({'next': request.url.path})}", 303)
        words = refusal.code.replace("-", " ")
        return _page_of(request, words, refusal.detail, refusal.pointers, refusal.status)
    answer = response(problem_of(refusal))
    if refusal.status == UNAUTHENTICATED:
        answer.headers["www-authenticate"] = getattr(refusal, "challenge", "Bearer")
    return answer


async def on_http(request: Request, failure: Exception) -> Response:
    """Starlette's own refusals in our form."""
    status = failure.status_code if isinstance(failure, HTTPException) else 500
    kinds: dict[int, Refusal] = {
        404: NoSuchPage("nothing lives at this path"),
        405: NotAllowedHere("this path does not take that method"),
    }
    answer = await on_refusal(request, kinds.get(status, Invalid("the request cannot be taken")))
    if isinstance(failure, HTTPException) and failure.headers:
        answer.headers.update(failure.headers)
    return answer


async def on_validation(request: Request, failure: Exception) -> Response:
    """Path and query parameters of a wrong form."""
    faults = failure.errors() if isinstance(failure, RequestValidationError) else []
    # The first of its place says only whether it stands in the path or behind it.
    pointers = [("".join(f"/{part}" for part in fault["loc"][1:]), plainly(fault)) for fault in faults]
    return await on_refusal(request, Invalid("a parameter has the wrong form", pointers))


async def on_failure(request: Request, failure: Exception) -> Response:
    """Anything else: told to the log with its trace, to the caller without."""
    log.error("request.failed", path=request.url.path, method=request.method, exc_info=failure)
    return await on_refusal(request, Broken("something failed on our side"))


async def on_gone(request: Request, failure: Exception) -> Response:
    """The caller went away before its request was whole: nothing was begun, and nobody reads an answer."""
    log.info("request.abandoned", path=request.url.path, method=request.method)
    return Response(status_code=400)


async def show_problem(request: Request) -> Response:
    """The page that a problem's `type` leads to."""
    code = request.path_params["code"]
    if not _CODE.fullmatch(code):
        return await on_refusal(request, NoSuchPage("no such problem"))
    return paper(
        code.replace("-", " "),
        "<p>The request was refused for this reason; its <code>detail</code> and <code>errors</code> say what to "
        "change. Refusals keep their answer for the same Idempotency-Key.</p>",
    )


def answer_to(request: Request, reply: Reply) -> Response:
    """The response of a reply; a problem that was kept as a page when a browser asks."""
    if reply.headers.get("content-type") != PROBLEM or not _is_browser(request):
        return response(reply)
    kept = json.loads(reply.body)
    pointers = [(each["pointer"], each["detail"]) for each in kept.get("errors", ())]
    return _page_of(request, kept["title"], kept["detail"], pointers, reply.status)


def _entrance(request: Request) -> str | None:
    """Where to sign in, if pages live here; who is at the entrance already is not sent there again."""
    path = _login(request)
    return path if request.url.path != path else None


def _login(request: Request) -> str | None:
    try:
        return str(request.app.url_path_for("show_login"))
    except NoMatchFound:
        return None


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _page_of(request: Request, words: str, detail: str, pointers: Iterable[Pointer], status: int) -> Response:
    places = [f"{pointer.strip('/')}: {said}".lstrip(": ") for pointer, said in pointers]
    listed = f"<ul>{''.join(f'<li>{html.escape(one)}</li>' for one in places)}</ul>" if places else ""
    return paper(words, f"<p>{html.escape(detail)}</p>{listed}{_way_on(request, status)}", status)


def _way_on(request: Request, status: int) -> str:
    """Where who is refused may go: to the entrance, to the first page, or, where no pages are, to the description."""
    if status == UNAUTHENTICATED and (entrance := _entrance(request)):
        return f'<p><a href="{entrance}">Sign in</a></p>'
    if _login(request) is not None:
        return '<p><a href="/">To the first page</a></p>'
    return '<p><a href="/docs">What this service does</a></p>'
