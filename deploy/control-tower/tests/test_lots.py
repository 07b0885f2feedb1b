"""Lots and recalls of real services, seen from the control tower; certificates on paper, the same bytes each time."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from control_tower.drawing.certificate import certificate_pdf
from control_tower.drawing.genealogy import draw_genealogy
from materials.__main__ import SERVICE as MATERIALS
from production import commands as production_commands
from production.__main__ import SERVICE as PRODUCTION
from services.materials.tests.made import consumed, part, produced, started
from services.materials.tests.stage import Stage as Materials
from services.production.tests.stage import Stage as Production
from services.production.tests.test_handlers_recall import traced
from tests.browser.tower import tower_over, visitor

FOUND: dict[str, Any] = {
    "lot": {
        "lot_id": "s1", "run_id": "r1", "sku": "shaft", "site_id": "plant-1", "quantity": "9", "state": "used-as-is",
    },
    "inspection": {
        "inspection_id": "i1", "plan_version": 2, "inspected_at": "2026-03-02T08:00:00Z", "inspected_by": "quinn",
        "characteristics": [
            {
                "name": "härte 硬", "kind": "variable", "scale": "HRC", "minimum": "58", "maximum": "62",
                "mean": "60.5", "looked_at": 2, "bad": 0, "accept": 0,
            },
            {
                "name": "scratched", "kind": "attribute", "scale": "count", "minimum": None, "maximum": None,
                "mean": None, "looked_at": 2, "bad": 1, "accept": 1,
            },
        ],
    },
    "in_process": [
        {
            "inspected_at": "2026-03-01T08:00:00Z", "operation_no": 10, "passed": False, "state": "use-as-is",
            "characteristics": [{"name": "burr", "mean": None, "scale": "count", "looked_at": 3, "bad": 1}],
        },
    ],
}  # fmt: skip


def test_a_certificate_is_a_pdf_of_the_same_bytes_each_time() -> None:
    paper = certificate_pdf(FOUND)
    assert paper.startswith(b"%PDF-")
    assert paper == certificate_pdf(FOUND)
    other = {**FOUND, "lot": {**FOUND["lot"], "quantity": "8"}}
    assert paper != certificate_pdf(other)
    assert paper != certificate_pdf({**FOUND, "in_process": []})


def node(lot_id: str, steps: int, vendor_lot: str | None = None) -> dict[str, Any]:
    return {
        "lot_id": lot_id, "steps": steps, "sku": "bar", "status": "released", "vendor_lot": vendor_lot, "quantity": "5",
    }  # fmt: skip


def test_what_a_lot_was_made_of_stands_left_of_it_and_what_was_made_of_it_right() -> None:
    around = {
        "up": [node("a", 1), node("b", 1), node("c", 2, "heat-1")],
        "down": [node("d", 1)],
        "edges": [
            {"parent_id": "a", "child_id": "s1", "quantity": "4"},
            {"parent_id": "gone", "child_id": "s1", "quantity": "4"},
        ],
    }
    drawn = draw_genealogy({**node("s1", 0)}, around)
    at = {box.lot_id: box for box in drawn.boxes}
    assert at["c"].x < at["a"].x == at["b"].x < at["s1"].x < at["d"].x
    assert [box.lot_id for box in drawn.boxes if box.here] == ["s1"]
    assert [(link.parent_id, link.text) for link in drawn.links] == [("a", "4")]
    assert all(0 < box.y < drawn.height and 0 < box.x < drawn.width for box in drawn.boxes)


async def test_a_lot_shows_what_it_was_made_of_and_why_it_has_no_certificate(
    database_of: DatabaseOf, tmp_path: Any
) -> None:
    issuer = Issuer(tmp_path)
    async with tower_over(MATERIALS, database_of, issuer) as (materials, host):
        stage = Materials(materials)
        await stage.opened("bar", "shaft")
        await stage.stock("b1", "bar", "10")
        await stage.asked_run("p2", "shaft")
        await stage.hear(started("p2", part("b1", "bar", "5", 500)))
        await stage.asked_run("p1", "shaft")
        await stage.hear(consumed("p1", part("b1", "bar", "4", 400)))
        await stage.hear(produced("p1", part("s1", "shaft", "4", 400), parents=("b1",)))
        async with visitor(host, issuer, "quality") as client:
            seen = (await client.get("/lots/s1")).text
            assert re.findall(r'<a href="/lots/(\w+)" aria-label', seen) == ["b1"]
            assert 'class="small onlink"' in seen
            away = (await client.get("/lots/b1")).text
            assert '<dt>plant-1, at the vendor</dt><dd>5 for <a href="/planned-orders/p2">' in away
            assert "<dt>plant-1, main</dt><dd>1</dd>" in away
            assert (await client.get("/lots/none")).status_code == 404
            for path in ("/certificates/s1", "/certificate-files/s1"):
                assert "is not known here" in (await client.get(path)).text


@pytest.fixture
async def board(database_of: DatabaseOf, tmp_path: Any) -> Any:
    issuer = Issuer(tmp_path)
    async with tower_over(PRODUCTION, database_of, issuer) as (production, host):
        async with visitor(host, issuer, "quality") as client:
            yield Production(production), client


async def test_a_recall_is_opened_followed_and_refused_to_close_on_the_board(
    board: tuple[Production, httpx.AsyncClient],
) -> None:
    stage, client = board
    assert "Nothing is called back" in (await client.get("/recalls")).text
    form = {"reason": "brittle", "vendor_lot": "heat-1", "idempotency_key": "k1"}
    refused = await client.post("/recalls", data={**form, "vendor_lot": "", "idempotency_key": "k0"})
    assert refused.status_code == 422
    assert "vendor_lot" in refused.text
    # What was filled in need not be filled in again.
    assert 'name="reason" value="brittle"' in refused.text
    opened = await client.post("/recalls", data=form)
    assert opened.status_code == 303
    place = opened.headers["location"]
    await stage.hear(traced(place.rpartition("/")[2], "bar"))
    seen = (await client.get(place)).text
    assert "waits for a decision" in seen
    assert "heat-1" in (await client.get("/recalls")).text
    answer = await client.post(place, data={"summary": "done", "idempotency_key": "k2"})
    assert (answer.status_code, "still looked for" in answer.text) == (409, True)
    await stage.do(production_commands.DisposeLot("bar", "scrap", "brittle", "quinn", None))
    assert "scrapped" in (await client.get(place)).text
