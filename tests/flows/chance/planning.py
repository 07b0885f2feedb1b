"""What may be done with the plan and what it goes by, with stock, and with vendors' terms."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from simulator.scenarios import parts
from simulator.scenarios.staff import APPROVER, BUYER, PLANNER, WAREHOUSE
from tests.flows.chance.scene import Scene

# What is not told of terms that are changed stays as it was.
KEPT: Final = ("vendor_id", "sku", "site_id", "prices", "properties", "currency", "multiple")


async def _on_planned(scene: Scene, act: str) -> str:
    found = await scene.items(PLANNER, "materials", "/v1/planned-orders")
    planned = [each["planned_order_id"] for each in found if each["state"] == "planned"]
    key = scene.one_of(planned, "planned order")
    await scene.post(PLANNER, "materials", f"/v1/planned-orders/{key}/{act}")
    return f"{act}: planned order {key}"


async def firm(scene: Scene) -> str:
    """Nothing but a person changes it from now on."""
    return await _on_planned(scene, "firm")


async def unfirm(scene: Scene) -> str:
    """It is let go again."""
    return await _on_planned(scene, "unfirm")


async def release(scene: Scene) -> str:
    """It is asked for before its time."""
    return await _on_planned(scene, "release")


async def publish(scene: Scene) -> str:
    """The site is planned anew, and that is published."""
    site_id = scene.chance.choice(scene.planned).site_id
    asked = await scene.post(PLANNER, "materials", "/v1/plans", {"site_id": site_id, "keeps": "firm"})
    await scene.doors.ended(PLANNER, "materials", asked["id"])
    body = {"accepts_later": scene.chance.random() < 0.7, "replaces": scene.chance.random() < 0.7}
    await scene.post(PLANNER, "materials", f"/v1/plans/{asked['id']}/publication", body)
    return f"publishes a plan of {site_id}{', which replaces' if body['replaces'] else ''}"


async def plan_otherwise(scene: Scene) -> str:
    """An item is planned otherwise."""
    chance, planned = scene.chance, scene.chance.choice(scene.planned)
    body = planned.parameters(
        chance.choice(planned.sources),
        minimum=chance.choice(["0", "0", "10"]),
        multiple=chance.choice(["0", "0", "6"]),
        lead_days=chance.randint(0, 6),
        period_days=chance.choice([0, 0, 7]),
        fence_days=chance.choice([0, 0, 2]),
        planning_fence_days=chance.choice([0, 0, 0, 5]),
        safety_stock=chance.choice(["0", "0", "4"]),
        strategy=chance.choice(["make-to-order", "make-to-order", "make-to-stock"]),
    )
    await scene.post(PLANNER, "materials", "/v1/planning-parameters", body)
    return f"plans {planned.sku} otherwise: {body}"


async def plan_as_usual(scene: Scene) -> str:
    """Every item is planned as if nobody had ever said otherwise."""
    for planned in scene.planned:
        body = planned.parameters(planned.sources[0])
        await scene.post(PLANNER, "materials", "/v1/planning-parameters", body)
    return "plans everything as usual"


async def forecast(scene: Scene) -> str:
    """Something is expected to be wanted in a week or two."""
    planned, first = (
        scene.chance.choice(scene.planned),
        scene.now + timedelta(days=scene.chance.randint(3, 20)),
    )
    body = {
        "sku": planned.sku,
        "site_id": planned.site_id,
        "starts_on": first.date().isoformat(),
        "ends_on": (first + timedelta(days=6)).date().isoformat(),
        "quantity": str(scene.chance.randint(0, 20)),
    }
    await scene.post(PLANNER, "materials", "/v1/forecasts", body)
    return f"expects {body['quantity']} of {planned.sku} at {planned.site_id}"


async def count(scene: Scene) -> str:
    """A lot is counted, and another person believes it."""
    sku = scene.chance.choice(scene.skus)
    lots = await scene.items(WAREHOUSE, "materials", f"/v1/lots?sku={sku}")
    lot = scene.one_of(lots, f"lot of {sku}")
    lot_id = lot["lot_id"]
    body = {"site_id": lot["site_id"], "quantity": str(scene.chance.randint(0, 60))}
    counted = await scene.post(WAREHOUSE, "materials", f"/v1/lots/{lot_id}/count", body)
    await scene.post(APPROVER, "materials", f"/v1/counts/{counted['id']}/approval")
    return f"counts {body['quantity']} of lot {lot_id} of {sku}"


async def buy_otherwise(scene: Scene) -> str:
    """A vendor's terms are withdrawn, in favour of others."""
    found = [
        each
        for each in await scene.items(BUYER, "vendors", "/v1/terms")
        if each["sku"] in scene.skus and each["valid_to"][:10] == parts.VALID_TO[:10]
    ]
    old = scene.one_of(found, "terms")
    kept = {key: old[key] for key in KEPT}
    new = {
        **kept,
        "terms_id": f"{old['terms_id'][:40]}-{scene.now:%m%d%H}",
        "lead_days": scene.chance.randint(1, 9),
        "valid_from": parts.VALID_FROM,
        "valid_to": parts.VALID_TO,
    }
    await scene.post(BUYER, "vendors", f"/v1/terms/{old['terms_id']}/withdrawal")
    await scene.post(BUYER, "vendors", "/v1/terms", new)
    return f"buys {old['sku']} by terms of {new['lead_days']} days"


ACTS: Final = (firm, unfirm, release, publish, plan_otherwise, forecast, count, buy_otherwise)
