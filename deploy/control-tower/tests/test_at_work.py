"""What operators write at the terminal, and what was measured at a run, as the pages read both."""

from __future__ import annotations

from typing import Any

from control_tower.domain.runs import deviations_of, parameters_of
from control_tower.domain.terminal import asked_for

HEAT = {"name": "heat", "unit": "degC", "target": "850", "minimum": "840", "maximum": "860"}
RECIPE: dict[str, Any] = {"content": {"operations": [{"operation_no": 10, "parameters": [HEAT]}]}}


def test_a_quantity_may_be_written_with_a_decimal_comma_wherever_one_is_written() -> None:
    form = {"sku": "paint", "quantity": "12,5", "lot_id": "L1", "lot_quantity": " 12,75", "reason": "spilt"}
    assert asked_for({**form, "act": "report"}) == (
        "report",
        {
            "outcomes": [{"sku": "paint", "quantity": "12.5"}],
            "consumed": [{"lot_id": "L1", "quantity": "12.75"}],
        },
    )
    _, scrapped = asked_for({**form, "act": "scrap"})
    assert scrapped["scraps"][0]["quantity"] == "12.5"


def test_an_excursion_that_a_machine_read_deviates_once_beside_what_people_have_measured() -> None:
    def recorded(value: str, by: str) -> dict[str, Any]:
        return {"operation_no": 10, "name": "heat", "value": value, "by": by, "at": "2026-03-02T08:10:00Z"}

    read = {
        "operation_no": 10, "name": "heat", "value": "900", "reported_by": "furnace-1", "machine": "thermometer",
        "at": "2026-03-02T08:05:00Z",
    }  # fmt: skip
    floor = {"recorded": [recorded("900", "furnace-1"), recorded("861", "olga")], "stops": [], "scrapped": []}
    (parameter,) = parameters_of(RECIPE, {"floor": floor}, [read])
    assert [(str(each.value), each.by) for each in parameter.measured] == [
        ("900", "thermometer"),
        ("861", "olga"),
    ]
    assert len(deviations_of({"floor": floor}, [parameter], [])) == 2
