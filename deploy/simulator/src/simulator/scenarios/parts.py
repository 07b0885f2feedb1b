"""Bodies that several scenarios write alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

# Masters are the same whenever they are put in, so that they may be put in again.
VALID_FROM: Final = "2026-01-01T00:00:00Z"
VALID_TO: Final = "2031-01-01T00:00:00Z"
# Lead times of the plant are counted on the days on which it works.
WEEKDAYS: Final = {
    "calendar_id": "weekdays",
    "weekdays": [0, 1, 2, 3, 4],
    "opens_at_hour": 6,
    "closes_at_hour": 20,
}
ROUND_THE_CLOCK: Final[dict[str, Any]] = {
    "calendar_id": "round-the-clock",
    "weekdays": [0, 1, 2, 3, 4, 5, 6],
    "opens_at_hour": 0,
    "closes_at_hour": 24,
}
PLANT: Final = {
    "site_id": "plant-1",
    "title": "Main plant",
    "legal_entity": "o2d-works",
    "calendar_id": "weekdays",
}


def item(sku: str, title: str, unit: str = "piece", quantum: str = "1", **more: Any) -> dict[str, Any]:
    """An item of materials."""
    return {"sku": sku, "title": title, "unit": unit, "quantum": quantum, **more}


def vendor(vendor_id: str, title: str, skus: Sequence[str], **more: Any) -> dict[str, Any]:
    """A vendor."""
    return {"vendor_id": vendor_id, "title": title, "skus": list(skus), **more}


def terms(vendor_id: str, sku: str, price_minor: int, lead_days: int, **more: Any) -> dict[str, Any]:
    """Terms for an item at plant-1: one price, whatever the quantity, unless `more` says otherwise."""
    return {
        "terms_id": f"{vendor_id}-{sku}",
        "vendor_id": vendor_id,
        "sku": sku,
        "site_id": "plant-1",
        "prices": [{"from_quantity": "1", "unit_price_minor": price_minor}],
        "lead_days": lead_days,
        "valid_from": VALID_FROM,
        "valid_to": VALID_TO,
        **more,
    }


def work_centre(
    work_centre_id: str, title: str, site_id: str, calendar_id: str, labour_minor: int, machine_minor: int
) -> dict[str, Any]:
    """A work centre; rates in minor units an hour, overhead an eighth on top."""
    return {
        "work_centre_id": work_centre_id,
        "site_id": site_id,
        "title": title,
        "calendar_id": calendar_id,
        "machines": 2,
        "labour_rate_minor": labour_minor,
        "machine_rate_minor": machine_minor,
        "overhead_rate": "0.125",
    }


def step(work_centre_id: str, title: str, setup: str, each: str, people: int = 1) -> dict[str, Any]:
    """The only operation of a recipe, in minutes."""
    return {
        "operation_no": 10,
        "title": title,
        "work_centre_id": work_centre_id,
        "setup_minutes": setup,
        "run_minutes": each,
        "people": people,
        "operation_yield": "1",
    }


def limit(name: str, target: str, least: str, most: str, unit: str = "degC") -> dict[str, Any]:
    """A parameter of an operation."""
    return {"name": name, "unit": unit, "target": target, "minimum": least, "maximum": most}


def recipe(
    recipe_id: str,
    title: str,
    inputs: Mapping[str, str],
    outputs: Sequence[Mapping[str, Any]],
    operation: Mapping[str, Any],
    **more: Any,
) -> dict[str, Any]:
    """A congregation at plant-1 with one operation, unless `more` says otherwise."""
    return {
        "recipe_id": recipe_id,
        "kind": "congregation",
        "title": title,
        "site_id": "plant-1",
        "inputs": [{"sku": sku, "quantity": q, "operation_no": 10} for sku, q in inputs.items()],
        "outputs": list(outputs),
        "operations": [operation],
        "effective_from": VALID_FROM,
        "lead_days": 1,
        **more,
    }


def made(sku: str, quantity: str = "1", role: str = "main", **more: Any) -> dict[str, Any]:
    """An output of a recipe."""
    return {"sku": sku, "quantity": quantity, "role": role, **more}


def customer(customer_id: str, title: str, name: str, address: str) -> dict[str, Any]:
    """A customer and the person to speak to."""
    mail = f"{name.lower().replace(' ', '.')}@{customer_id}.example"
    return {"customer_id": customer_id, "title": title, "name": name, "mail": mail, "address": address}
