"""What was found of a sample, from the form that the plan of its item makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backbone.errors import Pointer
from control_tower.domain.forms import Form, demand, number, values, whole


def samples_of(form: Form, characteristics: Sequence[str], kinds: Sequence[str]) -> list[dict[str, Any]]:
    """A sample of each characteristic (names and kinds in the plan's order); raises `Invalid` for no whole number."""
    wrong: list[Pointer] = []
    found: list[dict[str, Any]] = []
    for place, (name, kind) in enumerate(zip(characteristics, kinds, strict=True)):
        if kind == "variable":
            found.append({"name": name, "values": values(form.get(f"values.{place}", ""))})
            continue
        looked_at, bad = (
            whole(form.get(f"{field}.{place}", ""), f"/{field}.{place}", wrong)
            for field in ("looked_at", "bad")
        )
        found.append({"name": name, "looked_at": looked_at, "bad": bad})
    demand(wrong, "the sample cannot be read")
    return found


def sample_at(form: Form) -> dict[str, Any]:
    """A sample at an inspection point, from a form that says itself what is looked at there; raises as `samples_of`."""
    names = [form[f"name.{place}"] for place in range(len(form)) if f"name.{place}" in form]
    kinds = [form.get(f"kind.{place}", "") for place in range(len(names))]
    return {
        "operation_no": whole(form.get("operation_no", ""), "/operation_no", []),
        "sku": form.get("sku", ""),
        "samples": samples_of(form, names, kinds),
        "runs": number(form.get("runs", "")) or None,
    }


def decision_of(form: Form) -> dict[str, Any]:
    """What becomes of runs that wait at an inspection point; only what is scrapped has a number."""
    verdict = form.get("verdict", "")
    runs = number(form.get("runs", "")) or None
    return {
        "operation_no": whole(form.get("operation_no", ""), "/operation_no", []),
        "sku": form.get("sku", ""),
        "verdict": verdict,
        "reason": form.get("reason", ""),
        "runs": runs if verdict == "scrap" else None,
    }
