"""Facts on a terminal as they come: aligned lines for people, JSON for programs."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any, Final, Self

from o2d.show import Output
from o2d.tellings import Telling

_WIDTHS: Final = {"time": 19, "service": 12, "fact": 22, "key": 36, "no": 3}


class Printer:
    """Prints one telling after another; JSON is printed as one list when the `with` ends."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._kept: list[dict[str, Any]] = []
        self._head = output is Output.TABLE

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._output is Output.JSON:
            print(json.dumps(self._kept, indent=2))

    def say(self, telling: Telling) -> None:
        """Print a fact."""
        if self._output is Output.JSONL:
            print(json.dumps(telling.whole()), flush=True)
        elif self._output is Output.JSON:
            self._kept.append(telling.whole())
        else:
            self._line(telling.row())

    def _line(self, row: dict[str, Any]) -> None:
        if self._head:
            print("  ".join([*(name.ljust(width) for name, width in _WIDTHS.items()), "says"]))
            self._head = False
        row["time"] = row["time"][:19].replace("T", " ")
        cells = [str(row[name]).ljust(width) for name, width in _WIDTHS.items()]
        # Control characters of a name or a reason must not steer the terminal.
        print(_plain("  ".join([*cells, row["says"]])), flush=True)


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
