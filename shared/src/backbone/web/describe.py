"""What an operation says of itself: body, view, examples and refusals, for the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from backbone.web.strict import adapter
from backbone.wire import encode

MARK: Final = "x-o2d"
_REFERENCE: Final = "#/components/schemas/{model}"
_PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "trace": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_READ_REFUSALS: Final = (400, 401, 403, 404, 414, 422, 431, 503)
_ACT_REFUSALS: Final = (*_READ_REFUSALS, 409, 412, 413, 415, 428)


def creates(view: Any, *, body: Any = None, example: object = None) -> dict[str, Any]:
    """An operation that makes something: 201, Location, ETag; needs an Idempotency-Key."""
    return _described(201, view, body, example, acts=True)


def acts(view: Any, *, body: Any = None, example: object = None) -> dict[str, Any]:
    """An operation that changes something: 200; needs an Idempotency-Key."""
    return _described(200, view, body, example, acts=True)


def shows(view: Any) -> dict[str, Any]:
    """An operation that shows one thing."""
    return _described(200, view, None, None, acts=False)


def lists(view: Any) -> dict[str, Any]:
    """An operation that shows a page of things."""
    return {**_described(200, view, None, None, acts=False, page=True)}


def _described(
    status: int, view: Any, body: Any, example: object, *, acts: bool, page: bool = False
) -> dict[str, Any]:
    mark = {"status": status, "view": view, "body": body, "example": example, "acts": acts, "page": page}
    return {"status_code": status, "response_model": None, "openapi_extra": {MARK: mark}}


def marks_of(app: FastAPI) -> dict[str, dict[str, Any]]:
    """What the operations of an app say of themselves, by operation id; the marks are taken off the routes."""
    marks: dict[str, dict[str, Any]] = {}
    for route in app.routes:
        if isinstance(route, APIRoute) and route.openapi_extra and MARK in route.openapi_extra:
            route.operation_id = route.name
            marks[route.name] = route.openapi_extra[MARK]
            route.openapi_extra = {k: v for k, v in route.openapi_extra.items() if k != MARK} or None
    return marks


def document(app: FastAPI, marks: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The OpenAPI 3.1 document; bodies are described by the validators that read them."""
    described = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    kinds = {mark[part] for mark in marks.values() for part in ("view", "body") if mark[part] is not None}
    inputs = [(kind, "validation", adapter(kind)) for kind in sorted(kinds, key=repr)]
    schemas, shared = adapter(object).json_schemas(inputs, ref_template=_REFERENCE)  # type: ignore[arg-type]
    components = described.setdefault("components", {}).setdefault("schemas", {})
    components.update(shared.get("$defs", {}))
    components["Problem"] = _PROBLEM
    described["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for path in described["paths"].values():
        for operation in path.values():
            mark = marks.get(operation.get("operationId", ""))
            if mark is not None:
                _describe(operation, mark, {kind: schemas[kind, "validation"] for kind in kinds})
    return described


def _describe(operation: dict[str, Any], mark: dict[str, Any], schemas: dict[Any, Any]) -> None:
    operation["security"] = [{"token": []}]
    view = schemas[mark["view"]]
    if mark["page"]:
        view = {
            "type": "object",
            "required": ["items", "next"],
            "properties": {"items": {"type": "array", "items": view}, "next": {"type": ["string", "null"]}},
        }
    answer = {"description": "Done", "content": {"application/json": {"schema": view}}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refusals = _ACT_REFUSALS if mark["acts"] else _READ_REFUSALS
    operation["responses"] = {
        str(mark["status"]): answer,
        **{str(status): {"description": "Refused", "content": problem} for status in refusals},
    }
    if mark["body"] is not None:
        content: dict[str, Any] = {"schema": schemas[mark["body"]]}
        if mark["example"] is not None:
            content["example"] = _plain(mark["example"])
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    if mark["acts"]:
        operation.setdefault("parameters", []).append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "The same key and body give the same answer and one effect.",
                "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
            }
        )


def _plain(example: object) -> object:
    import json

    return json.loads(encode(example))
