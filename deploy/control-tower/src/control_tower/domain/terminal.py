"""What an operator does at a terminal, as production is asked for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from backbone.errors import Invalid
from control_tower.domain.forms import number
from control_tower.domain.quality_form import sample_at

Form = Mapping[str, str]


def _report(form: Form) -> Mapping[str, Any]:
    outcomes = [{"sku": form["sku"], "quantity": number(form["quantity"])}]
    taken = form.get("lot_id", "").strip()
    consumed = [{"lot_id": taken, "quantity": number(form.get("lot_quantity", ""))}] if taken else []
    return {"outcomes": outcomes, "consumed": consumed}


def _passed(form: Form) -> Mapping[str, Any]:
    runs = number(form.get("runs", ""))
    return {"operation_no": int(form["operation_no"]), "runs": runs or None}


def _scrap(form: Form) -> Mapping[str, Any]:
    scrap = {"sku": form["sku"], "quantity": number(form["quantity"]), "reason": form["reason"]}
    return {"scraps": [scrap]}


def _parameter(form: Form) -> Mapping[str, Any]:
    operation_no, _, name = form["parameter"].partition("/")
    reading = {"operation_no": int(operation_no or 0), "name": name, "value": number(form["value"])}
    return {"readings": [reading]}


def _end(form: Form) -> Mapping[str, Any]:
    return {"rest": form["rest"], "reason": form.get("reason", "")}


ACTS: Final[Mapping[str, tuple[str, Callable[[Form], Mapping[str, Any]]]]] = {
    "start": ("start", lambda form: {}),
    "override": ("override", lambda form: {"reason": form["reason"]}),
    "resume": ("resume", lambda form: {}),
    "hold": ("hold", lambda form: {"reason": form["reason"]}),
    "report": ("report", _report),
    "scrap": ("report", _scrap),
    "pass": ("report", _passed),
    "parameter": ("parameters", _parameter),
    "sample": ("samples", sample_at),
    "end": ("end", _end),
}


def asked_for(form: Form) -> tuple[str, Mapping[str, Any]]:
    """The act of production's that a form of the terminal is, and its body; raises `Invalid` for any other form."""
    known = ACTS.get(form.get("act", ""))
    if known is None:
        raise Invalid("there is no such act at a terminal", [("/act", f"one of {', '.join(sorted(ACTS))}")])
    act, body_of = known
    try:
        return act, body_of(form)
    except KeyError as missing:
        raise Invalid("the act says too little", [(f"/{missing.args[0]}", "missing")]) from missing
    except ValueError as broken:
        raise Invalid("an operation has a number", [("/parameter", "like 10/temperature")]) from broken
