"""Pages about making over a real production: what they show of a shop, and what people have it do."""

from __future__ import annotations

import re
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest
import pytest_asyncio

from backbone.auth import LOGIN_TYPE
from backbone.ids import new_id
from contracts.answers import ActionMessageAccepted, RunSize
from contracts.shapes import ItemPart
from contracts.values import Quantity
from contracts.vendors import GoodsReceived, ReceivedLine
from control_tower.drawing.series import Line, Point, draw_by_time, draw_in_turn
from services.production.tests.made import NOW, asked, lot, staged
from tests.browser.works import Shop, a_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shop(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """The shop of the pictures, the same for all tests here: each works at a run or a lot of its own."""
    async with a_shop(postgres_url, tmp_path_factory.mktemp("shop")) as here:
        yield here


async def test_a_run_is_shown_with_all_that_happened_at_it(shop: Shop) -> None:
    listed = await shop.see("operator", "/production-runs")
    assert set(shop.names.values()) & set(re.findall(r'<a href="/production-runs/([^"]+)', listed)) == {
        shop.names["run"], shop.names["waiting"], shop.names["inspected"]
    }  # fmt: skip
    assert shop.names["run"] not in await shop.see("operator", "/production-runs?state=scheduled")
    run = await shop.see("planner", f"/production-runs/{shop.names['run']}")
    for said in (
        "harden",
        "1 off limits",
        "no power (12 minutes)",
        "3 shaft: cracked",
        "Beside the standard",
        "intact",
        "Nobody has signed it",
    ):
        assert said in run, said
    assert run.count('<circle class="spot') == 5
    assert run.count('<circle class="spot off') == 1
    # What a run costs is not for operators; the rest of the page is.
    assert "Beside the standard" not in await shop.see("operator", f"/production-runs/{shop.names['run']}")
    assert "Not measured yet" in await shop.see("operator", f"/production-runs/{shop.names['waiting']}")
    await shop.see("operator", "/production-runs/none", status=404)


async def test_a_record_is_signed_at_the_page_of_its_run_by_who_shows_a_login(shop: Shop) -> None:
    place = f"/production-runs/{shop.names['run']}"
    page = await shop.see("operator", place)
    assert re.search(r"Sign \d+ entries", page)
    (digest,) = re.findall(r'name="digest" value="(\w+)"', page)

    def login(role: str, subject: str) -> str:
        return shop.issuer.token(role, header={"typ": LOGIN_TYPE}, claims={"jti": new_id(), "sub": subject})

    async def sign(by: str, meaning: str, token: str, status: int = 303, seen: str = digest) -> str:
        fields = {"meaning": meaning, "digest": seen, "sign_in": token}
        return (await shop.act(by, place + "/signatures", fields, status)).text

    # The second person signs at the first one's screen, with the link that would sign in.
    await sign("operator", "performed", login("operator", "olga"))
    await sign("operator", "reviewed", f"http://tower/login?token={login('quality', 'quinn')}&next=/")
    shown = await shop.see("operator", place)
    assert "<strong>performed</strong> by olga" in shown
    assert "<strong>reviewed</strong> by quinn" in shown
    assert "Not signed: the token is not valid" in await sign("operator", "approved", "guess", 401)
    stale = await sign("operator", "reviewed", login("quality", "queen"), 412, "0" * 64)
    assert "the record as it is" in stale
    alone = await sign("operator", "approved", login("operator", "olga"), 409)
    assert "who acted at a run has not approved its record" in alone
    await sign("planner", "approved", login("approver", "ava"), 403)
    assert "Sign " not in await shop.see("planner", place)


async def test_a_run_is_split_and_put_together_at_its_page(shop: Shop) -> None:
    run_id = shop.names["waiting"]
    place = f"/production-runs/{run_id}"
    assert "Split the run" in await shop.see("planner", place)
    assert "Split the run" not in await shop.see("quality", place)
    gone = await shop.act("planner", place + "/parts", {"act": "split", "runs": "199,5"})
    assert gone.headers["location"] == place + "#parts"
    ((part,),) = await shop.production.rows("SELECT run_id FROM runs WHERE runs_micro = 199500000")
    assert "300.5" in await shop.see("planner", place)
    assert f'<option value="{part}">' in await shop.see("planner", place)
    refused = await shop.act("planner", place + "/parts", {"act": "split", "runs": "301"}, 409)
    assert "can be split off" in refused.text
    await shop.act("planner", place + "/parts", {"act": "merge", "with": part})
    states = dict(await shop.production.rows("SELECT run_id, state FROM runs"))
    assert (states[run_id], states[part]) == ("scheduled", "merged")
    assert "Split the run" not in await shop.see("planner", f"/production-runs/{part}")
    await shop.act("planner", place + "/parts", {"act": "halve"}, 422)
    await shop.act("quality", place + "/parts", {"act": "split", "runs": "5"}, 403)


async def test_a_record_is_a_pdf_that_says_what_its_page_says(shop: Shop) -> None:
    key = "p-paper"
    await shop.production.hear(asked(key))
    run_id = await shop.production.run(key)
    parts = (ItemPart("shaft", Quantity(300)),)
    size = RunSize(Quantity(500), Quantity(300), parts, parts)
    due = NOW + timedelta(days=30)
    await shop.production.hear(ActionMessageAccepted(key, "decrease", Quantity(300), due, size, "paula"))
    said = "made smaller: 300 runs instead of 500"
    page = await shop.see("planner", f"/production-runs/{run_id}")
    assert all(each in page for each in (said, "paula", f"a planner accepted {key}@decrease"))
    async with shop.by("planner") as client:
        answer = await client.get(f"/record-files/{run_id}")
        again = await client.get(f"/record-files/{run_id}")
    assert (answer.headers["content-type"], answer.content) == ("application/pdf", again.content)
    pages = re.findall(rb"stream\n(.*?)\nendstream", answer.content, re.DOTALL)
    paper = b"".join(zlib.decompress(each) for each in pages).decode("cp1252")
    assert all(each in paper for each in (said, "paula", f"a planner accepted {key}@decrease", "none"))
    await shop.see("planner", "/record-files/none", status=404)


async def test_an_operator_works_at_the_terminal_without_a_script(shop: Shop) -> None:
    assert 'href="/terminal/furnace"' in await shop.see("operator", "/terminal")
    run_id = await shop.production.run("p2")
    acts: list[dict[str, str]] = [
        {"act": "parameter", "parameter": "10/temperature", "value": "851,5"},
        {"act": "report", "sku": "shaft", "quantity": "100", "lot_id": "rod", "lot_quantity": "110"},
        {"act": "scrap", "sku": "shaft", "quantity": "2", "reason": "bent"},
        {"act": "hold", "reason": "no power"},
        {"act": "resume"},
        {"act": "end", "rest": "nothing"},
    ]
    for fields in acts:
        gone = await shop.act("operator", "/terminal/furnace", {"run_id": run_id, **fields})
        assert gone.headers["location"] == "/terminal/furnace"
    ((state, floor),) = await shop.production.rows(
        "SELECT state, floor FROM runs WHERE run_id = :r", r=run_id
    )
    assert state == "closed"
    # A hundred and two would have been enough by the recipe: what was scanned and told is what was taken.
    assert floor["consumed"][0] == {**floor["consumed"][0], "lot_id": "rod", "quantity": "110"}
    refused = await shop.act("operator", "/terminal/furnace", {"run_id": run_id, "act": "start"}, 409)
    assert "is closed and cannot become started" in refused.text
    await shop.act("operator", "/terminal/furnace", {"run_id": run_id, "act": "dance"}, 422)
    await shop.act("quality", "/terminal/furnace", {"run_id": run_id, "act": "resume"}, 403)
    await shop.see("operator", "/terminal/none", status=404)


async def test_a_blocked_lot_is_decided_on_and_used_as_it_is_by_two_people(shop: Shop) -> None:
    page = await shop.see("quality", "/quality")
    lots = re.findall(r'action="/quality/lots/([^/]+)/disposition"', page)
    # The run went off its limits, so that everything is blocked that it made from then on.
    assert len(lots) == 9
    place = f"/quality/lots/{lots[0]}/disposition"
    same = {"disposition": "use-as-is", "reason": "only scratched"}
    await shop.act("quality", place, same)
    assert "a second person has to say the same" in await shop.see("approver", "/quality")
    alone = await shop.act("quality", place, same, 409)
    assert "a second person decides" in alone.text
    await shop.act("approver", place, same)
    ((state,),) = await shop.production.rows("SELECT state FROM lots WHERE lot_id = :lot", lot=lots[0])
    assert state == "used-as-is"
    await shop.act("operator", f"/quality/lots/{lots[1]}/disposition", same, 403)
    await shop.act("quality", f"/quality/lots/{lots[1]}/disposition", {"disposition": "scrap"}, 422)


async def test_an_item_shows_its_chart_with_the_rules_that_points_break_and_takes_samples(shop: Shop) -> None:
    chart = await shop.see("quality", "/quality/shaft")
    assert chart.count('<circle class="spot') == 8
    assert "1: a point beyond three sigma" in chart
    line = ReceivedLine("pl", "p", "plant-1", (lot("came", "20"),), complete=True, inspect=True)
    await shop.production.hear(GoodsReceived("po", "v", "external", "gr", (line,)))
    form = {"sku": "shaft", "values.0": "60,5 60.1", "looked_at.1": "2", "bad.1": "0"}
    assert "came" in await shop.see("quality", "/quality/shaft")
    await shop.act("quality", "/quality/lots/came/samples", {**form, "bad.1": "some"}, 422)
    await shop.act("quality", "/quality/lots/came/samples", form)
    ((state,),) = await shop.production.rows("SELECT state FROM lots WHERE lot_id = 'came'")
    assert state == "good"
    await shop.see("quality", "/quality/none", status=404)


async def test_a_work_centre_shows_load_and_oee_and_takes_downtime(shop: Shop) -> None:
    assert 'href="/work-centres/furnace"' in await shop.see("planner", "/work-centres")
    centre = await shop.see("planner", "/work-centres/furnace?buckets=20")
    assert centre.count('<rect class="loadbar') == 20
    assert "Mon to Fri, 06:00 to 22:00" in centre
    behind, _, ahead = centre.partition('id="ahead"')
    assert ("new lining" in behind, "new lining" in ahead) == (False, True)
    assert "no power" in centre
    told = {"machine_no": "1", "kind": "recorded", "reason": "a hot bearing"}
    form = {**told, "starts_at": "2026-03-02T06:10", "ends_at": "2026-03-02T06:40"}
    gone = await shop.act("operator", "/work-centres/furnace/downtimes", form)
    assert gone.headers["location"] == "/work-centres/furnace#oee"
    assert "a hot bearing" in await shop.see("operator", "/work-centres/furnace")
    refused = await shop.act("operator", "/work-centres/furnace/downtimes", {**form, "machine_no": "7"}, 422)
    assert "<code>/machine_no</code> 1 to 1" in refused.text
    await shop.see("planner", "/work-centres/none", status=404)


async def test_downtime_that_is_still_ahead_is_listed_and_taken_back(shop: Shop) -> None:
    plan = {"machine_no": "1", "kind": "planned"}
    for reason, day in (("a later lining", 20), ("a sooner lining", 10)):
        form = {
            **plan,
            "reason": reason,
            "starts_at": f"2027-04-{day}T06:00",
            "ends_at": f"2027-04-{day}T14:00",
        }
        await shop.act("planner", "/work-centres/furnace/downtimes", form)
    ahead = (await shop.see("planner", "/work-centres/furnace")).partition('id="ahead"')[2]
    assert ahead.index("a sooner lining") < ahead.index("a later lining")
    assert "no power" not in ahead
    row = ahead[ahead.index("a sooner lining") : ahead.index("a later lining")]
    (sooner,) = re.findall(r'action="(/work-centres/furnace/downtimes/[^"]+)"', row)
    gone = await shop.act("planner", sooner, {})
    assert gone.headers["location"] == "/work-centres/furnace#ahead"
    ahead = (await shop.see("planner", "/work-centres/furnace")).partition('id="ahead"')[2]
    assert ("a sooner lining" in ahead, "a later lining" in ahead) == (False, True)
    assert "Take back" not in await shop.see("quality", "/work-centres/furnace")
    await shop.act("quality", sooner, {}, 403)
    await shop.act("planner", "/work-centres/furnace/downtimes/none", {}, 404)


async def test_costs_lead_from_a_roll_up_to_each_step_and_from_standard_to_actual(shop: Shop) -> None:
    costs = await shop.see("planner", "/costs")
    assert re.search(r"\d+ items? in EUR", costs)
    assert {"crude", "diesel", "petrol", "gas", "shaft"} == set(
        re.findall(r"/costs/roll-ups/[^/]+/(\w+)", costs)
    )
    item = await shop.see("planner", f"/costs/roll-ups/{shop.names['roll_up']}/petrol")
    shares = [float(share) for share in re.findall(r'data-label="Share" class="number">([\d.]+) %', item)]
    assert (len(shares), round(sum(shares), 1)) == (3, 100.0)
    run = await shop.see("planner", f"/costs/runs/{shop.names['run']}")
    assert [name for name in ("Price", "Usage", "Rate", "Efficiency", "Yield") if f">{name}</th>" in run] == [
        "Price", "Usage", "Rate", "Efficiency", "Yield"
    ]  # fmt: skip
    sums = re.findall(r'data-label="Up to here" class="number">([^<]+)', run)
    assert sums[-1] in run.partition("Actual</th>")[2]
    gone = await shop.act("planner", "/costs/roll-ups", {"site_id": "plant-1", "currency": "EUR"})
    assert gone.headers["location"].startswith("/costs?roll_up=")
    assert (
        "answers 403"
        in (await shop.act("operator", "/costs/roll-ups", {"site_id": "x", "currency": "EUR"}, 403)).text
    )


async def test_an_act_that_is_sent_again_under_its_key_is_recorded_once(shop: Shop) -> None:
    await shop.production.hear(asked("p4"), staged(lot("pin", "500"), planned_order_id="p4"))
    run_id = await shop.production.run("p4")
    await shop.act("operator", "/terminal/furnace", {"run_id": run_id, "act": "start"})
    fields = {"run_id": run_id, "act": "report", "sku": "shaft", "quantity": "10", "idempotency_key": "once"}
    async with shop.by("operator") as client:
        client.headers["accept"] = "application/json"
        for _ in range(3):
            answer = await client.post("/terminal/furnace", data=fields)
            assert answer.json() == {"outcome": "recorded", "why": ""}
        refused = (
            await client.post(
                "/terminal/furnace", data={**fields, "idempotency_key": "more", "quantity": "1e3"}
            )
        ).json()
    assert (refused["outcome"], "/outcomes/0/quantity" in refused["why"]) == ("refused", True)
    ((floor,),) = await shop.production.rows("SELECT floor FROM runs WHERE run_id = :r", r=run_id)
    assert [each["quantity"] for each in floor["made"]] == ["10"]


async def test_points_stand_between_their_lines_and_those_that_are_off_outside() -> None:
    points = [
        Point(NOW + timedelta(minutes=place), Decimal(value), value, "off" if value == "9" else "")
        for place, value in enumerate(("5", "9", "4"))
    ]
    lines = [Line("max", Decimal(7), "limit"), Line("min", Decimal(3), "limit")]
    drawn = draw_by_time(points, lines)
    assert drawn is not None
    top, bottom = (level.y for level in drawn.levels)
    inside = [top < dot.y < bottom for dot in drawn.dots]
    assert inside == [True, False, True]
    assert [dot.x for dot in drawn.dots] == sorted(dot.x for dot in drawn.dots)
    turned = draw_in_turn(points[::-1], lines)
    assert turned is not None
    steps: set[float] = {round(b.x - a.x, 0) for a, b in zip(turned.dots, turned.dots[1:], strict=False)}
    assert len(steps) == 1
    assert draw_by_time([], lines) is draw_in_turn([], lines) is None
