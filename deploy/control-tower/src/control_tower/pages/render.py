"""Templates into pages: the one Jinja environment, its filters, and the head that every page has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from backbone.policy import Policy
from backbone.web import Ask
from backbone.web.login import PAGE_HEADERS
from contracts.units import unit_of
from control_tower.domain.why import span_in_words
from control_tower.domain.words import counted, figure
from control_tower.pages.menu import menu_of, section_of
from control_tower.pages.static import static_url

# Scripts, styles and connections from here alone; nothing inline, no frame, no plug-in.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SHORT_CHARS_MAX: Final = 14
MINUS: Final = "\u2212"
UNIT_PARTS: Final = 100_000_000
COST_KINDS: Final = ("bought_in", "labour", "capital", "overhead")


def moment(value: datetime | str | None) -> str:
    """A moment (a service's as it writes it in JSON, too) to the minute, in UTC; a dash when there is none."""
    return f"{_read(value):%Y-%m-%d %H:%M}" if value else "–"


def when(value: datetime | str | None) -> Markup:
    """A moment as an element that programs can read, too."""
    if not value:
        return Markup("–")
    return Markup('<time datetime="{}">{}</time>').format(_read(value).isoformat(), moment(value))


def _read(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value).astimezone(UTC)


def money(minor: int) -> str:
    """Whole minor units as an amount with two decimals; a loss has a true minus sign."""
    return f"{minor / 100:,.2f}".replace("-", MINUS)


def amount(given: Mapping[str, Any]) -> str:
    """An amount of money as services write it in JSON."""
    return f"{money(given['minor'])} {given['currency']}"


def unit_money(parts: int) -> str:
    """Millionths of a minor unit, as standard costs are kept, as an amount with four decimals."""
    return f"{parts / UNIT_PARTS:,.4f}".replace("-", MINUS)


def whole_cost(cost: Mapping[str, Any]) -> int:
    """All kinds of a cost together."""
    return sum(int(cost[kind]) for kind in COST_KINDS)


def percent(share: float) -> str:
    """A share in per cent, with one decimal."""
    return f"{share:,.1f} %".replace("-", MINUS)


def short(text: str) -> str:
    """A long id by its end, where time-ordered ids differ."""
    return text if len(text) <= SHORT_CHARS_MAX else f"…{text[-10:]}"


def words(text: str) -> str:
    """A name of a kind in words."""
    return text.replace("_", " ").replace("-", " ")


def thing(named: Any) -> Markup:
    """A thing by its id, as a link to its page: an order's own, for others all that was heard of them."""
    path = "/orders/" if named.kind == "order" else f"/things/{named.kind}/"
    return Markup('<a href="{}{}">{}</a>').format(
        path, quote(named.subject_id, safe=""), short(named.subject_id)
    )


def slug(text: str) -> str:
    """A text as part of an element's id."""
    return "".join(sign if sign.isalnum() else "-" for sign in text)


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("control_tower"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    kept = (
        moment,
        when,
        money,
        amount,
        unit_money,
        whole_cost,
        percent,
        short,
        words,
        slug,
        thing,
        span_in_words,
        counted,
        figure,
        unit_of,
    )
    for one in kept:
        made.filters[one.__name__] = one
    made.globals["static_url"] = static_url
    return made


_TEMPLATES: Final = _environment()


def fragment(name: str, **values: Any) -> str:
    """One macro of the parts that change, rendered alone; `values` are its arguments."""
    return str(getattr(_TEMPLATES.get_template("parts.html").module, name)(**values)).strip()


def may(ask: Ask, operation: str) -> bool:
    """Whether who looks may do that at the pages, by the policy."""
    allowed: Policy = ask.request.app.state.policy
    return ask.principal.role in allowed[f"{ask.host.service.name}.{operation}"]


def page(ask: Ask, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page with its security headers; it is nobody else's to keep.

    `typed` is what a form has sent that the page answers: a form that was refused is shown as it was filled in.
    """
    text = _TEMPLATES.get_template(template).render(
        menu=menu_of(ask.principal.role, ask.request.app.state.policy),
        here=section_of(ask.request.url.path),
        who=ask.principal.subject,
        role=ask.principal.role,
        form_token=ask.form_token,
        now=ask.now,
        new_key=ask.new_id,
        typed=getattr(ask.request.state, "form", {}),
        **values,
    )
    headers = {**PAGE_HEADERS, "content-security-policy": POLICY}
    return HTMLResponse(text, status, headers)
