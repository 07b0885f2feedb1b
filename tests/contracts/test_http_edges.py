"""Values at the edge of every body: what is too long, too great or no name gets a clear 4xx, and places lead back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest

from backbone.ids import new_id
from backbone.web import replies
from tests.contracts.http_house import DOCUMENTS, PACKAGES, House, may

HOSTILE: Final[dict[type, tuple[Any, ...]]] = {
    str: (
        "",
        " ",
        "x" * 5_000,
        "x" * 700_000,
        "\u0001\n\u202e",
        "\U0001f33a",
        "../..",
        "9" * 400,
        "-0",
        "1e9",
    ),
    int: (-1, 0, 2**31, 10**15, 2**63, 10**40),
    bool: (None,),
    list: ([], [[]], [None] * 3_000),
    dict: ({}, None),
}
# What people choose as an id and a path can hold: letters of all peoples and the signs of addresses.
STRANGE: Final = "stäl 7?#%2f&\U0001f33a"
# Who takes up a thing under an id of its own, the member that chooses it, and whether the place can be looked at.
MADE: Final = (
    ("orders", "/v1/customers", "customer_id", False),
    ("orders", "/v1/offers", "offer_id", False),
    ("materials", "/v1/items", "sku", True),
    ("materials", "/v1/sites", "site_id", False),
    ("production", "/v1/calendars", "calendar_id", True),
    ("production", "/v1/work-centres", "work_centre_id", True),
    ("production", "/v1/crews", "crew_id", True),
    ("production", "/v1/recipes", "recipe_id", True),
    ("vendors", "/v1/vendors", "vendor_id", True),
    ("service_desk", "/v1/services", "service_id", True),
    ("service_desk", "/v1/technicians", "technician_id", True),
)


def bodies() -> list[Any]:
    """Every operation that reads a JSON body; those that all services have once."""
    return [
        pytest.param(package, path, method, id=f"{package}.{operation['operationId']}")
        for package in PACKAGES
        for path, operations in DOCUMENTS[package]["paths"].items()
        for method, operation in operations.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
        and (package == "orders" or not path.startswith(("/ops", "/v1/webhooks")))
    ]


def example_of(package: str, path: str, method: str) -> Any:
    """The body that the description shows."""
    return DOCUMENTS[package]["paths"][path][method]["requestBody"]["content"]["application/json"]["example"]


def spoilt(body: Any) -> Iterator[tuple[str, Any]]:
    """The body with one value at a time replaced by a hostile one, and where."""
    for place in places(body, ()):
        old = at(body, place)
        for value in HOSTILE.get(type(old), ("x", 1)):
            changed = deepcopy(body)
            at(changed, place[:-1])[place[-1]] = value
            yield f"/{'/'.join(map(str, place))} = {str(value)[:20]}", changed


def places(value: Any, place: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Where in a body each of its values stands."""
    if place:
        yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from places(each, (*place, name))


def at(value: Any, place: tuple[Any, ...]) -> Any:
    """What stands there."""
    for name in place:
        value = value[name]
    return value


def act(
    house: House, role: str, method: str, url: str, body: Any, heads: dict[str, str] | None = None
) -> httpx.Response:
    """The answer to an act in a role, under a key of its own."""
    headers = {"content-type": "application/json", "idempotency-key": new_id(), "if-match": '"0"'}
    raw = json.dumps(body, ensure_ascii=False).encode()
    return house.send(method, url, {**headers, **house.token(role), **(heads or {})}, raw)


def furnish(house: House, package: str) -> dict[str, str]:
    """Take up all that examples show, as far as they stand by themselves; what their ids are."""
    known: dict[str, str] = {}
    for path, operations in DOCUMENTS[package]["paths"].items():
        shown = operations.get("post", {})
        if "{" not in path and "201" in shown.get("responses", {}):
            body = example_of(package, path, "post")
            # In a lasting house an earlier test may have taken it up already.
            if act(house, "admin", "POST", path, body).status_code in {201, 409}:
                known |= {name: value for name, value in body.items() if name.endswith("_id") and value}
    return known


def refusals(house: House, package: str, path: str, method: str) -> tuple[int, list[str]]:
    """How many spoilt bodies were sent, and where the answer to one was a failure of ours."""
    operation = DOCUMENTS[package]["paths"][path][method]
    known = furnish(house, package)
    role = sorted(may(package, operation["operationId"]) - {"link"})[0]
    url = re.sub(r"{(\w+)}", lambda part: known.get(part[1], "1"), path)
    answers = [
        (where, act(house, role, method.upper(), url, body).status_code)
        for where, body in spoilt(example_of(package, path, method))
    ]
    return len(answers), [f"{where}: {status}" for where, status in answers if status >= 500]


@pytest.mark.parametrize(("package", "path", "method"), bodies())
def test_no_value_of_a_body_breaks_an_operation(
    package: str, path: str, method: str, lasting_house: House
) -> None:
    sent, failures = refusals(lasting_house, package, path, method)
    assert sent > 0 or example_of(package, path, method) == {}
    assert failures == []


@pytest.mark.parametrize(("package", "path", "member", "shown"), MADE)
def test_what_is_taken_up_is_found_where_the_answer_says(
    package: str, path: str, member: str, shown: bool, house: House
) -> None:
    furnish(house, package)
    answer = act(house, "admin", "POST", path, {**example_of(package, path, "post"), member: STRANGE})
    assert answer.status_code == 201, answer.text
    place = answer.headers["location"]
    assert place.startswith(f"{path}/{quote(STRANGE)}")
    if shown:
        found = house.send("GET", place, house.token("admin"))
        assert found.status_code == 200
        assert STRANGE in found.text


@pytest.mark.parametrize(("package", "path", "member", "shown"), MADE)
def test_an_id_that_no_path_can_hold_is_refused(
    package: str, path: str, member: str, shown: bool, lasting_house: House
) -> None:
    for chosen in ("a/b", "a\nb", "..", ".", "x" * 201):
        body = {**example_of(package, path, "post"), member: chosen}
        answer = act(lasting_house, "admin", "POST", path, body)
        assert (chosen, answer.status_code) == (chosen, 422)


@pytest.mark.parametrize("package", ["materials"])
def test_a_place_that_is_written_as_it_is_breaks_the_answer(
    package: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "quote", lambda location, **_: location)
    answer = act(
        house, "admin", "POST", "/v1/items", {**example_of(package, "/v1/items", "post"), "sku": "中"}
    )
    assert answer.status_code == 500


@pytest.mark.parametrize("package", ["vendors"])
def test_numbers_and_tags_without_end_are_refused(package: str, house: House) -> None:
    asked = house.send("GET", f"/v1/vendors?limit={'1' * 5_000}", house.token("admin"))
    assert asked.status_code == 422
    body = example_of(package, "/v1/purchasing-policy", "put")
    for tag, status in {
        "": 400,
        "7": 400,
        "*": 400,
        '"x"': 412,
        'W/"0"': 412,
        f'"{"9" * 5_000}"': 412,
    }.items():
        answer = act(house, "admin", "PUT", "/v1/purchasing-policy", body, {"if-match": tag})
        assert (tag, answer.status_code) == (tag, status)
