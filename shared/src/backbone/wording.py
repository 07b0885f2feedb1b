"""What a value should be that was refused, in plain words instead of those of the library that reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# By the kind of a fault, or by how its name begins.
_SHOULD_BE: Final = {
    "missing": "it is missing",
    "unexpected_keyword_argument": "nothing is known under this name",
    "extra_forbidden": "nothing is known under this name",
    "dataclass": "an object with members",
    "dict": "an object with members",
    "tuple": "a list",
    "list": "a list",
    "string": "a text in quotes",
    "int": "a whole number",
    "bool": "true or false",
    "datetime": "a moment like 2026-03-09T08:00:00Z",
    "timezone": "a moment with its zone, like 2026-03-09T08:00:00Z",
    "date": "a day like 2026-03-09",
    "time": "a time of day like 08:00",
    "url": "an address like https://example.org",
}
ELSE: Final = "it has not the form that is described"


def plainly(fault: Mapping[str, Any]) -> str:
    """A fault that pydantic found, for whoever made it: what is wrong with the value, or what it should be."""
    kind: str = fault["type"]
    # What a kind of ours refuses says itself what it takes.
    if kind in {"value_error", "not_a_value"}:
        said: str = fault["msg"]
        return said.removeprefix("Value error, ")
    if kind == "literal_error":
        expected: str = fault["ctx"]["expected"]
        return expected.replace("'", "")
    return _SHOULD_BE.get(kind) or _SHOULD_BE.get(kind.partition("_")[0], ELSE)
