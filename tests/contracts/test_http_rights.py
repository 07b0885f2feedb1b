"""What belongs to another party reads exactly as what is not there: at every door that lets customers or vendors in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from backbone.ids import new_id
from backbone.policy import PARTY_ROLES
from backbone.web import Ask
from orders import queries
from tests.contracts.http_house import Door, House, doors_of, example_of, may
from tests.contracts.http_owned import BESIDE, MADE, OTHERS, Owned, made

parties: Final = pytest.mark.parametrize("package", sorted(MADE))
# What is on offer is for every customer.
PUBLIC: Final = frozenset({"list_offers"})
FORM: Final = "application/x-www-form-urlencoded"
# What is sent from pages where they act.
FORMS: Final = {
    "orders.answer_quote_at_page": "act=accept",
    "orders.answer_order_at_page": "act=accept-dates",
    "orders.change_order_at_page": "act=cancel&reason=late",
    "orders.decide_change_at_page": "act=commit",
    "service-desk.answer_visit_at_page": "act=confirm&offer_no=1",
    "service-desk.give_word_at_page": "act=accept",
    "service-desk.write_about_order_at_page": "text=hello",
    "vendors.answer_order_at_page": "act=as-asked",
    "vendors.ship_order_at_page": "quantity%20line=1&expected_at=2026-04-01T08:00",
    "vendors.answer_rfq_at_page": "unit_price=7.25&currency=EUR&extras=0&lead_days=4",
}


def roles_at(door: Door) -> list[str]:
    """The roles from outside that a door lets in."""
    return sorted(may(door.package, door.operation) & PARTY_ROLES)


def ask(house: House, door: Door, heads: dict[str, str], object_id: str, body: Any = None) -> httpx.Response:
    """The answer to somebody who names an object in the path."""
    values = (object_id, *(BESIDE.get(name, "1") for name in door.parameters[1:]))
    headers = {"content-type": "application/json", "idempotency-key": new_id(), **heads}
    raw = json.dumps(example_of(door) if body is None else body).encode() if door.method != "GET" else None
    if door.is_page and raw is not None:
        headers["content-type"], raw = FORM, FORMS.get(door.name, "").encode()
    return house.send(door.method, door.at(*values), headers, raw)


def heads_of(house: House, door: Door, role: str, object_id: str) -> dict[str, str]:
    """Another party's token; a link of another party that names the very object."""
    if role == "link":
        return house.link(door, object_id, party=OTHERS[role])
    return house.token(role, OTHERS[role])


def told_of(answer: httpx.Response, object_id: str) -> tuple[int, str, str]:
    """What an answer tells, but for the id that was asked for."""
    return answer.status_code, answer.headers.get("content-type", ""), answer.text.replace(object_id, "it")


def named_in_paths(package: str, owned: Owned) -> Iterator[tuple[Door, str, str]]:
    """Each door with an object in its path, each role from outside that it lets in, and each object."""
    for door in doors_of(package):
        for role in roles_at(door) if door.parameters else ():
            for object_id in owned[door.parameters[0]]:
                yield door, role, object_id


def named_in_bodies(package: str, owned: Owned) -> Iterator[tuple[Door, str, str, str]]:
    """Each door that names an object in its body: the role, the member and the object."""
    for door in doors_of(package):
        shown = {} if door.method == "GET" or not roles_at(door) else example_of(door)
        members = shown["acts"][0] if "acts" in shown else shown
        for member in members.keys() & owned.keys():
            for role in set(roles_at(door)) - {"link"}:
                yield from ((door, role, member, object_id) for object_id in owned[member])


def leaks_in_paths(house: House, package: str, owned: Owned) -> list[str]:
    """Where another party's object reads otherwise than an unknown one."""
    found = []
    for door, role, object_id in named_in_paths(package, owned):
        unknown = new_id()
        theirs = told_of(ask(house, door, heads_of(house, door, role, object_id), object_id), object_id)
        nothing = told_of(ask(house, door, heads_of(house, door, role, unknown), unknown), unknown)
        if theirs != nothing or theirs[0] != 404:
            found.append(f"{door.name} {role}: {theirs}, unknown: {nothing}")
    return found


