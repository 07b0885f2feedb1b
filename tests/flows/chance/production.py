"""What may be done with runs and work centres."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from simulator.doors import Person
from simulator.scenarios.staff import PLANNER
from tests.flows.chance.scene import Scene

OPERATOR: Final = Person("operator", "olga")
OPEN: Final = ("scheduled", "allowed")


async def _run(scene: Scene, *states: str) -> dict[str, Any]:
    found = await scene.items(PLANNER, "production", *(f"/v1/runs?state={state}" for state in states))
    run: dict[str, Any] = scene.one_of(found, "run")
    return run


async def hold(scene: Scene) -> str:
    """A run stands still for a while."""
    run_id = (await _run(scene, "running"))["run_id"]
    await scene.post(OPERATOR, "production", f"/v1/runs/{run_id}/hold", {"reason": "lunch"})
    return f"holds run {run_id}"


async def resume(scene: Scene) -> str:
    """A run that stood still goes on."""
    run_id = (await _run(scene, "held"))["run_id"]
    await scene.post(OPERATOR, "production", f"/v1/runs/{run_id}/resume", {})
    return f"resumes run {run_id}"


async def resume_all(scene: Scene) -> str:
    """No run stands still any more."""
    held = await scene.items(PLANNER, "production", "/v1/runs?state=held")
    for run in held:
        await scene.post(OPERATOR, "production", f"/v1/runs/{run['run_id']}/resume", {})
    return f"resumes {len(held)} runs"


async def split(scene: Scene) -> str:
    """A part of a run becomes a run."""
    run_id = (await _run(scene, *OPEN, "running"))["run_id"]
    await scene.post(PLANNER, "production", f"/v1/runs/{run_id}/split", {"runs": "1"})
    return f"splits run {run_id}"


async def merge(scene: Scene) -> str:
    """Two runs of a recipe become one."""
    one = await _run(scene, *OPEN)
    found = await scene.items(PLANNER, "production", *(f"/v1/runs?state={state}" for state in OPEN))
    alike = [
        each for each in found if each["recipe_id"] == one["recipe_id"] and each["run_id"] != one["run_id"]
    ]
    other = scene.one_of(alike, "run like it")
    body = {"run_ids": [other["run_id"]]}
    await scene.post(PLANNER, "production", f"/v1/runs/{one['run_id']}/merge", body)
    return f"merges run {other['run_id']} into {one['run_id']}"


async def abort(scene: Scene) -> str:
    """A run is given up."""
    run_id = (await _run(scene, *OPEN, "running", "held"))["run_id"]
    await scene.post(OPERATOR, "production", f"/v1/runs/{run_id}/abort", {"reason": "fire"})
    return f"aborts run {run_id}"


async def stand_still(scene: Scene) -> str:
    """A machine does not work for some hours that are to come."""
    centre = f"{scene.chance.choice(['bench', 'oven', 'still'])}-{scene.seed}"
    begins = scene.now + timedelta(hours=scene.chance.randint(1, 60))
    body = {
        "machine_no": scene.chance.randint(1, 2),
        "kind": "planned",
        "reason": "maintenance",
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=scene.chance.randint(4, 60))).isoformat(),
    }
    await scene.post(PLANNER, "production", f"/v1/work-centres/{centre}/downtimes", body)
    return f"lets a machine of {centre} stand still"


async def schedule(scene: Scene) -> str:
    """The site is scheduled anew, and that is taken."""
    asked = await scene.post(PLANNER, "production", "/v1/schedules", {"site_id": "plant-1"})
    operation = await scene.doors.ended(PLANNER, "production", asked["id"])
    if operation["state"] != "done":
        return f"gets no schedule: {operation['problem']}"
    await scene.post(PLANNER, "production", f"/v1/schedules/{asked['id']}/acceptance", {})
    return "takes another schedule of the site"


ACTS: Final = (hold, resume, split, merge, abort, stand_still, schedule)
