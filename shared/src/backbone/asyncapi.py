"""Facts described for others: a JSON Schema for each fact and an AsyncAPI 3 document for all."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from backbone.wire import SCHEMA_BASE, Catalogue, Topic

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_QUANTITY: Final = {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"}
_HEADERS: Final = {
    "type": "object",
    "required": [
        "content-type", "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time",
        "ce_recordedtime", "ce_dataschema", "ce_partitionkey", "ce_sequence"
    ],
    "properties": {
        "content-type": {"const": "application/json"},
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid"},
        "ce_source": {"type": "string"},
        "ce_type": {"type": "string"},
        "ce_subject": {"type": "string"},
        "ce_time": {"type": "string", "format": "date-time", "description": "business time"},
        "ce_recordedtime": {"type": "string", "format": "date-time", "description": "wall clock"},
        "ce_dataschema": {"type": "string", "format": "uri"},
        "ce_partitionkey": {"type": "string"},
        "ce_sequence": {"type": "string", "pattern": "^[0-9]{20}$"},
        "ce_correlationid": {"type": "string"},
        "ce_causationid": {"type": "string"},
        "traceparent": {"type": "string"},
    },
}  # fmt: skip


def by_hook(kind: type) -> dict[str, Any]:
    """The schema of a value that says itself how it looks on the wire."""
    if hasattr(kind, "parse"):
        return dict(_QUANTITY)
    raise TypeError(f"{kind.__name__} has no form on the wire")


def schema_of(fact: type, name: str) -> dict[str, Any]:
    """The JSON Schema of a fact's value; writers are closed, readers take members that they do not know."""
    (root,), parts = msgspec.json.schema_components(
        [fact], schema_hook=by_hook, ref_template="#/$defs/{name}"
    )
    body = parts.pop(root["$ref"].rpartition("/")[2])
    schema = {"$schema": _DIALECT, "$id": f"{SCHEMA_BASE}/{name}.json", **body}
    if parts:
        schema["$defs"] = parts
    return schema


def schemas_of(catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    """The JSON Schemas of all facts, by type name."""
    return {
        name: schema_of(fact, name)
        for topic in catalogue.topics
        for fact in topic.facts
        for name in (catalogue.type_of(fact),)
    }


def asyncapi(catalogue: Catalogue, title: str, owners: Iterable[str]) -> dict[str, Any]:
    """The AsyncAPI 3 document of the topics that `owners` tell."""
    told = set(owners)
    topics = [topic for topic in catalogue.topics if topic.owner in told]
    messages = {fact.__name__: _message(catalogue, fact) for topic in topics for fact in topic.facts}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": title,
            "version": "1.0.0",
            "description": "Facts in CloudEvents 1.0 binary mode: attributes are Kafka headers, the value is JSON. "
            "Order holds for each key; a fact may arrive more than once.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in topics},
        "operations": {
            f"hear {topic.name}": {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{topic.name}"},
                "messages": [
                    {"$ref": f"#/channels/{topic.name}/messages/{fact.__name__}"} for fact in topic.facts
                ],
            }
            for topic in topics
        },
        "components": {"messages": messages},
    }


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name,
        "description": f"told by {topic.owner}, in order for each {topic.key}",
        "messages": {
            fact.__name__: {"$ref": f"#/components/messages/{fact.__name__}"} for fact in topic.facts
        },
        "bindings": {
            "kafka": {
                "topicConfiguration": {"cleanup.policy": ["compact" if topic.compacted else "delete"]},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _message(catalogue: Catalogue, fact: type) -> dict[str, Any]:
    name = catalogue.type_of(fact)
    return {
        "name": name,
        "title": fact.__name__,
        "summary": inspect.getdoc(fact) or "",
        "contentType": "application/json",
        "headers": _HEADERS,
        "payload": schema_of(fact, name),
    }


def personal_fields(fact: type) -> tuple[str, ...]:
    """The fields of a fact that say something about a person."""
    return tuple(field.name for field in dataclasses.fields(fact) if field.metadata.get("personal"))


def lost(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What a reader of the old schema would miss in facts of the new one; empty when the change only adds.

    Compared are members (none may go, none may change its form) and what is required (nothing may stop being).
    """
    found = []
    parts = {"": (old, new)} | {
        f"{name}.": (part, new.get("$defs", {}).get(name, {})) for name, part in old.get("$defs", {}).items()
    }
    for place, (before, after) in parts.items():
        for member, form in before.get("properties", {}).items():
            if member not in after.get("properties", {}):
                found.append(f"{place}{member} is gone")
            elif _form(form) != _form(after["properties"][member]):
                found.append(f"{place}{member} has another form")
        found.extend(
            f"{place}{member} is no longer certain"
            for member in before.get("required", ())
            if member not in after.get("required", ())
        )
    return found


def _form(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name not in {"description", "title", "default"}}