def leaks_in_bodies(house: House, package: str, owned: Owned) -> list[str]:
    """Where a body that names another party's object is answered otherwise than one that names nothing."""
    found = []
    for door, role, member, object_id in named_in_bodies(package, owned):
        answers = []
        for named in (object_id, new_id()):
            shown = example_of(door)
            body = (
                {"acts": [{**shown["acts"][0], member: named}]}
                if "acts" in shown
                else {**shown, member: named}
            )
            answers.append(told_of(ask(house, door, heads_of(house, door, role, named), named, body), named))
        if answers[0] != answers[1] or "not-found" not in answers[0][2]:
            found.append(f"{door.name} {role}: {answers[0]}, unknown: {answers[1]}")
    return found


def leaks_in_lists(house: House, package: str, owned: Owned) -> list[str]:
    """Where a list shows another party's objects, whatever it is narrowed to."""
    ids = {object_id for objects in owned.values() for object_id in objects}
    found = []
    for door in doors_of(package):
        for role in set(roles_at(door)) - {"link"} if not door.parameters and door.method == "GET" else ():
            narrowed = [f"?{member}={object_id}" for member in owned for object_id in owned[member]]
            for query in ("", *narrowed):
                answer = house.send("GET", door.path + query, house.token(role, OTHERS[role]))
                shown = answer.text if door.is_page else json.dumps(answer.json()["items"])
                if door.operation not in PUBLIC and any(each in shown for each in ids):
                    found.append(f"{door.name}{query} {role}: {shown}")
    return found


@parties
def test_anothers_object_reads_as_an_unknown_one(package: str, house: House) -> None:
    owned = made(house, package)
    assert leaks_in_paths(house, package, owned) == []
    assert leaks_in_bodies(house, package, owned) == []
    assert leaks_in_lists(house, package, owned) == []
    # Everything is there all the same: its owner is answered otherwise.
    for door, role, object_id in named_in_paths(package, owned):
        heads = house.link(door, object_id) if role == "link" else house.token(role)
        unknown = new_id()
        nothing = told_of(ask(house, door, heads_of(house, door, role, unknown), unknown), unknown)
        assert told_of(ask(house, door, heads, object_id), object_id) != nothing, (door, role)


@parties
def test_every_door_from_outside_is_walked_through(package: str, house: House) -> None:
    owned = made(house, package)
    walked = {door for door, _, _ in named_in_paths(package, owned)}
    walked |= {door for door, *_ in named_in_bodies(package, owned)}
    lists = {door for door in doors_of(package) if door.method == "GET" and not door.parameters}
    outside = {door for door in doors_of(package) if roles_at(door)}
    left = {door.operation for door in outside - walked - lists}
    # These name nothing that is there: what is needed, or said, is new.
    assert left <= {"state_need", "state_needs", "open_ticket_at_page", "write_at_page"}


@parties
def test_a_service_that_forgets_whose_a_thing_is_is_told(
    package: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    owned = made(house, package)
    monkeypatch.setattr(Ask, "party", property(lambda _: None))
    doors = {door.name for door, _, _ in named_in_paths(package, owned)}
    told = {leak.partition(" ")[0] for leak in leaks_in_paths(house, package, owned)}
    assert len(told) >= len(doors) - 1, doors - told
    assert leaks_in_lists(house, package, owned)


@pytest.mark.parametrize("package", ["orders"])
def test_one_door_that_forbids_instead_of_knowing_nothing_is_told(
    package: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    owned, usual = made(house, package), queries.find_need

    async def talkative(sql: Any, need_id: str, *, party: str | None) -> Any:
        need = await usual(sql, need_id, party=None)
        assert party is not None
        return need

    monkeypatch.setattr(queries, "find_need", talkative)
    assert {leak.partition(" ")[0] for leak in leaks_in_paths(house, package, owned)} == {"orders.show_need"}
