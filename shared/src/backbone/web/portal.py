"""Pages of a service for people outside the company: its templates in the skin that all services share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import quote

from fastapi import APIRouter
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backbone.auth import Principal
from backbone.policy import Policy
from backbone.web.ask import Ask
from backbone.web.login import PAGE_HEADERS
from backbone.web.paper import paper

T = TypeVar("T")

_WHOLE: Final = re.compile(r"^\d+")
SHORT_CHARS: Final = 8
# Moments are picked by the minute.
PICKED: Final = "%Y-%m-%dT%H:%M"


class Amount(Protocol):
    """Money: whole minor units of a currency that has two decimals."""

    @property
    def minor(self) -> int: ...

    @property
    def currency(self) -> str: ...


def money(amount: Amount) -> str:
    """An amount with two decimals and its currency."""
    return f"{amount.minor / 100:,.2f} {amount.currency}"


def when(moment: datetime | None) -> Markup:
    """A moment to the minute, in UTC, that programs can read, too; a dash where there is none."""
    if moment is None:
        return Markup("–")
    at = moment.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), f"{at:%Y-%m-%d %H:%M} UTC")


def picked(moment: datetime) -> str:
    """A moment as a field for moments has it."""
    return f"{moment.astimezone(UTC):{PICKED}}"


def words(text: str) -> str:
    """A name of a kind or a state in words."""
    return text.replace("-", " ").replace("_", " ")


def figure(quantity: object) -> str:
    """A quantity whose thousands stand apart."""
    return _WHOLE.sub(lambda found: f"{int(found[0]):,}", str(quantity))


def short(text: str) -> str:
    """A long id by its end, where time-ordered ids differ."""
    return text if len(text) <= SHORT_CHARS else f"…{text[-SHORT_CHARS:]}"


class Portal:
    """The pages of one package: `templates` beside its modules, each with a block `main`.

    Somebody who came by a signed link sees the one page of the link; who signed in sees the way to all of them, `home`.
    `reads` are filters of its templates beside those that all portals have.
    """

    def __init__(self, package: str, home: str, title: str, *reads: Callable[..., object]) -> None:
        self._home = home
        self._title = title
        self._templates = Environment(
            loader=ChoiceLoader([PackageLoader(package), PackageLoader("backbone.web")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        for each in (money, when, picked, words, figure, short, *reads):
            self._templates.filters[each.__name__] = each

    def page(self, ask: Ask, template: str, title: str, **values: Any) -> Response:
        """A whole page; `values` are the template's, with `hidden()`, the fields that each of its forms begins with.

        `beside.address` is where the portal beside this one is, for who may go there; else there is no `beside`.
        """
        beside = _beside(ask)
        given = {"hidden": _hidden(ask), "by_link": ask.principal.scope is not None, "now": ask.now, **values}
        content = self._templates.get_template(template).render(beside=beside, **given)
        # Signing out leads over there, too.
        forms_to = () if beside is None else (beside["address"],)
        return paper(title, content, headers=PAGE_HEADERS, top=self._top(ask, beside), forms_to=forms_to)

    def _top(self, ask: Ask, beside: Mapping[str, str] | None) -> str:
        return self._templates.get_template("portal_top.html").render(
            home=None if ask.principal.scope else self._home,
            title=self._title,
            who=_named(ask.principal),
            form_token=ask.form_token,
            beside=beside,
        )


def cut(rows: Sequence[tuple[str, T]], most: int) -> tuple[list[T], str]:
    """What a page of a list shows, and the key after which the next one begins; empty where this is the last."""
    return [view for _, view in rows], rows[-1][0] if len(rows) == most else ""


def entrance(token: str, place: str) -> str:
    """The path at which a browser signs in by a link or a token, to go on to a place."""
    return f"/login?token={quote(token, safe='')}&next={quote(place, safe='')}"


def front(home: str) -> APIRouter:
    """The bare address of a service with a portal, which leads to its first page."""

    async def show_front(request: Request) -> Response:
        return RedirectResponse(home, 303)

    router = APIRouter()
    router.add_route("/", show_front, methods=["GET"], include_in_schema=False)
    return router


def may(ask: Ask, operation: str) -> bool:
    """Whether who looks may do that, by the policy and, of a link, by what it is for."""
    allowed: Policy = ask.request.app.state.policy
    named = f"{ask.host.service.name}.{operation}"
    scope = ask.principal.scope
    return ask.principal.role in allowed[named] and (scope is None or named in scope.operations)


def _hidden(ask: Ask) -> Any:
    """A maker of the fields that each form begins with: whose page it is, and a key for its one act."""

    def hidden() -> Markup:
        return Markup(
            '<input type="hidden" name="form_token" value="{}"><input type="hidden" name="idempotency_key" value="{}">'
        ).format(ask.form_token, ask.new_id())

    return hidden


def _beside(ask: Ask) -> Mapping[str, str] | None:
    """The way to the portal beside this one, for who signed in here and may look there."""
    if ask.host.beside is None or not ask.host.beside[0].is_open_to(ask.principal):
        return None
    way, there = ask.host.beside
    return {"title": way.title, "address": there}


def _named(principal: Principal) -> str:
    return principal.party or principal.subject
