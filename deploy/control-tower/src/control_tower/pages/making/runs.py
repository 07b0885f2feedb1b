"""Runs: all of them by state, and one with its operations, parameters, material, deviations, cost and signed record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.auth import Unauthenticated
from backbone.errors import Invalid
from backbone.web import Ask, Asked
from backbone.web.forms import field
from control_tower.domain.forms import login_token
from control_tower.domain.quality_form import decision_of, sample_at
from control_tower.domain.runs import Parameter, deviations_of, operations_of, parameters_of, skills_of
from control_tower.drawing.record import record_pdf
from control_tower.drawing.series import Line, Point, SeriesDrawing, draw_by_time
from control_tower.gateways import Answer, Neighbours, SignIn
from control_tower.pages.asking import after_of
from control_tower.pages.making.owner import AWAY, OWNER, ROWS_COUNT_MAX, Production, items_of, place
from control_tower.pages.render import may, page
from control_tower.queries.making import list_orders_of

STATES: Final = ("scheduled", "allowed", "running", "held", "closed", "aborted", "merged", "refused")
RUNS_COUNT_MAX: Final = 100
# Runs that have not begun.
AHEAD: Final = ("scheduled", "allowed")
# What who looks may do, by its name on the page.
ACTS: Final = {
    "signs": "sign_record",
    "parted": "part_run",
    "inspects": "inspect_run",
    "decides": "decide_run",
    "lets": "let_person",
}
VERDICTS: Final = ("rework", "use-as-is", "scrap", "abort")
# What a signature may mean, and whose it is.
MEANINGS: Final = (
    ("performed", "who acted at the run"),
    ("reviewed", "who did not act at it"),
    ("approved", "who did not act at it, once it is over"),
)


class Runs:
    """The pages; what they show is asked of production."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._production = Production(neighbours)
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/production-runs", self.show_production_runs, methods=["GET"])
        self.router.add_api_route("/production-runs/{run_id}", self.show_production_run, methods=["GET"])
        self.router.add_api_route("/record-files/{run_id}", self.show_record_file, methods=["GET"])
        self.router.add_api_route(
            "/production-runs/{run_id}/signatures", self.sign_record_at_page, methods=["POST"]
        )
        for act, road in (
            ("permissions", self.let_person_at_page),
            ("parts", self.part_run_at_page),
            ("samples", self.inspect_run_at_page),
            ("decision", self.decide_run_at_page),
        ):
            self.router.add_api_route(f"/production-runs/{{run_id}}/{act}", road, methods=["POST"])

    async def show_production_runs(self, ask: Asked) -> Response:
        """Runs, the newest first, narrowed by state, site or recipe."""
        query = ask.request.query_params
        narrowed = {name: query.get(name, "") for name in ("state", "site_id", "recipe_id")}
        path = place(
            "/v1/runs", first="newest", limit=RUNS_COUNT_MAX, after=query.get("after", ""), **narrowed
        )
        answer = await self._production.shown(ask, path)
        return page(
            ask,
            "making/runs.html",
            answer=answer,
            runs=items_of(answer),
            more=after_of(answer),
            states=STATES,
            narrowed=narrowed,
        )

    async def show_production_run(self, ask: Asked, run_id: str) -> Response:
        """One run: planned beside actual, and everything that belongs to it."""
        return await self._run(ask, run_id)

    async def show_record_file(self, ask: Asked, run_id: str) -> Response:
        """The batch record as a PDF; the page that says why where there is none."""
        record = await self._production.found(ask, place("/v1/runs/{}/batch-record", run_id))
        if record.body is None:
            return await self._run(ask, run_id)
        headers = {
            "content-disposition": f"attachment; filename*=UTF-8''record-{quote(run_id, safe='')}.pdf",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        }
        return Response(record_pdf(record.body), 200, headers, "application/pdf")

    async def sign_record_at_page(self, ask: Asked, run_id: str) -> Response:
        """Sign the batch record as it was seen: under the name of who shows a login token of just now."""
        form = await ask.form()
        body = {"meaning": field(form, "meaning"), "digest": field(form, "digest")}
        token = login_token(form.get("sign_in", ""))
        try:
            signer = await ask.shown_login(token)
        except Unauthenticated as refused:
            return await self._run(ask, run_id, Answer(OWNER, None, refused.detail, refused.status))
        path = place("/v1/runs/{}/signatures", run_id)
        answer = await self._production.act(ask, form, path, body, sign_in=SignIn(signer.name, token))
        if answer.body:
            return RedirectResponse(place("/production-runs/{}", run_id) + "#signatures", 303)
        return await self._run(ask, run_id, answer)

    async def let_person_at_page(self, ask: Asked, run_id: str) -> Response:
        """Let a person begin a run and report on it without the skill that it asks for."""
        form = await ask.form()
        body = {"person": field(form, "person"), "reason": field(form, "reason")}
        answer = await self._production.act(ask, form, place("/v1/runs/{}/permissions", run_id), body)
        if answer.body:
            return RedirectResponse(place("/production-runs/{}", run_id), 303)
        return await self._run(ask, run_id, parting=answer)

    async def part_run_at_page(self, ask: Asked, run_id: str) -> Response:
        """Make a part of a run a run of its own, or let it make what another one was asked for, too."""
        form = await ask.form()
        body: dict[str, Any]
        if form.get("act") == "split":
            act, body = "split", {"runs": field(form, "runs").replace(",", ".")}
        elif form.get("act") == "merge":
            act, body = "merge", {"run_ids": [field(form, "with")]}
        else:
            raise Invalid("say how the run is parted", [("/act", "split or merge")])
        answer = await self._production.act(ask, form, place(f"/v1/runs/{{}}/{act}", run_id), body)
        if answer.body:
            return RedirectResponse(place("/production-runs/{}", run_id) + "#parts", 303)
        return await self._run(ask, run_id, parting=answer)

    async def inspect_run_at_page(self, ask: Asked, run_id: str) -> Response:
        """Say what a sample behind an operation has shown."""
        form = await ask.form()
        return await self._at_point(ask, run_id, "samples", form, sample_at(form))

    async def decide_run_at_page(self, ask: Asked, run_id: str) -> Response:
        """Decide what becomes of runs that failed, or be the second person who says the same."""
        form = await ask.form()
        return await self._at_point(ask, run_id, "decision", form, decision_of(form))

    async def _at_point(
        self, ask: Ask, run_id: str, act: str, form: Mapping[str, str], body: Mapping[str, Any]
    ) -> Response:
        answer = await self._production.act(ask, form, place(f"/v1/runs/{{}}/{act}", run_id), body)
        if answer.body:
            return RedirectResponse(place("/production-runs/{}", run_id) + "#inspections", 303)
        return await self._run(ask, run_id, parting=answer)

    async def _partners(self, ask: Ask, run: Any) -> list[Any]:
        """The runs that may be put together with one, as far as can be seen from here; the newest."""
        asked = {"recipe_id": run["recipe_id"], "site_id": run["site_id"], "limit": RUNS_COUNT_MAX}
        if run["state"] not in AHEAD:
            return []
        found = await self._production.all_shown(
            ask, *(place("/v1/runs", first="newest", state=state, **asked) for state in AHEAD)
        )
        mine = (run["run_id"], run["recipe_version"])
        return [
            each
            for answer in found
            for each in items_of(answer)
            if each["run_id"] != mine[0] and each["recipe_version"] == mine[1] and not each["rework_lot_id"]
        ]

    async def _recipe(self, ask: Ask, run: Any) -> tuple[Answer, Mapping[tuple[int, str], Any]]:
        """The version of its recipe that a run goes by, and how its operations are inspected where they are."""
        recipe, points = await self._production.all_shown(
            ask,
            place("/v1/recipes/{}/versions/{}", run["recipe_id"], str(run["recipe_version"])),
            place("/v1/inspection-points", recipe_id=run["recipe_id"], limit=ROWS_COUNT_MAX),
        )
        here = [each for each in items_of(points) if each["in_force"]]
        return recipe, {(each["operation_no"], each["sku"]): each for each in here}

    async def _run(
        self, ask: Ask, run_id: str, refused: Answer | None = None, parting: Answer | None = None
    ) -> Response:
        at = place("/v1/runs/{}", run_id)
        run, cost, readings, lots, record, counts = await self._production.all_shown(
            ask, at, f"{at}/cost", f"{at}/readings?first=newest&limit={ROWS_COUNT_MAX}",
            place("/v1/lots", run_id=run_id, limit=ROWS_COUNT_MAX), f"{at}/batch-record",
            f"{at}/counts?limit={ROWS_COUNT_MAX}",
        )  # fmt: skip
        if run.body is None:
            run = await self._production.found(ask, at)
        if run.body is None:
            return page(ask, "making/run.html", status=run.status or 503, run=None, answers=[run])
        recipe, looked_at = await self._recipe(ask, run.body)
        async with ask.read() as sql:
            orders = await list_orders_of(sql, run.body["planned_order_id"])
        parameters = parameters_of(recipe.body, run.body, items_of(readings))
        return page(
            ask,
            "making/run.html",
            status=200 if (last := refused or parting) is None else last.status or AWAY,
            run=run.body,
            answers=[parting, recipe, readings, lots],
            partners=await self._partners(ask, run.body),
            refused=refused,
            **allowed(ask),
            looked_at=looked_at,
            skills=skills_of(recipe.body),
            recipe=recipe.body,
            orders=orders,
            operations=operations_of(run.body, recipe.body, cost.body),
            parameters=parameters,
            drawn=drawings(parameters),
            newest_of_more=len(items_of(readings)) if after_of(readings) else 0,
            lots=items_of(lots),
            counts=items_of(counts),
            deviations=deviations_of(run.body, parameters, items_of(lots)),
            cost=cost,
            record=record,
        )


def allowed(ask: Ask) -> dict[str, Any]:
    """What who looks may do at a run, and the words for it."""
    acts = {name: may(ask, f"{operation}_at_page") for name, operation in ACTS.items()}
    return {**acts, "meanings": MEANINGS, "verdicts": VERDICTS}


def drawings(parameters: Sequence[Parameter]) -> dict[Any, SeriesDrawing | None]:
    """The picture of each parameter beside its limits, by operation and name."""
    return {
        (one.operation_no, one.name): draw_by_time(
            [
                Point(
                    each.at, each.value, f"{each.value} {one.unit} by {each.by}", "" if each.within else "off"
                )
                for each in one.measured
            ],
            [
                Line("max", one.maximum, "limit"),
                Line("target", one.target, "target"),
                Line("min", one.minimum, "limit"),
            ],
        )
        for one in parameters
    }
