"""Asked twice, and asked too late: one key is one effect and one answer, and what was not seen is not overwritten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from backbone.ids import new_id
from backbone.service import asked
from backbone.web import Ask
from tests.contracts.http_house import DOCUMENTS, PACKAGES, Door, House, doors_of, example_of, may
from tests.contracts.test_http_edges import furnish

packages: Final = pytest.mark.parametrize("package", PACKAGES)
# Where a thing is shown that a PUT changes, and how it is made first, if it is not there from the start.
CHANGED: Final = {
    # All services have it; it is tried at one of them.
    "change_webhook": ("orders", "/v1/webhooks/{made}", ("/v1/webhooks",)),
    "change_vendor": ("vendors", "/v1/vendors/steel-ltd", ("/v1/vendors",)),
    "set_policy": ("vendors", "/v1/purchasing-policy", ()),
    "set_rate": ("vendors", "/v1/exchange-rates/USD", ()),
    "set_day_rate": ("orders", "/v1/exchange-rates/USD/EUR/2026-03-02", ()),
    "set_agreement": ("service_desk", "/v1/sla-agreement", ()),
    "rewrite_recipe": (
        "production",
        "/v1/recipes/harden-shaft/versions/1",
        ("/v1/calendars", "/v1/work-centres", "/v1/recipes"),
    ),
}
# A part of a file follows the byte that If-Match names: it needs no key, and is tried where imports are.
PARTS: Final = frozenset({"send_part"})


def acting(package: str) -> Iterator[Door]:
    """Every operation that changes something; those that all services have are tried at one of them."""
    for door in doors_of(package):
        if (
            door.method != "GET"
            and door.operation not in PARTS
            and (package == "orders" or not door.path.startswith(("/ops", "/v1/webhooks")))
        ):
            yield door


def act(house: House, door: Door, url: str, key: str | None, tag: str | None, body: Any) -> httpx.Response:
    """The answer to an act by the first role that may, under a key and with a tag, if given."""
    role = sorted(may(door.package, door.operation) - {"link"})[0]
    headers = {"content-type": "application/json", **house.token(role)}
    if key is not None:
        headers["idempotency-key"] = key
    if tag is not None:
        headers["if-match"] = tag
    return house.send(door.method, url, headers, json.dumps(body).encode())


def told(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """All that an answer says."""
    return answer.status_code, dict(answer.headers), answer.content


def broken_keys(house: House, package: str) -> list[str]:
    """Where a key is not one answer, or an act needs none."""
    found = []
    for door in acting(package):
        key, body, url = new_id(), example_of(door), door.at(*["1"] * len(door.parameters))
        first, again = (told(act(house, door, url, key, '"0"', body)) for _ in range(2))
        if first != again:
            found.append(f"{door.name} again: {first[0]} and then {again[0]}")
        without = act(house, door, url, None, '"0"', body).status_code
        # What cannot be read at all is refused before anybody asks for a key.
        if without != 400 and first[0] != 422:
            found.append(f"{door.name} without a key: {without}")
        if first[0] not in {403, 422}:
            found.extend(_reused(house, door, url, key, body))
    return found


def _reused(house: House, door: Door, url: str, key: str, body: Any) -> Iterator[str]:
    """Where a key is taken again for another object or another body."""
    other: dict[str, Any] = {}
    if door.parameters:
        other["object"] = act(house, door, url.replace("/1", "/2"), key, '"0"', body)
    if body:
        name, value = next(
            (name, value) for name, value in body.items() if isinstance(value, str | list | int)
        )
        changed = (
            value[:-1] if isinstance(value, list) else value + 1 if isinstance(value, int) else f"{value}x"
        )
        other["body"] = act(house, door, url, key, '"0"', {**body, name: changed})
    for what, answer in other.items():
        if answer.status_code != 422:
            yield f"{door.name} another {what}: {answer.status_code}"


@packages
def test_a_key_is_one_answer_at_every_operation_that_acts(package: str, house: House) -> None:
    assert list(acting(package))
    furnish(house, package)
    assert broken_keys(house, package) == []


@pytest.mark.parametrize("package", ["service_desk"])
def test_a_service_that_keeps_no_answers_is_told(
    package: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forgets(*_: Any) -> dict[Any, Any]:
        return {}

    furnish(house, package)
    monkeypatch.setattr(asked, "claim", forgets)
    monkeypatch.setattr(asked, "keep", forgets)
    found = broken_keys(house, package)
    assert any("another body: 4" in each or "another body: 2" in each for each in found)


@pytest.mark.parametrize("package", ["service_desk"])
def test_a_service_that_reads_only_the_body_takes_a_key_for_another_object(
    package: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(house, package)
    monkeypatch.setattr(Ask, "_digest", lambda self, form: self._body)
    assert any("another object" in each for each in broken_keys(house, package))


def test_every_put_names_the_version_that_was_seen() -> None:
    puts = [door for package in PACKAGES for door in doors_of(package) if door.method in {"PUT", "PATCH"}]
    assert {door.operation for door in puts} == {*CHANGED, *PARTS}
    for door in puts:
        parameters = DOCUMENTS[door.package]["paths"][door.path][door.method.lower()]["parameters"]
        assert "If-Match" in {each["name"] for each in parameters}, door.name


def lost_updates(house: House, operation: str) -> list[str]:
    """Where a change is taken without the version that was seen, or with one that was not."""
    package, url, makers = CHANGED[operation]
    doors = {door.path: door for door in doors_of(package) if door.method == "POST"}
    for path in makers:
        made = act(house, doors[path], path, new_id(), None, example_of(doors[path]))
        assert made.status_code == 201, made.text
        # Where the service chooses an id, its answer says it.
        url = made.headers["location"] if url.endswith("{made}") else url
    door = next(door for door in doors_of(package) if door.operation == operation)
    body = example_of(door)
    seen = _tag_of(house, url)
    statuses = {
        "without": act(house, door, url, new_id(), None, body).status_code,
        "another": act(house, door, url, new_id(), '"7"', body).status_code,
        "weak": act(house, door, url, new_id(), f"W/{seen}", body).status_code,
    }
    changed = act(house, door, url, new_id(), seen, body)
    statuses |= {"seen": changed.status_code, "late": act(house, door, url, new_id(), seen, body).status_code}
    wanted = {"without": 428, "another": 412, "weak": 412, "seen": 200, "late": 412}
    found = [f"{name}: {status}" for name, status in statuses.items() if status != wanted[name]]
    if changed.headers.get("etag") in {None, seen} or _tag_of(house, url) != changed.headers.get("etag"):
        found.append(f"the tag went from {seen} to {changed.headers.get('etag')}")
    return found


def _tag_of(house: House, url: str) -> Any:
    """The tag of what is there, by its own address or in its list; that of nothing is 0."""
    if "exchange-rates" not in url:
        return house.send("GET", url, house.token("admin")).headers.get("etag")
    items = house.send("GET", "/v1/exchange-rates", house.token("admin")).json()["items"]
    return next((f'"{each["version"]}"' for each in items), '"0"')


CASES: Final = [pytest.param(case[0], name, id=name) for name, case in CHANGED.items()]


@pytest.mark.parametrize(("package", "operation"), CASES)
def test_what_was_not_seen_is_not_overwritten(package: str, operation: str, house: House) -> None:
    assert lost_updates(house, operation) == []


@pytest.mark.parametrize(("package", "operation"), CASES)
def test_a_door_that_takes_any_version_is_told(
    package: str, operation: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual: Any = vars(Ask)["expected_version"].fget
    monkeypatch.setattr(Ask, "expected_version", property(lambda self: _leniently(usual, self)))
    assert any(each.startswith("without: ") for each in lost_updates(house, operation))


def _leniently(usual: Any, ask: Ask) -> int:
    return int(usual(ask)) if "if-match" in ask.request.headers else 0
