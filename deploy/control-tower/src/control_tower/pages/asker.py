"""What a page needs of its asker beside the principal: the token to hand on, and the fields of a form."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlsplit

from backbone.errors import Forbidden, Invalid
from backbone.web import Ask

FORM_BYTES_MAX: Final = 16 * 1024
FIELDS_COUNT_MAX: Final = 20


def token_of(ask: Ask) -> str:
    """The asker's own bearer token: services see the person, and the control tower needs no right of its own."""
    return ask.request.headers.get("authorization", "").partition(" ")[2]


async def form_of(ask: Ask) -> dict[str, str]:
    """The fields of a form that was sent from a page of ours; raises `Forbidden` or `Invalid`."""
    origin = ask.request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != ask.request.headers.get("host"):
        raise Forbidden("the form was not sent from a page of ours")
    parts, size = [], 0
    async for part in ask.request.stream():
        size += len(part)
        if size > FORM_BYTES_MAX:
            raise Invalid(f"a form has at most {FORM_BYTES_MAX} bytes")
        parts.append(part)
    try:
        text = b"".join(parts).decode()
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_COUNT_MAX, errors="strict")
    except ValueError as broken:
        raise Invalid("the form cannot be read") from broken
    if any("\x00" in value for _, value in fields):
        raise Invalid("NUL is not allowed")
    return dict(fields)
