"""Finding people: skills, hours, leaves, travel and overlap; nobody is ever in two places at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta, timezone
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk_made import DAY, HOUR, NOW, WEEK, at, technician, work

from service_desk.domain.slot import Diary, Engagement, Team, Work, earliest_team, team_at
from service_desk.domain.technician import Leave, Technician


def diary(*taken: tuple[str, float, float], place: str = "c2/main", day: int = 2) -> Diary:
    """Who is taken from when to when, at another client's unless told."""
    return Diary.of(
        Engagement(f"s{number}", who, at(start, day), at(end, day), place)
        for number, (who, start, end) in enumerate(taken)
    )


@pytest.mark.parametrize(("start", "free"), [(8, True), (9, False), (10, False), (11, False), (12, True)])
def test_ten_to_twelve_booked_refuses_what_meets_it(start: float, free: bool) -> None:
    found = team_at(work(2 if start == 8 else 1.5), [technician()], diary(("anna", 10, 12)), at(start))
    assert (found is not None) == free


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(11, 11.5), (9, 11), (11, 13), (9, 13), (10, 12)],
    ids=["inside", "before", "after", "around", "same"],
)
def test_a_leave_inside_across_or_around_the_slot_refuses_it(starts: float, ends: float) -> None:
    away = technician(leaves=(Leave(at(starts), at(ends)),))
    assert team_at(work(2), [away], Diary(), at(10)) is None
    assert team_at(work(2), [away], Diary(), at(13)) is not None


def test_who_has_not_every_skill_or_works_elsewhere_or_no_more_is_not_asked() -> None:
    crew = [
        technician("a", "other"),
        technician("b", site_id="plant-2"),
        technician("c", active=False),
        technician("d", "it", "lift"),
    ]
    found = team_at(work(skills=frozenset({"it", "lift"})), crew, Diary(), at(8))
    assert found == Team(at(8), at(9), ("d",))


def test_the_way_between_two_clients_is_kept_free_and_none_within_one() -> None:
    anna = technician(travel_minutes=60)
    taken = diary(("anna", 10, 12))
    assert team_at(work(1), [anna], taken, at(12.5)) is None
    assert team_at(work(1.5), [anna], taken, at(8)) is None
    assert team_at(work(1), [anna], taken, at(13)) is not None
    assert team_at(work(1, place="c2/main"), [anna], taken, at(12)) is not None


def test_several_people_come_together_or_not_at_all() -> None:
    crew = [technician("anna"), technician("ben"), technician("cleo")]
    taken = diary(("anna", 8, 10), ("ben", 8, 9))
    found = earliest_team(work(2, people=2), crew, taken, NOW)
    assert found == Team(at(9), at(11), ("ben", "cleo"))
    assert earliest_team(work(2, people=4), crew, taken, NOW) is None


def test_who_has_the_fewest_engagements_goes_first() -> None:
    crew = [technician("anna"), technician("ben")]
    found = team_at(work(1), crew, diary(("anna", 13, 14)), at(8))
    assert found is not None
    assert found.technician_ids == ("ben",)


def test_work_that_fits_into_a_day_is_not_cut() -> None:
    found = earliest_team(work(4), [technician()], diary(("anna", 8, 13)), NOW)
    assert found is not None
    assert found.starts_at == at(8, 3)


def test_work_longer_than_a_day_goes_on_over_the_weekend() -> None:
    found = earliest_team(work(20), [technician()], Diary(), at(8, 5))
    assert found == Team(at(8, 5), at(12, 9), ("anna",))


def test_longer_work_is_not_laid_over_an_engagement_on_its_way() -> None:
    found = earliest_team(work(20), [technician()], diary(("anna", 10, 11), day=4), NOW)
    assert found is not None
    assert found.starts_at == at(11, 4)


def test_a_start_within_an_hour_is_on_the_quarter() -> None:
    found = earliest_team(work(1), [technician()], Diary(), at(9) + timedelta(minutes=7))
    assert found is not None
    assert found.starts_at == at(9.25)


def test_nothing_is_found_beyond_the_days_that_are_searched() -> None:
    away = technician(leaves=(Leave(NOW - DAY, NOW + 30 * DAY),))
    assert earliest_team(work(), [away], Diary(), NOW, days=20) is None
    assert earliest_team(work(), [away], Diary(), NOW) is not None


def test_work_that_nobody_ever_finishes_is_refused() -> None:
    assert earliest_team(work(24 * 366), [technician()], Diary(), NOW, days=3) is None


