"""What is defined once: items, a vendor, a service, work centres, recipes."""

from __future__ import annotations

from collections.abc import Sequence

from contracts import materials, production, recipes, service_desk, vendors
from contracts.values import Quantity
from tests.browser.story.telling import START, Told


def masters() -> list[Told]:
    """What is defined once."""
    titles = {"bar": "Steel bar", "shaft": "Shaft", "offcut": "Offcut", "gearbox": "Gearbox", "case": "Case"}
    told: list[object] = [
        materials.ItemDefined(sku, title, "pcs", Quantity(1)) for sku, title in titles.items()
    ]
    told.append(vendors.VendorRegistered("v-steel", "Steel & Sons", "external", None, "EUR"))
    told.append(service_desk.ServiceDefined("fit", "Fitting on site", 120, 2, ("fit",), (), "s1"))
    for centre, title in (("saw", "Saw"), ("furnace", "Furnace"), ("bench", "Assembly bench")):
        told.append(
            production.WorkCentreDefined(
                centre, "s1", title, "cal", 1, 4000, 9000, Quantity("0.1").decimal, "EUR"
            )
        )
    told += [
        recipe("cut", "separation", "Cut bars", [("bar", 1)], [("shaft", 8), ("offcut", 1)]),
        recipe("harden", "modification", "Harden shafts", [("shaft", 1)], [("shaft", 1)]),
        recipe("build", "congregation", "Build gearboxes", [("shaft", 2), ("case", 1)], [("gearbox", 1)]),
    ]
    return [Told(fact, -1) for fact in told]


def recipe(
    recipe_id: str, kind: str, title: str, takes: Sequence[tuple[str, int]], gives: Sequence[tuple[str, int]]
) -> production.RecipeApproved:
    """An approved recipe with one operation."""
    return production.RecipeApproved(
        recipe_id,
        1,
        kind,  # type: ignore[arg-type]
        title,
        "s1",
        tuple(recipes.RecipeInput(sku, Quantity(count), 10) for sku, count in takes),
        tuple(recipes.RecipeOutput(sku, Quantity(count), "main") for sku, count in gives),
        (),
        START,
        None,
        "ada",
        "grace",
        1,
    )
