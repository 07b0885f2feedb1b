"""Files sent through the pages to a real materials: part by part, resumed, tried, and refused rows to take along."""

from __future__ import annotations

import re
from html import unescape

import httpx

from backbone.ids import new_id
from services.materials.tests.plans import work_off
from tests.browser.street import Beside
from tests.browser.tower import visitor

PIN = '{"sku": "pin", "title": "Pin", "unit": "piece", "quantum": "1"}\n'
ROWS = PIN + PIN.replace('"pin"', '""')
BAD = '{"sku": 1}\n'


async def opened(planner: httpx.AsyncClient, **more: str) -> str:
    """The path of an import of items that was opened at the page."""
    form = {"kind": "items", "format": "jsonl", "idempotency_key": new_id(), **more}
    answer = await planner.post("/imports", data=form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def acting(act: str, **more: str) -> dict[str, str]:
    """A form of an import's page."""
    return {"act": act, "format": "jsonl", "idempotency_key": new_id(), **more}


async def test_rows_are_sent_in_parts_taken_and_refused_rows_come_back_with_reasons(
    planner: httpx.AsyncClient, beside: Beside
) -> None:
    path = await opened(planner)
    assert (await planner.post(path, data=acting("send", at="0", part=ROWS))).status_code == 303
    size = len(ROWS.encode())
    part = {"at": str(size), "format": "jsonl", "part": BAD}
    sent = await planner.post(f"{path}/parts", data=part)
    assert sent.json() == {"bytes": size + len(BAD), "rows": 3}
    again = await planner.post(f"{path}/parts", data=part)
    assert (again.status_code, "go on from there" in again.json()["trouble"]) == (412, True)
    assert "Take the 3 rows" in (await planner.get(path)).text
    assert (await planner.post(path, data=acting("start"))).status_code == 303
    assert "every 1s" in (await planner.get(path)).text
    await work_off(beside.plan)
    page = (await planner.get(path)).text
    assert "every 1s" not in page
    assert re.findall(r'<th scope="row" class="number">(\d+)</th>', page) == ["2", "3"]
    rows = (await planner.get(f"{path}/errors.csv")).text.splitlines()
    assert rows[0] == "line,code,detail,row"
    assert [row.partition(",")[0] for row in rows[1:]] == ["2", "3"]
    assert "Pin" in (await planner.get("/items")).text
    assert path in (await planner.get("/imports")).text
    late = await planner.post(path, data=acting("send", at=str(size + len(BAD)), part=ROWS))
    assert (late.status_code, "it was started with the rows that it had" in unescape(late.text)) == (
        409,
        True,
    )


async def test_a_dry_run_changes_nothing(planner: httpx.AsyncClient, beside: Beside) -> None:
    path = await opened(planner, dry_run="yes")
    await planner.post(path, data=acting("send", at="0", part=ROWS))
    assert "Try the 2 rows" in (await planner.get(path)).text
    await planner.post(path, data=acting("start"))
    await work_off(beside.plan)
    assert "Pin" not in (await planner.get("/items")).text


async def test_what_cannot_be_sent_is_refused_and_nothing_of_it_is_kept(
    planner: httpx.AsyncClient, beside: Beside
) -> None:
    assert (
        await planner.post("/imports", data={"kind": "wishes", "format": "csv", "idempotency_key": "k"})
    ).status_code == 422
    path = await opened(planner)
    for wrong in ({"at": "x"}, {"at": "0", "format": "xml"}, {"act": "forget"}):
        assert (await planner.post(path, data=acting("send", part=ROWS) | wrong)).status_code == 422
    assert "Rows typed or pasted" in (await planner.get(path)).text
    assert (await planner.get("/imports/nothing")).status_code == 404
    async with visitor(beside.tower, beside.issuer, "buyer") as client:
        assert (await client.get("/imports")).status_code == 403
