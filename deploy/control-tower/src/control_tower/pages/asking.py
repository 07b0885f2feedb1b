"""What pages have in common: what their address says, and what came of an act that a service was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from backbone.errors import Invalid
from backbone.web import Ask
from control_tower.gateways import Answer

REFUSALS: Final = range(400, 500)


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


def not_taken(wrong: Invalid) -> Answer:
    """What no service was asked, since the form itself cannot be read: shown as an answer, beside what was typed."""
    errors = tuple({"pointer": pointer, "detail": detail} for pointer, detail in wrong.pointers)
    return Answer("", None, wrong.detail, wrong.status, errors)


def after_of(listed: Answer) -> str:
    """Where the page begins that a service names as the one after this; empty when this one is the last."""
    following = (listed.body or {}).get("next") or ""
    return parse_qs(urlsplit(following).query).get("after", [""])[0]
