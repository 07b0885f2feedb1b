"""Items of a real materials, seen from the control tower: the balance over time, and what makes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from backbone.auth import LOGIN_TYPE
from backbone.ids import new_id
from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from control_tower.drawing.balance import BOTTOM, TOP, Step, draw_balance
from control_tower.pages.items import steps_by_site
from services.materials.tests.made import (
    NOW,
    ask,
    consumed,
    line,
    part,
    placed,
    produced,
    recipe,
    scheduled,
    terms,
)
from tests.browser.street import Beside
from tests.browser.tower import app_of, tower, visitor

AWAY = "http://127.0.0.1:9"


def step(days: int, change: int, balance: int) -> Step:
    return Step(NOW + timedelta(days=days), Decimal(change), "order", None, Decimal(balance))


async def test_a_planner_sees_when_an_item_does_not_suffice(planner: httpx.AsyncClient) -> None:
    listed = await planner.get("/items")
    assert re.findall(r'href="/items/(\w+)"', listed.text) == ["bolt", "gear", "nut"]
    seen = (await planner.get("/items/bolt")).text
    balances = re.findall(r'data-label="Balance" class="number">(?:<span[^>]*>)?(-?\d+)', seen)
    assert balances == ["10", "6", "-14"]
    assert "short from 2026-04-05" in seen
    assert seen.count('<rect class="below"') == 1
    assert "nothing is planned" in (await planner.get("/items/nut")).text
    assert (await planner.get("/items/none")).status_code == 404


async def test_what_runs_made_and_nobody_has_is_seen_as_surplus(
    beside: Beside, planner: httpx.AsyncClient
) -> None:
    assert "Nothing is free." in (await planner.get("/surplus")).text
    plan = beside.plan
    await plan.opened("spring", "wire")
    await plan.hear(recipe("coil", {"wire": "1"}, {"spring": "1"}), terms("wire"))
    await plan.stock("W", "wire", "10", bought_in=1_003)
    asked = ask("s", line("spring", "10", days=9))
    await plan.hear(asked, placed(asked))
    await plan.pass_time(days=4)
    made = await plan.order_of("spring")
    begin = plan.clock.now()
    await plan.hear(scheduled(made, begin, begin + timedelta(days=1)))
    taken = consumed(made, part("W", "wire", "10", 1_003))
    await plan.hear(taken, produced(made, part("extra", "spring", "12", 1_003), parents=("W",)))
    seen = (await planner.get("/surplus")).text
    row = seen[seen.index('href="/items/spring"') :].partition("</tr>")[0]
    assert ('href="/lots/extra"' in row, "<strong>2</strong>" in row, "10.03 EUR" in row) == (
        True,
        True,
        True,
    )
    assert "Nothing is free." in (await planner.get("/surplus?sku=bolt")).text


async def test_materials_is_asked_in_the_name_and_role_of_who_signed_in(beside: Beside) -> None:
    seen = {role: await seen_by(beside, role) for role in ("planner", "technician")}
    assert "short from 2026-04-05" in seen["planner"]
    assert "answers 403: technician may not do this" in seen["technician"]


async def seen_by(beside: Beside, role: str) -> str:
    """An item's page for a person whose only proof is the cookie."""
    headers = {"accept": "text/html", "origin": "http://tower"}
    transport = httpx.ASGITransport(app_of(beside.tower, beside.issuer))
    async with httpx.AsyncClient(transport=transport, base_url="http://tower", headers=headers) as person:
        token = beside.issuer.token(role, header={"typ": LOGIN_TYPE}, claims={"jti": new_id()})
        assert (await person.post("/login", data={"token": token, "next": "/"})).status_code == 303
        return (await person.get("/items/bolt")).text


async def test_pages_say_that_materials_does_not_answer(database_of: DatabaseOf, tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    for beside, says in (({"materials": AWAY}, "does not answer"), ({}, "is not known here")):
        async with tower(await database_of("control_tower"), beside) as host:
            async with visitor(host, issuer, "planner") as client:
                for path in ("/items", "/items/bolt"):
                    answer = await client.get(path)
                    assert (answer.status_code, says in answer.text) == (200, True)


def test_the_line_steps_where_the_balance_does_and_shortages_are_marked() -> None:
    drawn = draw_balance([step(0, 10, 10), step(5, -15, -5), step(9, 15, 10)], NOW)
    assert drawn is not None
    (below,) = drawn.below
    assert [level.text for level in sorted(drawn.levels, key=lambda each: -each.y)] == ["-5", "0", "10"]
    assert (below.y, below.y + below.height) == (drawn.zero_y, BOTTOM)
    assert drawn.path.count("V") == 3
    assert f"V{float(TOP)}" in drawn.path
    assert drawn.now_x < below.x < below.x + below.width < drawn.right
    assert draw_balance([], NOW) is None


def test_what_is_on_hand_or_overdue_counts_from_now_on() -> None:
    rows: list[Mapping[str, Any]] = [
        {"site_id": "a", "at": at, "change": "1", "why": "on-hand", "subject": None, "balance": balance}
        for at, balance in ((None, "1"), ("2020-01-01T00:00:00Z", "2"), ("2036-01-01T00:00:00Z", "3"))
    ]
    first, overdue, later = steps_by_site(rows, NOW)["a"]
    assert first.at == overdue.at == NOW < later.at
