"""What libraries say: a warning that is said again and again is one line a minute, an error is always a line."""

from __future__ import annotations

import logging
import sys

import pytest

from backbone.logs import SAID_COUNT_MAX, SAME_SECONDS, SaidOnce


def said(text: str, at: float = 0.0, level: int = logging.WARNING, **more: object) -> logging.LogRecord:
    record = logging.LogRecord("library", level, __file__, 1, text, None, None)
    record.created = at
    record.__dict__.update(more)
    return record


def test_a_warning_that_is_repeated_is_logged_once_a_minute() -> None:
    once = SaidOnce()
    moments = [0.0, 0.1, SAME_SECONDS - 1, SAME_SECONDS, SAME_SECONDS + 1, 2 * SAME_SECONDS]
    logged = [once.filter(said("the broker is away", at)) for at in moments]
    assert logged == [True, False, False, True, False, True]


def test_another_warning_is_logged_at_once() -> None:
    once = SaidOnce()
    assert [once.filter(said(text)) for text in ("node 1 is away", "node 2 is away")] == [True, True]


@pytest.mark.parametrize("how", ["error", "exception"])
def test_what_failed_is_logged_each_time(how: str) -> None:
    once = SaidOnce()
    try:
        raise ValueError("broken")
    except ValueError:
        more = {"exc_info": sys.exc_info()} if how == "exception" else {"levelno": logging.ERROR}
    assert [once.filter(said("it failed", **more)) for _ in range(3)] == [True] * 3


def test_few_lines_are_remembered() -> None:
    once = SaidOnce()
    assert all(once.filter(said(f"line {number}")) for number in range(SAID_COUNT_MAX))
    assert not once.filter(said("line 0"))
    assert once.filter(said("one more"))
    assert once.filter(said("line 0"))
