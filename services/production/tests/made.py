"""Recipes, work centres and asks as the tests of production need them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.materials import MaterialsStaged, RunRequested
from contracts.outside import OutsideWork
from contracts.recipes import Operation, ParameterLimit, RecipeInput, RecipeOutput
from contracts.shapes import ItemPart, LotPart, Share
from contracts.values import ZERO, CostVector, PropertyValue, Quantity
from production.domain.crew import Crew
from production.domain.plant import Calendar, WorkCentre
from production.domain.recipe import Content

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
SOFT = PropertyValue("hardness", Quantity(180), "HB")
HARD = PropertyValue("hardness", Quantity(60), "HRC")
CALENDAR = Calendar.defined("week", (0, 1, 2, 3, 4), 6, 22, ())
FURNACE = WorkCentre("furnace", "plant-1", "Furnace", "week", 1, 3_000, 6_000, Quantity("0.1"), "EUR")
CENTRES = {"furnace": FURNACE}
HARDENERS = Crew("hardeners", "plant-1", "Hardening crew", "hardening", 2, "week")
HEAT = ParameterLimit("temperature", "degC", Quantity(850), Quantity(840), Quantity(860))


def hardening(**changes: Any) -> Content:
    """Shafts in, shafts out: 60 minutes to heat the furnace, half a minute for each."""
    made = Content(
        "modification",
        "harden",
        "plant-1",
        (RecipeInput("shaft", Quantity(1), 10),),
        (RecipeOutput("shaft", Quantity(1), "main", (HARD,)),),
        (Operation(10, "harden", "furnace", Quantity(60), Quantity("0.5"), 1, Quantity(1), (HEAT,)),),
        NOW - DAY,
        None,
        2,
    )
    return replace(made, **changes)


def outside(**changes: Any) -> Content:
    """Shafts that a vendor hardens: a day on their way there, three days there, a day back."""
    work = OutsideWork("hardening", Quantity(1), 1, 3, 1)
    step = Operation(10, "harden", "furnace", ZERO, ZERO, 0, Quantity(1), outside=work)
    return hardening(**{"operations": (step,), "lead_days": 7, **changes})


def cracking() -> Content:
    """100 of crude give 60 diesel and 30 petrol, 10 gas worth two each as a by-product."""
    return hardening(
        kind="separation",
        inputs=(RecipeInput("crude", Quantity(100), 10),),
        outputs=(
            RecipeOutput("diesel", Quantity(60), "main"),
            RecipeOutput("petrol", Quantity(30), "co-product"),
            RecipeOutput("gas", Quantity(10), "by-product", (), 2),
        ),
    )


def asked(
    planned_order_id: str = "p1", runs: str = "500", inputs: str = "", outputs: str = "", **changes: Any
) -> RunRequested:
    """Materials asks for a hardening of so many shafts in ten days."""
    made = RunRequested(
        planned_order_id,
        "harden",
        1,
        "plant-1",
        Quantity(runs),
        (ItemPart("shaft", Quantity(inputs or runs)),),
        (ItemPart("shaft", Quantity(outputs or runs)),),
        NOW + 8 * DAY,
        NOW + 10 * DAY,
        2,
        (Share("o1", "l1", Quantity(runs), "need-1"),),
    )
    return replace(made, **changes)


def lot(lot_id: str, quantity: str, bought_in: int = 0, sku: str = "shaft") -> LotPart:
    cost = CostVector(bought_in, 0, 0, 0, "EUR")
    return LotPart(lot_id, sku, Quantity(quantity), cost, (SOFT,) if sku == "shaft" else ())


def staged(*lots: LotPart, planned_order_id: str = "p1", runs: str = "500") -> MaterialsStaged:
    return MaterialsStaged(planned_order_id, Quantity(runs), lots)
