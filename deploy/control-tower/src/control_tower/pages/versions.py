"""Versions of the plan: asked for, watched, read, compared, published; all of it at materials, who keeps them."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.errors import Invalid, NotFound
from backbone.web import Ask, Asked
from backbone.web.forms import FORM_KEY, field
from control_tower.domain.purchases import purchases_of
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import after_of, asked, path_with, status_of
from control_tower.pages.render import may, page

OWNER: Final = "materials"
NOT_THERE: Final = 404
VERSIONS_COUNT_MAX: Final = 50
ROWS_COUNT_MAX: Final = 100
KEEPS: Final = (("firm", "only what is firm, the rest is planned anew"), ("planned", "all that is planned"))


class Versions:
    """The pages and their acts."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter()
        for path, serves, method in (
            ("/plans", self.show_plans, "GET"),
            ("/plans", self.ask_plan, "POST"),
            ("/plans/difference", self.show_plan_difference, "GET"),
            ("/plans/{plan_id}", self.show_plan, "GET"),
            ("/plans/{plan_id}", self.settle_plan, "POST"),
            ("/plans/{plan_id}/orders/{order_no}", self.show_plan_order, "GET"),
        ):
            self.router.add_api_route(path, serves, methods=[method], include_in_schema=False)

    async def show_plans(self, ask: Asked) -> Response:
        """Versions, the newest first, each with its state; one that is being made with how far it is."""
        return await self._plans(ask)

    async def ask_plan(self, ask: Asked) -> Response:
        """Plan a site, or every site, anew."""
        form = await ask.form()
        body = {"site_id": form.get("site_id", "").strip() or None, "keeps": field(form, "keeps")}
        answer = await self._neighbours.act(ask, OWNER, "/v1/plans", body, field(form, FORM_KEY))
        return await self._plans(ask, answer)

    async def show_plan_difference(self, ask: Asked) -> Response:
        """The planned orders that are new, gone, moved, more or less from one version to another."""
        wanted = asked(ask, "was", "now")
        was, now = [await self._plan(ask, plan_id) for plan_id in wanted.values()]
        path = f"/v1/plans/{quote(wanted['was'])}/difference/{quote(wanted['now'])}"
        listed = await self._listed(ask, path)
        found = listed.body["items"] if listed.body else []
        return page(
            ask,
            "plan_difference.html",
            compared=(was, now),
            same=was["digest"] is not None and was["digest"] == now["digest"],
            rows=found,
            kinds=Counter(row["kind"] for row in found),
            items=len({(row["site_id"], row["sku"]) for row in found}),
            costs=purchases_of(found),
            work=purchases_of(row for row in found if row["source"] != "buy"),
            unpriced=sorted({row["sku"] for row in found if row["unpriced"]}),
            more=_following("/plans/difference", wanted, listed),
            troubles=[listed],
        )

    async def show_plan(self, ask: Asked, plan_id: str) -> Response:
        """A version: its counts, what it serves late, its planned orders; and whether it is published."""
        return await self._version(ask, plan_id)

    async def settle_plan(self, ask: Asked, plan_id: str) -> Response:
        """Publish a version, or go no further with one that is being made."""
        form = await ask.form()
        act, key = form.get("act", ""), field(form, FORM_KEY)
        if act == "cancel":
            answer = await self._neighbours.act(
                ask, OWNER, f"/v1/operations/{quote(plan_id)}/cancel", {}, key
            )
            return await self._plans(ask, answer)
        if act != "publish" or form.get("looked") != "yes":
            raise Invalid("say that you have looked at what differs", [("/looked", "not said")])
        body = {name: form.get(name) == "yes" for name in ("accepts_later", "replaces")}
        path = f"/v1/plans/{quote(plan_id)}/publication"
        return await self._version(ask, plan_id, await self._neighbours.act(ask, OWNER, path, body, key))

    async def show_plan_order(self, ask: Asked, plan_id: str, order_no: str) -> Response:
        """A planned order of a version with its pegs both ways: what it takes, and whom it serves."""
        plan = await self._plan(ask, plan_id)
        listed = await self._listed(ask, f"/v1/plans/{quote(plan_id)}/orders/{quote(order_no)}/pegs")
        pegs = listed.body["items"] if listed.body else []
        return page(
            ask,
            "plan_order.html",
            plan=plan,
            order_no=order_no,
            takes=[peg for peg in pegs if str(peg["for_order_no"]) == order_no],
            serves=[peg for peg in pegs if str(peg["from_order_no"]) == order_no],
            more=_following(f"/plans/{quote(plan_id)}/orders/{quote(order_no)}", {}, listed),
            troubles=[listed],
        )

    async def _plans(self, ask: Ask, answer: Answer | None = None) -> Response:
        if answer is not None and not answer.trouble:
            return RedirectResponse("/plans", 303)
        listed = await self._neighbours.shown(ask, OWNER, f"/v1/plans?limit={VERSIONS_COUNT_MAX}")
        plans = listed.body["items"] if listed.body else []
        making = [plan["plan_id"] for plan in plans if plan["state"] == "computing"]
        works = [await self._neighbours.shown(ask, OWNER, f"/v1/operations/{each}") for each in making]
        return page(
            ask,
            "plans.html",
            status=status_of(answer),
            plans=plans,
            works={work.body["operation_id"]: work.body for work in works if work.body},
            making=bool(making),
            comparable=[plan for plan in plans if plan["state"] in {"ready", "live", "superseded"}],
            keeps=KEEPS,
            troubles=[each for each in (answer, listed) if each is not None],
            acts=may(ask, "ask_plan"),
        )

    async def _version(self, ask: Ask, plan_id: str, answer: Answer | None = None) -> Response:
        plan = await self._plan(ask, plan_id)
        wanted = asked(ask, "sku", "site_id")
        path = f"/v1/plans/{quote(plan_id)}"
        delays = await self._neighbours.shown(ask, OWNER, f"{path}/delays?limit={ROWS_COUNT_MAX}")
        orders = await self._listed(ask, f"{path}/orders", wanted)
        return page(
            ask,
            "plan.html",
            status=status_of(answer),
            plan=plan,
            delays=delays.body["items"] if delays.body else [],
            orders=orders.body["items"] if orders.body else [],
            wanted=wanted,
            more=_following(f"/plans/{quote(plan_id)}", wanted, orders),
            troubles=[each for each in (answer, delays, orders) if each is not None],
            published=answer is not None and not answer.trouble,
            acts=may(ask, "settle_plan"),
        )

    async def _plan(self, ask: Ask, plan_id: str) -> dict[str, Any]:
        """A version's header; raises `NotFound`, also where materials does not answer."""
        answer = await self._neighbours.shown(ask, OWNER, f"/v1/plans/{quote(plan_id, safe='')}")
        if not plan_id or answer.body is None:
            raise NotFound(f"no plan {plan_id}" if answer.status in {0, 200, NOT_THERE} else answer.trouble)
        plan: dict[str, Any] = answer.body
        return plan

    async def _listed(self, ask: Ask, path: str, wanted: dict[str, str] | None = None) -> Answer:
        query = {**(wanted or {}), **asked(ask, "after"), "limit": str(ROWS_COUNT_MAX)}
        return await self._neighbours.shown(ask, OWNER, path_with(path, query))


def _following(path: str, wanted: dict[str, str], listed: Answer) -> str:
    """The address of the page after this one; empty when this one is the last."""
    after = after_of(listed)
    return path_with(path, {**wanted, "after": after}) if after else ""
