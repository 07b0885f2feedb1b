"""Recipes, lots, work centres and standards by the command line, asked of a served production."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from backbone.testing import DatabaseOf
from contracts.values import Quantity
from deploy.o2d.tests.shop_floor import Floor, floor
from production import commands
from production.domain.act import Report, Start
from services.production.tests.made import asked, lot, staged
from services.production.tests.test_api import CALENDAR, FURNACE, RECIPE
from services.production.tests.test_api_points import POINT
from services.production.tests.test_api_points import found as found_behind
from services.production.tests.test_api_quality import PLAN, found


@pytest.fixture
async def here(
    database_of: DatabaseOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Floor]:
    """Production and an admin."""
    async with floor(database_of, tmp_path, monkeypatch) as made:
        yield made


async def planted(here: Floor) -> None:
    """A calendar and a furnace, by their words."""
    await here.done("centre", "calendar", here.file("week.json", CALENDAR))
    await here.done("centre", "define", here.file("furnace.json", FURNACE))


async def test_a_crew_is_defined_listed_and_shown(here: Floor) -> None:
    await planted(here)
    here.speaks("planner")
    crew = {
        "crew_id": "hardeners", "site_id": "plant-1", "title": "Hardeners", "skill": "hardening", "people": 2,
        "calendar_id": "week",
    }  # fmt: skip
    await here.done("crew", "define", here.file("crew.json", crew))
    assert await here.told("crew", "list", "--site", "plant-1", "--skill", "hardening") == [crew]
    assert await here.told("crew", "list", "--skill", "welding") == []
    assert "Hardeners" in (await here.says("crew", "show", "hardeners")).stdout
    loads = await here.told("crew", "load", "hardeners", "--by", "week", "--buckets", "2")
    assert [each["open_minutes"] for each in loads["buckets"]] == ["9600", "9600"]
    said = await here.done(
        "crew", "qualify", "olga", "hardening", "--site", "plant-1", "--until", "2030-01-01"
    )
    assert (said["id"], said["state"]) == ("olga", "qualified")
    (kept,) = await here.told("crew", "skills", "--skill", "hardening")
    assert (kept["person"], kept["valid_until"]) == ("olga", "2030-01-01T00:00:00Z")
    here.speaks("approver")
    assert "404" in await here.refused("run", "let", "none", "olga", "--reason", "alone", "--yes")


async def test_a_recipe_goes_from_the_draft_to_its_last_day_by_two_people(here: Floor) -> None:
    await planted(here)
    here.speaks("planner")
    drafted = await here.done("recipe", "draft", here.file("harden.json", RECIPE))
    assert (drafted["recipe_version"], drafted["state"]) == (1, "draft")
    change = {name: value for name, value in RECIPE.items() if name != "recipe_id"}
    rewritten = await here.done(
        "recipe", "rewrite", "harden", "1", here.file("new.json", {**change, "lead_days": 3})
    )
    assert rewritten["content"]["lead_days"] == 3
    assert (await here.done("recipe", "submit", "harden", "1"))["state"] == "in-review"
    assert "403" in await here.refused("recipe", "approve", "harden", "1", "--yes")
    here.speaks("approver")
    assert (await here.done("recipe", "reject", "harden", "1"))["state"] == "draft"
    assert "409" in await here.refused("recipe", "approve", "harden", "1", "--yes")
    here.speaks("admin")
    await here.done("recipe", "submit", "harden", "1")
    assert (await here.done("recipe", "approve", "harden", "1"))["state"] == "approved"
    uses = await here.told("recipe", "uses", "shaft", "--site", "plant-1", "--at", "2030-01-01")
    assert [(each["level"], each["recipe_id"]) for each in uses] == [(1, "harden")]
    bill = await here.told("recipe", "bill", "shaft", "--at", "2030-01-01")
    assert [(each["level"], each["recipe_id"]) for each in bill] == [(0, "harden"), (1, None)]
    copied = await here.done("recipe", "copy", "harden", "1", "--title", "Harden again")
    assert (copied["recipe_version"], copied["author"]) == (2, "a-admin")
    (difference,) = await here.told("recipe", "difference", "harden", "2", "--from", "1")
    assert (difference["field"], difference["now"]) == ("title", "Harden again")
    await here.done("recipe", "submit", "harden", "2")
    own = await here.refused("recipe", "approve", "harden", "2", "--yes")
    assert "409" in own or "403" in own
    assert (await here.done("recipe", "retire", "harden", "1"))["state"] == "retired"
    listed = await here.told("recipe", "list", "--uses", "shaft", "--state", "retired")
    assert [each["recipe_version"] for each in listed] == [1]
    assert await here.told("recipe", "list", "--makes", "nothing") == []
    assert "Harden again" in (await here.says("recipe", "show", "harden", "2")).stdout
    assert [each["sku"] for each in await here.told("recipe", "yields", "harden", "1")] == ["shaft"]


async def made(here: Floor) -> list[Any]:
    """Lots of a run that was reported on four times, with a plan by which they are inspected."""
    await here.stage.opened()
    await here.stage.hear(asked(), staged(lot("bar", "500", 50_000)))
    run = await here.stage.run()
    planned = await here.done("inspection", "plan", here.file("plan.json", PLAN))
    assert planned["version"] == 1
    await here.stage.do(commands.ActOnRun(run, Start(), "olga"))
    for _ in range(4):
        await here.stage.do(commands.ActOnRun(run, Report(Quantity(10)), "olga"))
    return [each["lot_id"] for each in await here.told("lot", "list", "--run", run)]


async def test_lots_are_sampled_by_plan_and_disposed_of_when_they_fail(here: Floor) -> None:
    good, soft, measured, kept = await made(here)
    here.speaks("quality")
    await here.done("lot", "sample", good, here.file("good.json", found("59", "61")))
    failed = await here.done("lot", "sample", soft, here.file("soft.json", found("50", "51")))
    assert failed["passed"] is False
    (shown,) = await here.told("lot", "inspections", "--verdict", "failed")
    assert (shown["lot_id"], shown["state"]) == (soft, "blocked")
    scrapped = await here.done("lot", "dispose", soft, "scrap", "--reason", "too soft")
    assert scrapped["state"] == "scrapped"
    twice = await here.refused("lot", "dispose", soft, "scrap", "--reason", "too soft", "--yes")
    assert "409" in twice
    inspected = await here.done("lot", "inspect", measured, "failed", "hardness=40:HRC")
    assert inspected["state"] == "blocked"
    words = ("lot", "dispose", measured, "use-as-is", "--reason", "soft, but it will do")
    assert (await here.done(*words))["state"] == "proposed"
    here.speaks("approver")
    assert (await here.done(*words))["state"] == "used-as-is"
    assert (await here.told("lot", "certificate", good))["lot"]["lot_id"] == good
    assert "hardness" in (await here.says("lot", "certificate", good)).stdout
    assert kept in (await here.says("lot", "show", kept)).stdout
    chart = await here.told("inspection", "chart", "shaft", "hardness")
    assert [each["mean"] for each in chart["points"]] == ["60", "50.5"]
    assert "HRC" in (await here.says("inspection", "show", "shaft")).stdout
    assert "shaft" in (await here.says("inspection", "list")).stdout


async def test_operations_are_inspected_and_what_fails_is_decided(here: Floor) -> None:
    await here.stage.opened()
    assert (await here.done("inspection", "point", here.file("point.json", POINT)))["version"] == 1
    assert "harden" in (await here.says("inspection", "points", "--recipe", "harden")).stdout
    point = ("shaft", "--recipe", "harden", "--operation", "10")
    assert "hardness" in (await here.says("inspection", "show", *point)).stdout
    await here.stage.hear(asked(), staged(lot("bar", "500", 50_000)))
    run = await here.stage.run()
    await here.done("run", "start", run)
    here.speaks("operator")
    good = await here.done(
        "inspection", "sample", run, here.file("good.json", found_behind("59", "61", runs="5"))
    )
    assert good["passed"] is True
    assert "409" in await here.refused("run", "report", run, "--runs", "6", "--yes")
    await here.done("inspection", "sample", run, here.file("soft.json", found_behind("50", "51")))
    words = ("inspection", "decide", run, "10", "shaft")
    assert "403" in await here.refused(*words, "rework", "--reason", "soft", "--yes")
    here.speaks("quality")
    assert "422" in await here.refused(*words, "rework", "--reason", "soft", "--runs", "5", "--yes")
    assert (await here.done(*words, "scrap", "--reason", "soft", "--runs", "5"))["state"] == "running"
    behind = ("--recipe", "harden", "--operation", "10")
    chart = await here.told("inspection", "chart", "shaft", "hardness", *behind)
    assert [each["mean"] for each in chart["points"]] == ["60", "50.5"]
    alone = await here.says("inspection", "chart", "shaft", "hardness", "--recipe", "harden")
    assert (alone.exit_code, "or neither" in alone.output) == (2, True)


async def test_work_centres_stand_still_and_say_how_well_they_were_used(here: Floor) -> None:
    await planted(here)
    assert "week" in (await here.says("centre", "calendars")).stdout
    assert [each["calendar_id"] for each in await here.told("centre", "calendars", "week")] == ["week"]
    shifts = [{"weekdays": [0, 4], "opens_at_minute": 360, "closes_at_minute": 690}]
    await here.done(
        "centre", "calendar", here.file("shifts.json", {"calendar_id": "early", "shifts": shifts})
    )
    assert "early" in (await here.says("centre", "calendars", "early")).stdout
    assert [each["shifts"] for each in await here.told("centre", "calendars", "early")] == [shifts]
    assert "Furnace" in (await here.says("centre", "list")).stdout
    assert [each["title"] for each in await here.told("centre", "show", "furnace")] == ["Furnace"]
    words = ("--from", "2026-03-09T08:00", "--to", "2026-03-09T12:00", "--reason", "new lining")
    down = await here.done("centre", "down", "furnace", *words)
    assert (down["kind"], down["machine_no"], down["starts_at"]) == ("planned", 1, "2026-03-09T08:00:00Z")
    assert [each["reason"] for each in await here.told("centre", "downtimes", "furnace")] == ["new lining"]
    assert "422" in await here.refused("centre", "down", "furnace", *words, "--recorded", "--yes")
    span = ("--since", "2026-03-09", "--until", "2026-03-10")
    # What was planned is no time in which something could have been made.
    (used,) = await here.told("centre", "oee", "furnace", *span)
    assert (used["down_minutes"], used["loading_minutes"]) == ("0", "720")
    assert (await here.done("centre", "up", "furnace", down["downtime_id"]))["withdrawn_by"]
    (used,) = await here.told("centre", "oee", "furnace", *span)
    assert used["loading_minutes"] == "960"
    rates = ("--labour", "4000", "--machine", "9800", "--overhead", "0.12", "--from", "2027-04-01")
    said = await here.done("centre", "rate", "furnace", *rates)
    assert (said["rate_no"], said["holds_from"]) == (2, "2027-04-01T00:00:00Z")
    assert [each["state"] for each in await here.told("centre", "rates", "furnace")] == ["coming", "holds"]
    assert (await here.done("centre", "unrate", "furnace", "2"))["withdrawn_by"]
    assert "409" in await here.refused("centre", "unrate", "furnace", "1", "--yes")
    colours = {"changeovers": [{"from_family": "white", "to_family": "black", "minutes": "10"}]}
    kept = await here.done("centre", "changeovers", "furnace", "--set", here.file("c.json", colours))
    assert kept["changeovers"] == 1
    assert [each["minutes"] for each in await here.told("centre", "changeovers", "furnace")] == ["10"]
    loaded = await here.told("centre", "load", "furnace", "--by", "week", "--buckets", "2")
    assert (loaded["by"], len(loaded["buckets"])) == ("week", 2)
    assert await here.told("centre", "queue", "furnace") == []


async def test_standards_are_set_rolled_up_and_explained(here: Floor) -> None:
    await here.stage.opened()
    prices = {"site_id": "plant-1", "prices": [{"sku": "shaft", "minor": "412.5"}]}
    assert (await here.done("standard", "set", here.file("prices.json", prices)))["prices"] == 1
    assert [each["minor"] for each in await here.told("standard", "prices", "plant-1")] == ["412.5"]
    rolled = await here.done("standard", "roll-up", "plant-1")
    listed = await here.told("standard", "list", "--site", "plant-1")
    assert [each["roll_up_id"] for each in listed] == [rolled["roll_up_id"]]
    assert [each["items"] for each in await here.told("standard", "show", rolled["roll_up_id"])] == [2]
    costs = await here.told("standard", "costs", rolled["roll_up_id"], "--sku", "shaft")
    assert {each["recipe_id"] for each in costs} == {None, "harden"}
    assert "bought_in" in (await here.says("standard", "costs", rolled["roll_up_id"])).stdout
    steps = await here.told("standard", "steps", rolled["roll_up_id"], "shaft")
    assert [each["recipe_id"] for each in steps["steps"]] == ["harden"]


async def test_a_schedule_that_is_reckoned_can_be_stopped_and_one_that_has_ended_not(here: Floor) -> None:
    await here.stage.opened()
    await here.stage.hear(asked())
    (proposed,) = await here.told("schedule", "run", "--site", "plant-1")
    over = await here.refused("schedule", "cancel", proposed["schedule_id"], "--yes")
    assert "409" in over
    assert "404" in await here.refused("schedule", "cancel", "none", "--yes")
