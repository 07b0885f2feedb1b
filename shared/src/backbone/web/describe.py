"""What an operation says of itself: body, view, examples and refusals, for the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from backbone.web.strict import adapter
from backbone.webhooks.described import webhooks_of
from backbone.wire import encode

MARK: Final = "x-o2d"
# How many items a page holds, unless a list says more.
PAGE_ITEMS_MAX: Final = 200
# One tag of RFC 9110; which of them is a version is not for the description to say.
ENTITY_TAG: Final = r'^(W/)?"[\x21\x23-\x7e]*"$'
TEXT: Final[Mapping[str, Any]] = {"type": "string"}
_KINDS: Final[dict[str, Any]] = {}
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


def acts(
    view: Any, *, body: Any = None, example: object = None, versioned: bool = False, status: int = 200
) -> dict[str, Any]:
    """An operation that changes something: 200, or 202 and Location where that takes a while.

    Needs an Idempotency-Key, a versioned one If-Match too.
    """
    described = _described(status, view, body, example, acts=True)
    described["openapi_extra"][MARK]["versioned"] = versioned
    return described


def parts(view: Any, *, example: str, media: Iterable[str]) -> dict[str, Any]:
    """An operation that takes a file on from where it has ended, as If-Match says; it needs no other key."""
    described = _described(200, view, None, None, acts=True)
    described["openapi_extra"][MARK] |= {
        "versioned": True,
        "keyed": False,
        "takes": dict.fromkeys(media, example),
    }
    return described


def shows(view: Any, **query: Mapping[str, Any]) -> dict[str, Any]:
    """An operation that shows one thing; `query` gives the JSON Schema of what may be asked for, by name."""
    return _asking(_described(200, view, None, None, acts=False), query)


def lists(
    view: Any, *narrowed_by: str, most: int = PAGE_ITEMS_MAX, **query: Mapping[str, Any]
) -> dict[str, Any]:
    """An operation that shows a page of at most `most` things, or all of them where `most` is 0.

    `narrowed_by` names its filters that take any text, `query` gives the JSON Schema of the others.
    """
    paging = {"after": TEXT, "limit": whole(most)} if most else {}
    described = _described(200, view, None, None, acts=False, page=True)
    return _asking(described, {**dict.fromkeys(narrowed_by, TEXT), **query, **paging})


def whole(maximum: int) -> Mapping[str, Any]:
    """The JSON Schema of a whole number from 1 to `maximum`."""
    return {"type": "integer", "minimum": 1, "maximum": maximum}


def one_of(*choices: str) -> Mapping[str, Any]:
    """The JSON Schema of a choice."""
    return {"type": "string", "enum": list(choices)}


def _asking(described: dict[str, Any], query: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    described["openapi_extra"][MARK]["query"] = {name: dict(schema) for name, schema in query.items()}
    return described


def streams(view: Any) -> dict[str, Any]:
    """An operation that goes on sending events, each with such a view as its data."""
    described = _described(200, view, None, None, acts=False)
    described["openapi_extra"][MARK]["media"] = "text/event-stream"
    return described


def _described(
    status: int, view: Any, body: Any, example: object, *, acts: bool, page: bool = False
) -> dict[str, Any]:
    # The mark travels through FastAPI as plain JSON; types are looked up by name when the document is made.
    mark: dict[str, Any] = {"status": status, "view": _named(view), "acts": acts, "page": page}
    if body is not None:
        mark["body"] = _named(body)
    if example is not None:
        mark["example"] = _plain(example)
    return {"status_code": status, "response_model": None, "openapi_extra": {MARK: mark}}


def _named(kind: Any) -> str:
    name = f"{kind.__module__}.{kind.__qualname__}"
    _KINDS[name] = kind
    return name


def document(app: FastAPI, told: Mapping[str, type] | None = None) -> dict[str, Any]:
    """The OpenAPI 3.1 document; bodies are described by the validators that read them.

    `told` are the facts, by type, that the service sends to webhooks.
    """
    described = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    marks = [(operation, operation.pop(MARK)) for operation in operations if MARK in operation]
    names = {mark[part] for _, mark in marks for part in ("view", "body") if part in mark}
    inputs: list[Any] = [(name, "validation", adapter(_KINDS[name])) for name in sorted(names)]
    schemas, shared = TypeAdapter.json_schemas(inputs, ref_template=_REFERENCE)
    components = described.setdefault("components", {}).setdefault("schemas", {})
    components.update(shared.get("$defs", {}))
    components["Problem"] = _PROBLEM
    described["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for operation, mark in marks:
        _describe(operation, mark, {name: schemas[name, "validation"] for name in names})
    if told:
        described["webhooks"], facts = webhooks_of(told)
        components.update(facts)
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
    answer: dict[str, Any] = {
        "description": "Done",
        "content": {mark.get("media", "application/json"): {"schema": view}},
    }
    if mark["status"] in {201, 202}:
        answer["headers"] = {"Location": {"required": True, "schema": {"type": "string"}}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refusals = _ACT_REFUSALS if mark["acts"] else _READ_REFUSALS
    operation["responses"] = {
        str(mark["status"]): answer,
        **{str(status): {"description": "Refused", "content": problem} for status in refusals},
    }
    if "body" in mark:
        content: dict[str, Any] = {"schema": schemas[mark["body"]]}
        if "example" in mark:
            content["example"] = _plain(mark["example"])
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    if "takes" in mark:
        text = {"type": "string"}
        content = {media: {"schema": text, "example": line} for media, line in mark["takes"].items()}
        operation["requestBody"] = {"required": True, "content": content}
    if parameters := [*_heads(mark), *_questions(mark)]:
        operation.setdefault("parameters", []).extend(parameters)


def _heads(mark: dict[str, Any]) -> list[dict[str, Any]]:
    heads = []
    if mark["acts"] and mark.get("keyed", True):
        told = "The same key and body give the same answer and one effect."
        heads.append(_head("Idempotency-Key", told, "^[!-~]{1,128}$"))
    if mark.get("versioned"):
        heads.append(_head("If-Match", "The ETag of the version that was seen.", ENTITY_TAG))
    return heads


def _head(name: str, description: str, pattern: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": "header", "required": True, "description": description, "schema": schema}


def _questions(mark: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": schema} for name, schema in mark.get("query", {}).items()]


def _plain(example: object) -> object:
    return json.loads(encode(example))
