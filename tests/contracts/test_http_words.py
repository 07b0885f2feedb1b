"""Refusals of bodies: each says in plain words what its field should be, whatever is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

import pytest

from backbone.errors import Invalid
from backbone.web.strict import parse
from backbone.wording import ELSE, plainly
from tests.contracts.http_house import PACKAGES, bodies_of
from tests.contracts.test_http_edges import at, places

WRONG: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    1.5,
    10**30,
    "",
    "x",
    "2026-01-01",
    "2026-01-01T00:00:00",
    [],
    [1],
    {},
    {"a": 1},
)
# How the library that reads bodies begins, which nobody knows who sent one.
FOREIGN: Final = ("Input", "Field", "Unexpected", "String", "Value error", "Extra", "Tuple", "Date")


def spoilt(body: Any) -> Iterator[Any]:
    """The body with one value at a time replaced by each that is wrong there, left out, or with one more beside it."""
    yield from WRONG
    for place in places(body, ()):
        for value in WRONG:
            changed = deepcopy(body)
            at(changed, place[:-1])[place[-1]] = value
            yield changed
        around = at(changed, place[:-1])
        if isinstance(around, dict):
            del around[place[-1]]
            around["nobody-knows"] = 1
            yield changed


def refusals(kind: type, body: Any) -> set[tuple[str, str]]:
    """Where such a body is wrong, and what is said of it."""
    found: set[tuple[str, str]] = set()
    for each in spoilt(body):
        try:
            parse(kind, json.dumps(each).encode())
        except Invalid as wrong:
            found |= set(wrong.pointers)
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_a_refused_body_is_told_in_plain_words(package: str) -> None:
    found = {said for kind, body in bodies_of(package) for said in refusals(kind, body)}
    words = {said for _, said in found}
    assert {"it is missing", "nothing is known under this name", "a text in quotes", "a list"} <= words
    assert sorted(said for said in found if said[1].startswith(FOREIGN)) == []
    assert sorted(said for said in found if said[1] == ELSE) == []


def test_what_nobody_has_put_into_words_is_not_told_in_those_of_the_library() -> None:
    assert plainly({"type": "finite_number", "msg": "Input should be a finite number"}) == ELSE