def test_what_was_freed_can_be_taken_and_what_was_only_tried_leaves_no_trace() -> None:
    taken = diary(("anna", 8, 16))
    taken.free("s0")
    team = team_at(work(1), [technician()], taken, at(8))
    assert team is not None
    taken.take("new", team, "c1/main")
    taken.free("new")
    taken.free(None)
    assert (taken.freed, taken.added, taken.slots, taken.counts["anna"]) == ({"s0"}, {}, {}, 0)


crews = st.lists(
    st.builds(
        technician,
        st.sampled_from(["anna", "ben", "cleo"]),
        travel_minutes=st.sampled_from([0, 30, 60]),
        leaves=st.lists(st.integers(8, 60).map(lambda hour: Leave(at(hour), at(hour + 5))), max_size=2).map(
            tuple
        ),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda each: each.technician_id,
)
works = st.lists(
    st.builds(
        work,
        st.sampled_from([0.5, 1, 3, 7, 10, 20]),
        st.integers(1, 2),
        st.sampled_from(["c1/main", "c2/main"]),
    ),
    max_size=8,
)


@settings(max_examples=60)
@given(crews, works)
def test_nobody_is_in_two_places_or_away_or_without_the_way(
    crew: list[Technician], asked: list[Work]
) -> None:
    people = {each.technician_id: each for each in crew}
    full = Diary()
    for number, each in enumerate(asked):
        team = earliest_team(each, crew, full, NOW, days=40)
        if team is not None:
            assert len(team.technician_ids) == each.people
            for who in team.technician_ids:
                assert WEEK.worked(team.starts_at, team.ends_at) == each.length
                assert not people[who].away(team.starts_at, team.ends_at)
            full.take(str(number), team, each.place)
    for who, technician_ in people.items():
        assert_apart(
            (e for made in full.slots.values() for e in made if e.technician_id == who), technician_.travel
        )


def assert_apart(engagements: Iterable[Engagement], travel: timedelta) -> None:
    for one, two in combinations(sorted(engagements, key=lambda each: each.starts_at), 2):
        way = timedelta() if one.place == two.place else travel
        assert one.ends_at + way <= two.starts_at


@settings(max_examples=60)
@given(crews, works, st.integers(0, 100))
def test_the_earliest_team_is_there_at_that_time_and_not_before_it(
    crew: list[Technician], asked: list[Work], hour: int
) -> None:
    for each in asked:
        team = earliest_team(each, crew, Diary(), NOW + hour * HOUR, days=40)
        if team is not None:
            assert team.starts_at >= NOW + hour * HOUR
            assert team_at(each, crew, Diary(), team.starts_at) == team


def test_a_look_at_one_day_costs_the_same_in_a_full_year() -> None:
    full = diary(("anna", 8, 16))
    for number in range(365):
        start = NOW + number * DAY
        full.take(f"d{number}", Team(start, start + 8 * HOUR, ("anna",)), "c2/main")
    assert len(list(full.between("anna", NOW.date(), NOW.date()))) == 2
    found = earliest_team(work(1), [technician()], full, NOW + 300 * DAY, days=100)
    assert found is not None
    assert found.starts_at >= NOW + 365 * DAY


def test_a_time_with_another_offset_is_the_same_time() -> None:
    tokyo = timezone(timedelta(hours=9))
    early = at(8, 3).astimezone(tokyo)
    busy = diary(("anna", 8, 9), day=3)
    assert team_at(work(), [technician()], busy, early) is None
    assert team_at(work(), [technician()], busy, at(9, 3).astimezone(tokyo)) == Team(
        at(9, 3), at(10, 3), ("anna",)
    )


@settings(max_examples=40)
@given(crews, works, st.sampled_from([0.5, 2, 7, 10]), st.integers(1, 2))
def test_no_earlier_quarter_of_an_hour_would_have_done(
    crew: list[Technician], before: list[Work], hours: float, people: int
) -> None:
    full, asked = Diary(), work(hours, people, "c3/main")
    for number, each in enumerate(before):
        team = earliest_team(each, crew, full, NOW, days=10)
        if team is not None:
            full.take(str(number), team, each.place)
    quarters = (NOW + number * timedelta(minutes=15) for number in range(10 * 24 * 4))
    first = next((found for start in quarters if (found := team_at(asked, crew, full, start))), None)
    found = earliest_team(asked, crew, full, NOW, days=9)
    assert (found and found.starts_at) == (first and first.starts_at)
