"""The merged log: who speaks, what of a JSON line people see, and that no line can play tricks on a terminal."""

from __future__ import annotations

import io
import json

from o2d.local.voices import Voices, readable


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_every_line_carries_its_speaker() -> None:
    out = io.StringIO()
    voices = Voices(["orders", "service-desk"], out)
    voices.of("orders")("plain")
    voices.say("o2d", "first\nsecond")
    assert out.getvalue() == "orders       | plain\no2d          | first\no2d          | second\n"


def test_a_service_has_a_colour_on_a_terminal_only() -> None:
    out = Terminal()
    Voices(["orders"], out).of("orders")("plain")
    assert out.getvalue() == "\x1b[36morders |\x1b[0m plain\n"


def test_json_lines_become_readable() -> None:
    line = {
        "timestamp": "2026-03-02T08:15:30Z",
        "level": "warning",
        "event": "lane failed",
        "key": "a b",
        "try": 2,
    }
    assert readable(json.dumps(line)) == '08:15:30 warning lane failed key="a b" try=2'
    assert readable('{"half": ') == '{"half": '
    assert readable("[1]") == "[1]"


def test_of_an_exception_people_see_what_was_raised() -> None:
    trace = (
        'Traceback (most recent call last):\n  File "a.py", line 1, in b\n    c()\nValueError: no such part\n'
    )
    line = {"level": "error", "event": "run failed", "exception": trace}
    assert readable(json.dumps(line)) == 'error run failed exception="ValueError: no such part"'


def test_control_signs_do_not_reach_the_terminal() -> None:
    assert readable("\x1b[2Jgone") == "?[2Jgone"
    assert readable(json.dumps({"event": "\x1b]0;title\x07"})) == "info ?]0;title?"


def test_a_reader_that_went_away_silences_and_ends_nothing() -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    voices = Voices(["orders"], Gone())
    voices.of("orders")("one")
    voices.of("orders")("two")
    assert voices._quiet
