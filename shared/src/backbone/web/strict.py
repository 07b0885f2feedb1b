"""Request bodies: strict JSON into frozen dataclasses, every fault with its JSON Pointer."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeVar, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from backbone.errors import Invalid, Refusal
from backbone.wording import plainly

T = TypeVar("T")

BODY_BYTES_MAX: Final = 1024 * 1024
FAULTS_COUNT_MAX: Final = 50
NESTING_DEPTH_MAX: Final = 32
ID_CHARS_MAX: Final = 200
_BETWEEN_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
_UNPLACED: Final = re.compile(r"[/\x00-\x1f\x7f]")


class BodyTooLarge(Refusal):
    """The body has more bytes than any request may have."""

    status = 413


class NotJson(Refusal):
    """The body's content type is not application/json."""

    status = 415


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """The validator of a body type; the OpenAPI document takes its schema from the same one."""
    return TypeAdapter(kind)


async def read_raw(request: Request) -> bytes:
    """The bytes of a JSON body; raises `NotJson` or `BodyTooLarge`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise NotJson("send the body as application/json")
    return await read_bounded(request)


async def read_bounded(request: Request) -> bytes:
    """The bytes of a body; raises `BodyTooLarge` before all of it is read."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > BODY_BYTES_MAX:
        raise BodyTooLarge(f"a body has at most {BODY_BYTES_MAX} bytes")
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_BYTES_MAX:
            raise BodyTooLarge(f"a body has at most {BODY_BYTES_MAX} bytes")
        parts.append(part)
    return b"".join(parts)


def parse(kind: type[T], raw: bytes) -> T:
    """The value of `kind` that strict JSON stands for; raises `Invalid` with a pointer to each fault."""
    _scan(raw)
    try:
        validator: TypeAdapter[T] = adapter(kind)  # type: ignore[arg-type]
        value: T = validator.validate_json(raw, strict=True, extra="forbid")
    except ValidationError as faults:
        found = faults.errors(include_url=False, include_input=False)
        raise Invalid(
            "the body does not have the form that is described",
            [(_pointer(fault["loc"]), plainly(fault)) for fault in found[:FAULTS_COUNT_MAX]],
        ) from faults
    _zones(value, "")
    return value


def placed(given: str, pointer: str) -> str:
    """An id that a body chooses for a thing that is then found under it; raises `Invalid` where no path can hold it."""
    if not 0 < len(given) <= ID_CHARS_MAX:
        raise Invalid("an id is neither empty nor endless", [(pointer, f"1 to {ID_CHARS_MAX} characters")])
    if _UNPLACED.search(given) or given in {".", ".."}:
        raise Invalid("an id stands in a path", [(pointer, "no slash, no control character, not only dots")])
    return given


def _zones(value: object, place: str) -> None:
    """Refuse moments without a time zone: nobody could say when they are."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise Invalid("a moment has no time zone", [(place, "write it with Z or an offset")])
    elif isinstance(value, tuple | list):
        for number, item in enumerate(value):
            _zones(item, f"{place}/{number}")
    else:
        kind: Any = type(value)
        for name in _timed(kind):
            _zones(getattr(value, name), f"{place}/{name}")


@cache
def _timed(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass below which there may be a moment, by its annotations."""
    if not dataclasses.is_dataclass(kind):
        return ()
    hints = get_type_hints(kind)
    return tuple(field.name for field in dataclasses.fields(kind) if _may_hold_moment(hints[field.name]))


def _may_hold_moment(hint: Any) -> bool:
    if isinstance(hint, type) and hint is not object:
        kind: Any = hint
        return issubclass(hint, datetime) or bool(_timed(kind))
    parts = get_args(hint)
    return any(_may_hold_moment(part) for part in parts) if parts else hint in {Any, object}


def _pointer(place: tuple[int | str, ...]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)


def _scan(raw: bytes) -> None:
    """Refuse what parsers are known to read differently: duplicate members, NaN, NUL, lone surrogates, deep nests."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as broken:
        raise Invalid("the body is not UTF-8", [("", f"byte {broken.start} cannot be read")]) from broken
    _nesting(raw)
    try:
        _DECODER.decode(text)
    except ValueError as broken:
        raise Invalid("the body is not JSON", [("", str(broken))]) from broken
    if "\\u" in text:
        _characters(json.loads(text), "")
    elif "\x00" in text:
        raise Invalid("a text has a NUL character", [("", "NUL is not allowed")])


def _nesting(raw: bytes) -> None:
    # Brackets inside texts count too: that only refuses earlier, and a scan of texts would cost more.
    if raw.count(b"[") + raw.count(b"{") <= NESTING_DEPTH_MAX:
        return
    depth = 0
    for byte in raw.translate(None, _BETWEEN_BRACKETS):
        if byte in b"[{":
            depth += 1
            if depth > NESTING_DEPTH_MAX:
                raise Invalid("the body is nested too deeply", [("", f"at most {NESTING_DEPTH_MAX} levels")])
        else:
            depth -= 1


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {twice!r} stands twice in one object")
    return members


def _constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_constant)


def _characters(value: object, place: str) -> None:
    if isinstance(value, str):
        fault = "NUL is not allowed" if "\x00" in value else "lone surrogates are not allowed"
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise Invalid("a text has a character that cannot be kept", [(place, fault)])
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _characters(item, f"{place}/{number}")
    elif isinstance(value, dict):
        for name, item in value.items():
            _characters(name, place)
            _characters(item, f"{place}/{name}")
