"""What a page's form sends: bounded, UTF-8, each field once; and its fields as text, moments and quantities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request

from backbone.errors import Invalid
from backbone.web.strict import read_bounded

T = TypeVar("T")

FORM_TOKEN: Final = "form_token"  # noqa: S105  (the name of a field)
FORM_KEY: Final = "idempotency_key"
FIELDS_COUNT_MAX: Final = 1_000
FIELD_CHARS_MAX: Final = 500
QUANTITY_DIGITS_MAX: Final = 30
MEDIA_TYPE: Final = "application/x-www-form-urlencoded"


def is_form(request: Request) -> bool:
    """Whether the body is a form's."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == MEDIA_TYPE


async def form_of(request: Request) -> dict[str, str]:
    """The fields of the form, read once a request; raises `Invalid`, `BodyTooLarge`."""
    known: dict[str, str] | None = getattr(request.state, "form", None)
    if known is None:
        known = request.state.form = _parsed(await read_bounded(request))
    return known


def field(form: Mapping[str, str], name: str) -> str:
    """A field that has to be filled in; raises `Invalid`."""
    given = form.get(name, "").strip()
    if not 1 <= len(given) <= FIELD_CHARS_MAX:
        raise Invalid(
            f"{name} has 1 to {FIELD_CHARS_MAX} characters", [(f"/{name}", "too short or too long")]
        )
    return given


def moment_of(form: Mapping[str, str], name: str) -> str:
    """A moment that was picked at a page, where all are in UTC, as services read it; raises `Invalid`."""
    given = field(form, name)
    try:
        return datetime.fromisoformat(given).replace(tzinfo=UTC).isoformat()
    except ValueError:
        raise Invalid(f"{name} is no moment", [(f"/{name}", "like 2026-03-09T08:00")]) from None


def quantity_of(form: Mapping[str, str], name: str) -> str:
    """A quantity as services read it; raises `Invalid` for what is no number."""
    given = field(form, name)
    try:
        number = Decimal(given)
    except InvalidOperation:
        raise Invalid(f"{name} is no number", [(f"/{name}", "like 12.5")]) from None
    # A few signs may stand for a number that fills the memory when it is written out.
    if not number.is_finite() or abs(number.adjusted()) > QUANTITY_DIGITS_MAX:
        raise Invalid(f"{name} is no quantity", [(f"/{name}", "too large, or too fine")])
    return format(number, "f")


def value_of(form: Mapping[str, str], name: str, kind: Callable[[str], T]) -> T:
    """A number as `kind` reads it; raises `Invalid` for what is no number, or none for `kind` (its ValueError)."""
    given = quantity_of(form, name)
    try:
        return kind(given)
    except ValueError as wrong:
        raise Invalid(f"{name} cannot be taken", [(f"/{name}", str(wrong))]) from wrong


def _parsed(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_COUNT_MAX
        )
    except (UnicodeDecodeError, ValueError) as broken:
        raise Invalid("the form cannot be read", [("", str(broken))]) from broken
    form = dict(pairs)
    if len(form) != len(pairs):
        raise Invalid("a field of the form stands twice")
    for name, value in pairs:
        if "\x00" in name or "\x00" in value:
            raise Invalid("a field has a NUL character", [(f"/{name}", "NUL is not allowed")])
    return form
