"""The messages of webhooks as OpenAPI 3.1 describes them: one for each fact that a service tells."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from backbone.asyncapi import by_hook
from backbone.webhooks.posting import MEDIA
from backbone.wire import encode

# Facts stand beside the bodies of operations, whose names may be the same.
_REFERENCE: Final = "#/components/schemas/fact.{name}"
_TEXT: Final = {"type": "string"}
_MOMENT: Final = {"type": "string", "format": "date-time"}
_HEADERS: Final = {
    "webhook-id": "The fact's id: the same however often it is sent.",
    "webhook-timestamp": "When it was sent, in seconds since 1970.",
    "webhook-signature": "By each live secret: v1, a comma, and the signature (Standard Webhooks 1.0).",
}
_EVENT: Final = {
    "type": "object",
    "description": "A fact as a CloudEvent in JSON format, as `/v1/events` shows it.",
    "required": ["specversion", "id", "source", "type", "subject", "time", "sequence", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "source": _TEXT,
        "type": _TEXT,
        "subject": _TEXT,
        "time": {**_MOMENT, "description": "business time"},
        "recordedtime": {**_MOMENT, "description": "wall clock"},
        "sequence": {"type": "string", "pattern": "^[0-9]{20}$"},
        "correlationid": _TEXT,
        "causationid": _TEXT,
    },
}


def webhooks_of(told: Mapping[str, type]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The `webhooks` of these facts by their type, and the schemas that they refer to by name."""
    references, parts = msgspec.json.schema_components(
        list(told.values()), schema_hook=by_hook, ref_template=_REFERENCE
    )
    # As JSON has it: defaults are tuples among facts.
    plain: dict[str, Any] = json.loads(encode(parts))
    schemas = {f"fact.{name}": part for name, part in plain.items()} | {"fact.event": _EVENT}
    named = zip(told.items(), references, strict=True)
    return {kind: {"post": _message(kind, fact, data)} for (kind, fact), data in named}, schemas


def _message(kind: str, fact: type, data: Mapping[str, Any]) -> dict[str, Any]:
    event = {
        "allOf": [
            {"$ref": _REFERENCE.format(name="event")},
            {"properties": {"type": {"const": kind}, "data": data}},
        ]
    }
    return {
        "operationId": kind,
        "summary": fact.__name__,
        "description": inspect.getdoc(fact) or "",
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": says, "schema": _TEXT}
            for name, says in _HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {MEDIA: {"schema": event}}},
        "responses": {
            "2XX": {"description": "Taken; anything else is tried again."},
            "410": {"description": "Nothing more is wanted: the endpoint is disabled."},
        },
    }
