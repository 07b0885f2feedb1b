"""Recipes at pages: drafted row by row, rewritten, judged by a second person, and seen beside each other."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from html import unescape

import pytest
import pytest_asyncio

from backbone.wire import encode
from contracts.recipes import RecipeInput
from contracts.values import PropertyWindow, Quantity
from control_tower.domain.forms import rows, values
from control_tower.domain.recipe_form import RecipeForm
from production import commands
from production.domain.outside import timed
from services.production.tests.made import CALENDAR, FURNACE, asked, hardening, outside
from tests.browser.works import Shop, a_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shop(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """The shop of the pictures, the same for all tests here: each writes a recipe of its own."""
    async with a_shop(postgres_url, tmp_path_factory.mktemp("shop")) as here:
        yield here


def written(page: str) -> dict[str, str]:
    """What the editor of a page would send as it stands; no button is pressed."""
    form = page.partition('<form class="editor"')[2].partition("</form>")[0]
    found = {
        name: unescape(value) for name, value in re.findall(r'<input name="([^"]+)" value="([^"]*)"', form)
    }
    for name, options in re.findall(r'<select name="([^"]+)">(.*?)</select>', form):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        assert chosen is not None
        found[name] = chosen[1]
    return found


def filled(page: str, **changes: str) -> dict[str, str]:
    return {**written(page), **{name.replace("__", "."): value for name, value in changes.items()}}


BOX: Mapping[str, str] = {
    "recipe_id": "box", "title": "Make a box", "site_id": "plant-1", "effective_from": "2026-01-01T00:00",
    "inputs.0.sku": "board", "inputs.0.quantity": "4,5", "inputs.0.operation_no": "10",
    "outputs.0.sku": "box", "outputs.0.quantity": "1",
    "operations.0.operation_no": "10", "operations.0.title": "glue", "operations.0.work_centre_id": "furnace",
    "operations.0.setup_minutes": "0", "operations.0.run_minutes": "3",
}  # fmt: skip


async def test_a_recipe_is_drafted_row_by_row_and_approved_by_a_second_person(shop: Shop) -> None:
    form = {**written(await shop.see("planner", "/recipes/draft")), **BOX}
    longer = (await shop.act("planner", "/recipes/draft", {**form, "add": "inputs"}, 200)).text
    form = filled(longer, inputs__1__sku="nail", inputs__1__quantity="8", inputs__1__operation_no="20")
    refused = (await shop.act("planner", "/recipes/draft", form, 422)).text
    assert "names an operation of this recipe" in refused
    # What was written is still there, comma and all.
    assert written(refused)["inputs.0.quantity"] == "4,5"
    gone = await shop.act("planner", "/recipes/draft", {**form, "inputs.1.operation_no": "10"})
    assert gone.headers["location"] == "/recipes/box/1"
    await shop.act("planner", "/recipes/box/1/submission", {})
    assert "answers 403" in (await shop.act("planner", "/recipes/box/1/approval", {}, 403)).text
    await shop.act("approver", "/recipes/box/1/approval", {})
    seen = await shop.see("operator", "/recipes/box/1")
    assert all(said in seen for said in ("approved", "4.5", "nail", "a-planner", "a-approver"))
    await shop.act("approver", "/recipes/box/1/dance", {}, 404)
    await shop.act("operator", "/recipes/draft", form, 403)


async def test_a_draft_is_rewritten_as_it_was_seen_and_by_its_author_alone(shop: Shop) -> None:
    form = {**written(await shop.see("planner", "/recipes/draft")), **BOX, "recipe_id": "crate"}
    await shop.act("planner", "/recipes/draft", form)
    seen = await shop.see("planner", "/recipes/crate/1/edit")
    tag = re.findall(r'name="tag" value="([^"]+)"', seen)[0]
    form = {**filled(seen, title="Make a crate"), "tag": unescape(tag)}
    await shop.act("planner", "/recipes/crate/1/edit", form)
    assert "Make a crate" in await shop.see("planner", "/recipes/crate/1")
    stale = await shop.act("planner", "/recipes/crate/1/edit", {**form, "title": "Too late"}, 412)
    assert "Too late" in written(stale.text)["title"]
    fresh = re.findall(r'name="tag" value="([^"]+)"', await shop.see("admin", "/recipes/crate/1/edit"))[0]
    await shop.act("admin", "/recipes/crate/1/edit", {**form, "tag": unescape(fresh)}, 409)
    copied = await shop.act("planner", "/recipes/crate/1/copy", {"recipe_id": "crate", "title": "Again"})
    assert copied.headers["location"] == "/recipes/crate/2"


async def test_versions_are_seen_side_by_side_and_items_where_they_are_used(shop: Shop) -> None:
    beside = await shop.see("quality", "/recipes/harden/2/difference")
    assert "<del>harden</del>" in beside
    assert "<ins>Harden longer</ins>" in beside
    assert "They say the same" in await shop.see("quality", "/recipes/harden/1/difference?from=1")
    used = await shop.see("planner", "/recipes?uses=crude")
    assert re.findall(r'<a href="/recipes/(crack|harden)/', used) == ["crack"]
    await shop.see("planner", "/recipes/harden/9", status=404)
    await shop.see("planner", "/recipes/harden/9/difference", status=404)


async def test_a_version_shows_the_yields_of_its_runs_and_what_to_state_instead(shop: Shop) -> None:
    seen = await shop.see("planner", "/recipes/harden/1")
    yields = seen.partition('id="yields"')[2].partition("</section>")[0]
    assert 'data-label="Runs" class="number">1</td>' in yields
    assert "keep it" in yields


async def test_what_production_shows_of_a_version_comes_back_from_its_form_unchanged(shop: Shop) -> None:
    window = (PropertyWindow("hardness", "HB", Quantity(150), None),)
    (step,) = hardening().operations
    steps = (
        replace(
            step,
            setup_family="hot",
            alternates=("oven", "kiln"),
            batch_runs=Quantity(20),
            send_ahead=Quantity(40),
            skill="hardening",
        ),
        replace(step, operation_no=20, after=()),
        replace(step, operation_no=30, after=(10, 20)),
    )
    outputs = (replace(hardening().outputs[0], operation_no=30),)
    inputs = (RecipeInput("shaft", Quantity(1), 10, window),)
    content = hardening(inputs=inputs, outputs=outputs, operations=steps)
    for name in ("oven", "kiln"):
        await shop.production.do(commands.DefineWorkCentre(replace(FURNACE, work_centre_id=name), "pat"))
    await shop.production.do(commands.DraftRecipe("round", content, "a-planner"))
    form = written(await shop.see("planner", "/recipes/round/1/edit"))
    body, wrong = RecipeForm.of_form(form).content()
    assert wrong == []
    shown = json.loads(encode(content))
    moments = ("effective_from", "effective_to")
    # Every field there is, so that one that is added later is not forgotten by the editor.
    assert {name: said for name, said in body.items() if name not in moments} == {
        name: said for name, said in shown.items() if name not in moments
    }
    assert [body[name] for name in moments] == ["2026-03-01T08:00:00Z", None]
    assert "Operation 10 sends on 40 of its runs at a time" in await shop.see("planner", "/recipes/round/1")


async def test_crews_are_listed_and_a_version_says_whose_skill_it_needs(shop: Shop) -> None:
    crews = await shop.see("operator", "/crews")
    assert re.search(r"Hardening crew.*plant-1.*hardening.*>2</td>", crews)
    crew = await shop.see("operator", "/crews/hardeners?by=week&buckets=3")
    assert "People taken and people there" in crew
    assert "06:00" in crew
    assert 'data-label="Capacity" class="number">9600' in crew
    await shop.see("operator", "/crews/none", status=404)
    (step,) = hardening().operations
    manned = hardening(operations=(replace(step, people=2, skill="hardening"),))
    await shop.production.do(commands.DraftRecipe("manned", manned, "a-planner"))
    seen = await shop.see("planner", "/recipes/manned/1")
    assert '<td data-label="People" class="number">2 <span class="quiet">hardening</span></td>' in seen


async def test_skills_are_given_at_their_page_and_asked_for_at_a_run(shop: Shop) -> None:
    assert "Nobody is asked for any skill" in await shop.see("operator", "/skills")
    assert "Say what somebody can do" not in await shop.see("operator", "/skills")
    for person, until in (("erik", ""), ("otto", "2020-01-01T00:00")):
        fields = {"person": person, "site_id": "plant-1", "skill": "hardening", "valid_until": until}
        await shop.act("planner", "/skills", fields)
    seen = await shop.see("planner", "/skills")
    late = r'erik</th>.*it is changed.*otto</th>.*<span class="state late">2020-01-01'
    assert re.search(late, seen, re.DOTALL)
    wrong = {"person": "olga", "site_id": "plant-1", "skill": "x" * 201, "valid_until": ""}
    assert 'value="olga"' in (await shop.act("planner", "/skills", wrong, 422)).text
    (step,) = hardening().operations
    skilled = hardening(operations=(replace(step, skill="hardening"),))
    await shop.production.opened(skilled, "skilled")
    await shop.production.hear(asked("p-skilled", recipe_id="skilled"))
    place = f"/production-runs/{await shop.production.run('p-skilled')}"
    assert "Let somebody do it without the skill" not in await shop.see("planner", place)
    assert "Let somebody do it without the skill" in await shop.see("approver", place)
    await shop.act("approver", place + "/permissions", {"person": "olga", "reason": "erik is ill"})
    assert "let without it: olga" in await shop.see("planner", place)
    refused = await shop.act("approver", place + "/permissions", {"person": "olga", "reason": "x" * 501}, 422)
    assert "1 to 500 characters" in refused.text


async def test_work_that_a_vendor_does_comes_back_from_its_form_and_is_said_at_its_page(shop: Shop) -> None:
    await shop.production.do(commands.DraftRecipe("abroad", outside(), "a-planner"))
    seen = await shop.see("planner", "/recipes/abroad/1/edit")
    form = written(seen)
    assert form["operations.0.outside"] == "hardening 1 1/3/1"
    body, wrong = RecipeForm.of_form(form).content()
    assert wrong == []
    assert body["operations"] == json.loads(encode(timed(outside().operations, {"furnace": CALENDAR})))
    page = await shop.see("planner", "/recipes/abroad/1")
    assert "1 working day there, 3 working days at work, 1 working day back" in page
    tag = re.findall(r'name="tag" value="([^"]+)"', seen)[0]
    edited = {**form, "tag": unescape(tag), "operations.0.outside": "shaft 1 1/3/1"}
    refused = await shop.act("planner", "/recipes/abroad/1/edit", edited, status=422)
    assert re.search(r'name="operations.0.outside"[^>]*aria-invalid="true"', refused.text)
    assert "the work, not what is worked on" in refused.text
    _, wrong = RecipeForm.of_form({**form, "operations.0.outside": "hardening, three days"}).content()
    assert [pointer for pointer, _ in wrong] == ["/operations/0/outside"]


async def test_what_cannot_be_read_is_named_where_it_stands() -> None:
    form = {
        "lead_days": "soon", "over_points": "0", "under_points": "0",
        "inputs.4.sku": "bar", "inputs.4.operation_no": "x",
        "outputs.0.sku": "bar", "outputs.0.properties": "very hard", "parameters.0.name": "heat",
        "parameters.0.operation_no": "10",
    }  # fmt: skip
    _, wrong = RecipeForm.of_form(form).content()
    assert {pointer for pointer, _ in wrong} == {
        "/lead_days", "/inputs/0/operation_no", "/outputs/0/split_off_price_minor", "/outputs/0/properties",
        "/parameters/0/operation_no",
    }  # fmt: skip
    assert rows({"a.2.b": "x", "a.10.b": "y", "a.3.b": " ", "a.z.b": "?"}, "a", ("b",)) == [
        {"b": "x"},
        {"b": "y"},
    ]
    assert values("60,5 61;62") == ["60.5", "61", "62"]
