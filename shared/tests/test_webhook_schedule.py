"""When a delivery is tried again: over three days, spread by chance, later where the other side asks for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.webhooks.schedule import RETRY_AFTER_MAX, WAITS, asked_wait, next_try

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
CHANCES = st.floats(0, 1)


@given(CHANCES)
def test_tries_go_on_for_three_days_and_end(chance: float) -> None:
    at, attempts = NOW, 1
    while (following := next_try(attempts, at, chance, None)) is not None:
        assert WAITS[attempts - 1] <= following - at <= WAITS[attempts - 1] * 1.2
        at, attempts = following, attempts + 1
    assert attempts == len(WAITS) + 1
    assert timedelta(days=3) <= at - NOW <= timedelta(days=4)


@given(CHANCES, st.integers(0, 86_400))
def test_who_asks_to_wait_is_never_asked_sooner(chance: float, seconds: int) -> None:
    following = next_try(1, NOW, chance, asked_wait(str(seconds), NOW))
    assert following is not None
    assert following >= NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("given", "wait"),
    [
        (None, None),
        ("120", timedelta(minutes=2)),
        (" 7 ", timedelta(seconds=7)),
        ("9" * 400, RETRY_AFTER_MAX),
        ("Mon, 02 Mar 2026 08:01:00 GMT", timedelta(minutes=1)),
        ("Mon, 02 Mar 2026 07:00:00 GMT", timedelta(0)),
        ("Fri, 02 Mar 2046 08:00:00 GMT", RETRY_AFTER_MAX),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_wait_is_read_in_both_forms_and_never_longer_than_a_day(
    given: str | None, wait: timedelta | None
) -> None:
    assert asked_wait(given, NOW) == wait
