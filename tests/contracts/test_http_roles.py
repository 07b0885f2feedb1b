"""Every door of every service and every role: the policy says who is let in; without a good token nobody is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from backbone import ops, policy
from backbone.auth import Principal, Verifier
from backbone.ids import new_id
from backbone.policy import ROLES, NotInPolicy
from backbone.testing_issuer import Issuer
from backbone.web import build_app
from contracts.policy import POLICY
from tests.contracts.http_house import HOUSES, Door, House, doors_of

houses: Final = pytest.mark.parametrize("package", HOUSES)


def statuses(house: House, door: Door, role: str) -> int:
    """What a role hears that asks for nothing in particular, under a key of its own."""
    values = ["x"] * len(door.parameters)
    token = house.link(door, *values) if role == "link" else house.token(role)
    return house.status(door.method, door.at(*values), {**token, "idempotency-key": new_id()})


def wrongs(house: House, package: str) -> list[str]:
    """Where a role that may not is let in, or one that may is kept out."""
    found = []
    for door in doors_of(package):
        for role in sorted(ROLES):
            status = statuses(house, door, role)
            if (role in POLICY[door.name]) == (status in {401, 403}):
                found.append(f"{door.name} {role}: {status}")
    return found


def tampered(token: str) -> dict[str, str]:
    """Tokens that nobody signed so, by what was done to them."""
    head, body, mark = token.split(".")
    other = "A" if mark[0] != "A" else "B"
    return {
        "another mark": f"{head}.{body}.{other}{mark[1:]}",
        "no mark": f"{head}.{body}.",
        "another body": f"{head}.{body[:-2]}{'AA' if body[-2:] != 'AA' else 'BB'}.{mark}",
        "another head": f"{head[:-2]}{'AA' if head[-2:] != 'AA' else 'BB'}.{body}.{mark}",
    }


def let_in(house: House, package: str) -> list[str]:
    """Where somebody without a good token hears anything but 401."""
    good = house.token("admin")["authorization"].removeprefix("Bearer ")
    expired = house.issuer.token("admin", claims={"iat": 1, "exp": 2})
    foreign = house.issuer.token("admin", claims={"aud": "another"})
    bad: dict[str, dict[str, str]] = {
        name: {"authorization": f"Bearer {token}"}
        for name, token in {**tampered(good), "expired": expired, "for others": foreign}.items()
    }
    found = []
    for door in doors_of(package):
        url = door.at(*["x"] * len(door.parameters))
        link = house.link(door, "x")["authorization"]
        broken = {"broken link": {"authorization": link[:-1] + ("A" if link[-1] != "A" else "B")}}
        for name, headers in {"none": {}, **bad, **broken}.items():
            status = house.status(door.method, url, {**headers, "idempotency-key": new_id()})
            if status != 401:
                found.append(f"{door.name} {name}: {status}")
    return found


@houses
def test_who_is_let_in_is_what_the_policy_says(package: str, house: House) -> None:
    assert doors_of(package)
    assert wrongs(house, package) == []


@houses
def test_nobody_is_let_in_without_a_good_token(package: str, house: House) -> None:
    assert let_in(house, package) == []


@houses
def test_each_operation_is_one_door_and_the_policy_names_no_other(package: str) -> None:
    doors = doors_of(package)
    service = doors[0].name.partition(".")[0]
    assert Counter(door.name for door in doors).most_common(1)[0][1] == 1
    assert {name for name in POLICY if name.startswith(f"{service}.")} == {door.name for door in doors}


@houses
def test_an_operation_that_the_policy_does_not_name_is_not_served(
    package: str, house: House, tmp_path: Path
) -> None:
    doors = doors_of(package)
    for door in doors:
        less = {name: roles for name, roles in POLICY.items() if name != door.name}
        with pytest.raises(NotInPolicy, match=door.name):
            build_app(
                house.host,
                title="less",
                policy=less,
                verifier=Issuer(tmp_path).verifier(),
                extra=ops.routers_of(house.host.service),
            )


@pytest.mark.parametrize("package", ["materials"])
def test_a_door_that_asks_nobody_for_its_role_is_told(
    package: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "demand", lambda *_: None)
    told = wrongs(house, package)
    assert len(told) > len(doors_of(package))
    assert any(each.startswith("materials.book_lot customer") for each in told)


@pytest.mark.parametrize("package", ["materials"])
def test_a_door_that_keeps_out_who_may_is_told(
    package: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(house.policy, "materials.book_lot", frozenset({"admin"}))
    assert wrongs(house, package) == ["materials.book_lot system: 403", "materials.book_lot warehouse: 403"]


@pytest.mark.parametrize("package", ["materials"])
def test_a_verifier_that_believes_everybody_is_told(
    package: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def anybody(*_: Any) -> Principal:
        return Principal("anybody", "admin", None, 2**40)

    monkeypatch.setattr(Verifier, "authenticate", anybody)
    told = let_in(house, package)
    assert any(each.startswith("materials.book_lot no mark") for each in told)
