"""A recipe's version as a form with rows, and the form as what production takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from backbone.errors import Pointer
from control_tower.domain.forms import Form, moment, moment_field, number, rows, whole

ROWS_BLANK: Final = 1
KINDS: Final = ("separation", "modification", "congregation")
ROLES: Final = ("main", "co-product", "by-product", "waste")
RULES: Final = ("physical-measure", "sales-value", "net-realisable-value", "equivalence", "fixed")
# What a form has of each part, in the order of its columns.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "inputs": ("sku", "quantity", "operation_no", "window"),
    "outputs": ("sku", "quantity", "role", "split_off_price_minor", "operation_no", "properties"),
    "operations": (
        "operation_no", "title", "work_centre_id", "setup_minutes", "run_minutes", "people", "skill",
        "operation_yield",
        "setup_family", "alternates", "after", "batch_runs", "send_ahead", "outside",
    ),
    "parameters": ("operation_no", "name", "unit", "target", "minimum", "maximum"),
    "fixed_shares": ("sku", "points"),
}  # fmt: skip
HEAD: Final = (
    "kind", "title", "site_id", "effective_from", "effective_to", "lead_days", "cost_rule", "over_points",
    "under_points",
    "costing_runs", "phantom",
)  # fmt: skip
USUAL: Final[Mapping[str, str]] = {
    "role": "main",
    "people": "1",
    "operation_yield": "1",
    "split_off_price_minor": "0",
}
# Written where an operation waits for no other; nothing written, it waits for the one before it.
NOTHING_BEFORE: Final = "none"
_WINDOW: Final = re.compile(
    r"(?P<name>\S+)\s+(?P<minimum>[-\d.,]*)\s*\.\.\s*(?P<maximum>[-\d.,]*)\s+(?P<scale>\S+)"
)
_VALUE: Final = re.compile(r"(?P<name>\S+)\s+(?P<value>[-\d.,]+)\s+(?P<scale>\S+)")
_OUTSIDE: Final = re.compile(
    r"(?P<sku>\S+)\s+(?P<quantity>[\d.,]+)\s+(?P<out>\d{1,4})/(?P<work>\d{1,4})/(?P<back>\d{1,4})"
)

Row = dict[str, str]


class RecipeForm:
    """What the editor shows: the head and the rows of each part, in text."""

    def __init__(self, head: Mapping[str, str], parts: Mapping[str, Sequence[Row]]) -> None:
        self.head = {name: head.get(name, "") for name in HEAD}
        self.parts = {name: list(parts.get(name, ())) for name in PARTS}

    @classmethod
    def empty(cls) -> RecipeForm:
        """A form with a blank row of each part."""
        usual = {
            "kind": "congregation",
            "lead_days": "1",
            "cost_rule": RULES[0],
            "over_points": "1000",
            "under_points": "10000",
            "costing_runs": "1",
        }
        return cls(usual, {}).with_blank(*PARTS)

    @classmethod
    def of_form(cls, form: Form) -> RecipeForm:
        """What somebody has filled in; empty rows fall away."""
        # A choice is never empty: a row counts when something was written into it.
        parts = {
            part: [
                row
                for row in rows(form, part, names)
                if any(row[each] for each in names if each not in USUAL)
            ]
            for part, names in PARTS.items()
        }
        return cls({name: form.get(name, "").strip() for name in HEAD}, parts)

    @classmethod
    def of_content(cls, content: Mapping[str, Any]) -> RecipeForm:
        """A version as production shows it."""
        head = {name: str(content[name]) for name in HEAD if content[name] is not None}
        head |= {name: moment_field(content[name]) for name in ("effective_from", "effective_to")}
        head["phantom"] = "yes" if content["phantom"] else ""
        parts = {
            "inputs": [
                {**_texts(each), "window": "; ".join(map(_window_text, each["window"]))}
                for each in content["inputs"]
            ],
            "outputs": [
                {**_texts(each), "properties": "; ".join(map(_value_text, each["properties"]))}
                for each in content["outputs"]
            ],
            "operations": [
                {
                    **_texts(each),
                    "alternates": ", ".join(each["alternates"]),
                    "after": _after_text(each["after"]),
                    "outside": _outside_text(each["outside"]),
                }
                for each in content["operations"]
            ],
            "parameters": [
                {"operation_no": str(step["operation_no"]), **_texts(each)}
                for step in content["operations"]
                for each in step["parameters"]
            ],
            "fixed_shares": [_texts(each) for each in content["fixed_shares"]],
        }
        return cls(head, parts)

    def with_blank(self, *parts: str) -> RecipeForm:
        """The form with another blank row of these parts."""
        added = {
            name: [*known, {each: USUAL.get(each, "") for each in PARTS[name]}] if name in parts else known
            for name, known in self.parts.items()
        }
        return RecipeForm(self.head, added)

    def content(self) -> tuple[dict[str, Any], list[Pointer]]:
        """What production takes, and what of it cannot be read, each with its place in the form."""
        wrong: list[Pointer] = []
        head = self.head
        said: dict[str, Any] = {
            **{name: head[name] for name in ("kind", "title", "site_id", "cost_rule")},
            "effective_from": moment(head["effective_from"]),
            "effective_to": moment(head["effective_to"]) or None,
            "phantom": head["phantom"] == "yes",
            "costing_runs": number(head["costing_runs"]),
            **{
                name: whole(head[name], f"/{name}", wrong)
                for name in ("lead_days", "over_points", "under_points")
            },
        }
        for part, wholes in (
            ("inputs", ("operation_no",)),
            ("outputs", ("split_off_price_minor",)),
            ("fixed_shares", ("points",)),
        ):
            said[part] = [self._row(part, place, wholes, wrong) for place in range(len(self.parts[part]))]
        said["operations"] = self._operations(wrong)
        return said, wrong

    def _operations(self, wrong: list[Pointer]) -> list[dict[str, Any]]:
        operations = [
            {**self._row("operations", place, ("operation_no", "people"), wrong), "parameters": []}
            for place in range(len(self.parts["operations"]))
        ]
        for place in range(len(self.parts["parameters"])):
            parameter = self._row("parameters", place, ("operation_no",), wrong)
            its = parameter.pop("operation_no")
            owner = next((step for step in operations if step["operation_no"] == its), None)
            if owner is None:
                wrong.append((f"/parameters/{place}/operation_no", "names an operation of this recipe"))
            else:
                owner["parameters"].append(parameter)
        return operations

    def _row(self, part: str, place: int, wholes: Sequence[str], wrong: list[Pointer]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, text in self.parts[part][place].items():
            pointer = f"/{part}/{place}/{name}"
            if name in wholes:
                found[name] = whole(text, pointer, wrong)
            elif name == "window":
                found[name] = _listed(text, _WINDOW, _window, pointer, wrong)
            elif name == "properties":
                found[name] = _listed(text, _VALUE, _value, pointer, wrong)
            elif name == "alternates":
                found[name] = _words(text)
            elif name == "after":
                found[name] = _after(text, pointer, wrong)
            elif name == "operation_no":
                found[name] = whole(text, pointer, wrong) if text else None
            elif name in ("batch_runs", "send_ahead"):
                found[name] = number(text) or None
            elif name == "outside":
                found[name] = _outside(text, pointer, wrong)
            else:
                found[name] = number(text) if name in _NUMBERS else text
        return found


_NUMBERS: Final = frozenset(
    {"quantity", "setup_minutes", "run_minutes", "operation_yield", "target", "minimum", "maximum"}
)


def _texts(part: Mapping[str, Any]) -> Row:
    return {
        name: "" if value is None else str(value)
        for name, value in part.items()
        if not isinstance(value, list)
    }


def _words(text: str) -> list[str]:
    return [word for word in (each.strip() for each in text.split(",")) if word]


def _after(text: str, pointer: str, wrong: list[Pointer]) -> list[int] | None:
    """The operations before one: as numbered, none of them where it says so, the one before where it says nothing."""
    if text == NOTHING_BEFORE:
        return []
    found = [whole(word, pointer, wrong) for word in _words(text)]
    return found or None


def _after_text(after: Sequence[int] | None) -> str:
    if after is None:
        return ""
    return ", ".join(map(str, after)) or NOTHING_BEFORE


def _outside(text: str, pointer: str, wrong: list[Pointer]) -> dict[str, Any] | None:
    """The work that a vendor does: what it is bought as, how much for each run, and days there, at work and back."""
    if not text:
        return None
    match = _OUTSIDE.fullmatch(text)
    if match is None:
        wrong.append((pointer, "like hardening 1 1/3/1: the work, its quantity, days there/at work/back"))
        return None
    days = {f"{name}_days": int(match[name]) for name in ("out", "work", "back")}
    return {"sku": match["sku"], "quantity": number(match["quantity"]), **days}


def _outside_text(work: Mapping[str, Any] | None) -> str:
    if work is None:
        return ""
    return f"{work['sku']} {work['quantity']} {work['out_days']}/{work['work_days']}/{work['back_days']}"


def _listed(
    text: str,
    shape: re.Pattern[str],
    read: Callable[[re.Match[str]], Any],
    pointer: str,
    wrong: list[Pointer],
) -> list[Any]:
    found = []
    for each in filter(None, (part.strip() for part in text.split(";"))):
        match = shape.fullmatch(each)
        if match is None:
            wrong.append(
                (pointer, "like hardness 58..62 HRC" if shape is _WINDOW else "like hardness 60 HRC")
            )
        else:
            found.append(read(match))
    return found


def _window(match: re.Match[str]) -> dict[str, Any]:
    ends = {name: number(match[name]) or None for name in ("minimum", "maximum")}
    return {"name": match["name"], "scale": match["scale"], **ends}


def _value(match: re.Match[str]) -> dict[str, Any]:
    return {"name": match["name"], "value": number(match["value"]), "scale": match["scale"]}


def _window_text(window: Mapping[str, Any]) -> str:
    return f"{window['name']} {window['minimum'] or ''}..{window['maximum'] or ''} {window['scale']}"


def _value_text(value: Mapping[str, Any]) -> str:
    return f"{value['name']} {value['value']} {value['scale']}"
