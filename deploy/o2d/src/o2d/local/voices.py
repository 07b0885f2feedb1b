"""The merged log of a start: every line with its speaker, a service's JSON made readable."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, TextIO

COLOURS = (36, 32, 33, 35, 34, 96, 92, 93)
LOUD = {"warning": 33, "error": 31, "critical": 31}
# Members of a line that are shown in front, or not at all: the prefix says the service, the log file has the rest.
FRONT = frozenset({"event", "message", "level", "timestamp", "time", "service", "logger"})


class Voices:
    """Prints lines of several speakers; `quiet` keeps what is said in the log files only."""

    def __init__(self, names: Sequence[str], out: TextIO | None = None, *, quiet: bool = False) -> None:
        self._out = out or sys.stdout
        self._quiet = quiet
        self._coloured = self._out.isatty() and "NO_COLOR" not in os.environ
        self._width = max(map(len, (*names, "o2d")))
        self._colour = {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(names)}

    def of(self, name: str) -> Callable[[str], None]:
        """What a child's lines are given to."""
        return lambda line: self.say(name, readable(line))

    def say(self, name: str, text: str, level: str = "") -> None:
        """Print a text with its speaker before each line."""
        if self._quiet:
            return
        prefix = self._paint(f"{name:<{self._width}} |", self._colour.get(name, 1))
        try:
            for line in text.splitlines():
                print(prefix, self._paint(line, LOUD[level]) if level in LOUD else line, file=self._out)
            self._out.flush()
        except BrokenPipeError:  # whoever read us went away; what we start does not depend on them
            self._quiet = True

    def _paint(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._coloured else text


def readable(line: str) -> str:
    """A JSON line of a service as `time level event name=value …`; any other line as it is, control signs dropped."""
    try:
        said = json.loads(line) if line.startswith("{") else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return "".join(sign if sign.isprintable() or sign == "\t" else "?" for sign in line)
    moment = str(said.get("timestamp") or said.get("time") or "")[11:19]
    if isinstance(
        raised := said.get("exception"), str
    ):  # people want what was raised; the log file has the way to it
        said["exception"] = _raised(raised)
    front = (moment, str(said.get("level", "info")), str(said.get("event") or said.get("message") or ""))
    rest = (f"{name}={_short(value)}" for name, value in said.items() if name not in FRONT)
    return readable(" ".join(part for part in (*front, *rest) if part))


def _raised(trace: str) -> str:
    lines = [
        line
        for line in trace.splitlines()
        if line and not line.startswith((" ", "Traceback", "During", "The above"))
    ]
    return lines[0] if lines else trace.strip()


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if text and " " not in text else json.dumps(text)
