"""Files of items, parameters and lots: sent part by part, tried or taken; refused rows with their reasons."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from backbone.errors import Invalid, NotFound
from backbone.imports.definition import MEDIA
from backbone.web import Ask, Asked
from backbone.web.forms import FORM_KEY, field
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import after_of, path_with, status_of
from control_tower.pages.render import page

OWNER: Final = "materials"
NOT_THERE: Final = 404
KINDS: Final = ("items", "parameters", "lots")
ERRORS_SHOWN_COUNT_MAX: Final = 100
ERRORS_EACH_COUNT: Final = 200
OPERATIONS_COUNT_MAX: Final = 100
OPEN: Final = ("waiting", "running")
DIGITS_MAX: Final = 18


class Imports:
    """The pages; files, their rows and their errors are kept by materials."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter()
        for path, serves, method in (
            ("/imports", self.show_imports, "GET"),
            ("/imports", self.open_import, "POST"),
            ("/imports/{import_id}", self.show_import, "GET"),
            ("/imports/{import_id}", self.settle_import, "POST"),
            ("/imports/{import_id}/parts", self.send_import_part, "POST"),
            ("/imports/{import_id}/errors.csv", self.download_import_errors, "GET"),
        ):
            self.router.add_api_route(path, serves, methods=[method], include_in_schema=False)

    async def show_imports(self, ask: Asked) -> Response:
        """A form for a new import, and those that were started."""
        return await self._imports(ask)

    async def open_import(self, ask: Asked) -> Response:
        """Open an import; its file is sent on its page."""
        form = await ask.form()
        body = {
            "kind": field(form, "kind"),
            "format": field(form, "format"),
            "dry_run": form.get("dry_run") == "yes",
        }
        answer = await self._neighbours.act(ask, OWNER, "/v1/imports", body, field(form, FORM_KEY))
        if answer.body is None:
            return await self._imports(ask, answer)
        return RedirectResponse(f"/imports/{quote(answer.body['import_id'])}", 303)

    async def show_import(self, ask: Asked, import_id: str) -> Response:
        """How far a file has come, how far the work on it is, and the rows that were refused."""
        return await self._import(ask, import_id)

    async def settle_import(self, ask: Asked, import_id: str) -> Response:
        """Send rows that were typed or pasted, start the work on the file, or go no further with it."""
        form = await ask.form()
        act = form.get("act", "")
        if act == "send":
            answer = await self._send(ask, import_id, form)
        elif act in {"start", "cancel"}:
            within = (
                f"imports/{quote(import_id)}/start"
                if act == "start"
                else f"operations/{quote(import_id)}/cancel"
            )
            answer = await self._neighbours.act(ask, OWNER, f"/v1/{within}", {}, field(form, FORM_KEY))
        else:
            raise Invalid("say what is done with the file", [("/act", "send, start or cancel")])
        if answer.trouble:
            return await self._import(ask, import_id, answer)
        return RedirectResponse(f"/imports/{quote(import_id)}", 303)

    async def send_import_part(self, ask: Asked, import_id: str) -> Response:
        """Send the next part of a file that a script reads; says as JSON where the file has ended then."""
        answer = await self._send(ask, import_id, await ask.form())
        if answer.body is not None:
            return JSONResponse({"bytes": answer.body["bytes"], "rows": answer.body["rows"]})
        said = {"trouble": f"{answer.service} {answer.trouble}", "errors": list(answer.errors)}
        return JSONResponse(said, answer.status or 503)

    async def download_import_errors(self, ask: Asked, import_id: str) -> Response:
        """All refused rows as CSV: the line, the code, why, and the row."""
        first = await self._errors(ask, import_id, "", ERRORS_EACH_COUNT)
        if first.body is None:
            raise NotFound(f"no errors of import {import_id}: {first.trouble}")
        headers = {"content-disposition": 'attachment; filename="refused-rows.csv"'}
        return StreamingResponse(self._rows(ask, import_id, first), headers=headers, media_type="text/csv")

    async def _rows(self, ask: Ask, import_id: str, listed: Answer) -> AsyncIterator[str]:
        yield "line,code,detail,row\r\n"
        while True:
            if listed.body is None:
                # What was begun as a file can only be broken off where it cannot be whole.
                raise ConnectionError(listed.trouble)
            written = io.StringIO()
            csv.writer(written).writerows(
                (row["line"], row["code"], row["detail"], row["content"]) for row in listed.body["items"]
            )
            yield written.getvalue()
            after = after_of(listed)
            if not after:
                return
            listed = await self._errors(ask, import_id, after, ERRORS_EACH_COUNT)

    async def _send(self, ask: Ask, import_id: str, form: Mapping[str, str]) -> Answer:
        at = form.get("at", "")
        if not (at.isascii() and at.isdigit() and len(at) <= DIGITS_MAX):
            raise Invalid("say where the part begins", [("/at", "no byte of the file")])
        if form.get("format") not in MEDIA:
            raise Invalid("say how the file is written", [("/format", f"one of {', '.join(MEDIA)}")])
        part = form.get("part", "").encode()
        media = next(media for name, media in MEDIA.items() if name == form["format"])
        path = f"/v1/imports/{quote(import_id, safe='')}"
        return await self._neighbours.send(ask, OWNER, path, part, media, version=f'"{at}"')

    async def _errors(self, ask: Ask, import_id: str, after: str, limit: int) -> Answer:
        path = f"/v1/imports/{quote(import_id, safe='')}/errors"
        return await self._neighbours.shown(
            ask, OWNER, path_with(path, {"after": after, "limit": str(limit)})
        )

    async def _imports(self, ask: Ask, answer: Answer | None = None) -> Response:
        path = f"/v1/operations?limit={OPERATIONS_COUNT_MAX}"
        listed = await self._neighbours.shown(ask, OWNER, path)
        works = listed.body["items"] if listed.body else []
        return page(
            ask,
            "imports.html",
            status=status_of(answer),
            works=[work for work in works if work["kind"] == "import"],
            kinds=KINDS,
            formats=tuple(MEDIA),
            troubles=[each for each in (answer, listed) if each is not None],
        )

    async def _import(self, ask: Ask, import_id: str, answer: Answer | None = None) -> Response:
        path = f"/v1/imports/{quote(import_id, safe='')}"
        shown = await self._neighbours.shown(ask, OWNER, path)
        if shown.body is None:
            raise NotFound(f"no import {import_id}" if shown.status == NOT_THERE else shown.trouble)
        work, errors = None, None
        if shown.body["started"]:
            work = await self._neighbours.shown(ask, OWNER, f"/v1/operations/{quote(import_id, safe='')}")
            errors = await self._errors(ask, import_id, "", ERRORS_SHOWN_COUNT_MAX)
        operation: Mapping[str, Any] | None = work.body if work else None
        return page(
            ask,
            "import.html",
            status=status_of(answer),
            file=shown.body,
            work=operation,
            under_way=operation is not None and operation["state"] in OPEN,
            errors=errors.body["items"] if errors and errors.body else [],
            more=bool(errors and after_of(errors)),
            troubles=[each for each in (answer, work, errors) if each is not None],
        )
