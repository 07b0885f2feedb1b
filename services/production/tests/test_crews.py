"""Crews: what one may be, and which operations nobody at a site could do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backbone.errors import Invalid
from contracts.crews import CrewDefined
from production.domain.crew import Crew, demand_manned, skills_of
from services.production.tests.made import HARDENERS, hardening

(STEP,) = hardening().operations


def pointers(refusal: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(where, why) for where, why in refusal.value.pointers]


def test_a_crew_tells_who_it_is() -> None:
    assert HARDENERS.told() == CrewDefined("hardeners", "plant-1", "Hardening crew", "hardening", 2, "week")


@pytest.mark.parametrize("people", [-1, 1_001])
def test_a_crew_has_a_possible_number_of_people(people: int) -> None:
    with pytest.raises(Invalid) as refusal:
        replace(HARDENERS, people=people)
    assert pointers(refusal) == [("/people", "0 to 1000 people")]
    assert replace(HARDENERS, people=0).people == 0


@pytest.mark.parametrize(
    ("change", "where"), [({"site_id": "plant-2"}, "/site_id"), ({"skill": "welding"}, "/skill")]
)
def test_a_crew_keeps_its_site_and_its_skill(change: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as refusal:
        replace(HARDENERS, **change).demand_as_before(HARDENERS)
    assert [each for each, _ in pointers(refusal)] == [where]
    replace(HARDENERS, people=7, title="Night crew").demand_as_before(HARDENERS)


def test_the_skills_of_operations_are_those_that_are_named() -> None:
    assert skills_of([STEP, replace(STEP, operation_no=20, skill="welding")]) == {"welding"}


@pytest.mark.parametrize(
    ("skill", "people", "wrong"),
    [
        ("hardening", 2, []),
        ("hardening", 3, [("/operations/0/people", "no crew of plant-1 has more than 2")]),
        ("welding", 1, [("/operations/0/skill", "no crew of plant-1 has it")]),
        ("", 9, []),
    ],
)
def test_an_operation_needs_one_crew_with_its_skill_and_so_many_people(
    skill: str, people: int, wrong: list[tuple[str, str]]
) -> None:
    elsewhere = Crew("welders", "plant-2", "Welders", "welding", 9, "week")
    second = replace(HARDENERS, crew_id="second", people=1)
    asked = ([replace(STEP, skill=skill, people=people)], "plant-1", [HARDENERS, second, elsewhere])
    if not wrong:
        demand_manned(*asked)
        return
    with pytest.raises(Invalid) as refusal:
        demand_manned(*asked)
    assert pointers(refusal) == wrong


def test_who_has_a_skill_is_somebody() -> None:
    assert hardening(operations=(replace(STEP, skill="hardening", people=0),)).wrong() == [
        ("/operations/0/people", "who has the skill is somebody")
    ]
    endless = hardening(operations=(replace(STEP, skill="h" * 1_000),)).wrong()
    assert [where for where, _ in endless] == ["/operations/0/skill"]
