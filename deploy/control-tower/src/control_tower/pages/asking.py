"""What pages that act have in common: fields of a form, and a service asked to act with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from backbone.errors import Invalid
from backbone.web import Ask
from control_tower.gateways import Answer

FIELD_CHARS_MAX: Final = 500
REFUSALS: Final = range(400, 500)


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
        raise Invalid(f"{name} is a moment", [(f"/{name}", "no moment")]) from None


def quantity_of(form: Mapping[str, str], name: str) -> str:
    """A quantity as services read it; raises `Invalid` for what is no number."""
    given = field(form, name)
    try:
        return format(Decimal(given), "f")
    except InvalidOperation:
        raise Invalid(f"{name} is a quantity", [(f"/{name}", "no number")]) from None


def path_with(path: str, query: Mapping[str, str | None]) -> str:
    """An address with those parts of a query that are filled in."""
    filled = urlencode({name: value for name, value in query.items() if value})
    return f"{path}?{filled}" if filled else path


def asked(ask: Ask, *names: str) -> dict[str, str]:
    """What the query of a page says, by name; empty where it says nothing."""
    return {name: ask.request.query_params.get(name, "").strip() for name in names}


def status_of(answer: Answer | None) -> int:
    """The status of a page that shows what came of an act: a refusal is one, silence of a service is none."""
    return answer.status if answer is not None and answer.status in REFUSALS else 200


def after_of(listed: Answer) -> str:
    """Where the page begins that a service names as the one after this; empty when this one is the last."""
    following = (listed.body or {}).get("next") or ""
    return parse_qs(urlsplit(following).query).get("after", [""])[0]
