"""Production at a terminal: who asks it, what is asked before an act, what bodies come of files and of words."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer

from o2d.asking import Services, rows_of
from o2d.running import Running, running
from o2d.show import Output, show
from o2d.trouble import CannotStart

T = TypeVar("T")

PRODUCTION: Final = "production"
STANDARD_INPUT: Final = Path("-")
REFUSED_STATUS: Final = 400
MOMENTS: Final = ["%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]

Subject = Annotated[str | None, typer.Option(help="Who you are; local-ROLE when left out.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Why = Annotated[str, typer.Option("--reason", help="Why.")]
Body = Annotated[
    Path, typer.Argument(help="A JSON file as the description of the operation has it; - for input.")
]


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody who asks production, one thing after the other; every ask raises CannotStart as `Services` does."""

    around: Running

    @classmethod
    def of(cls, role: str, subject: str | None = None) -> Desk:
        """The desk of somebody in a role of what runs in this home; raises CannotStart."""
        return cls(running(role, subject))

    def get(self, path: str, **params: str | int | None) -> dict[str, Any]:
        """What production answers; parameters that are None are left out."""
        return self._asked(lambda services: services.get(PRODUCTION, path, **params))

    def rows(self, path: str, **narrowed: str | None) -> list[dict[str, Any]]:
        """The first rows of a list, as many as a terminal is for."""
        return self._asked(lambda services: rows_of(services, PRODUCTION, path, **narrowed))

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What production answers to an act, under a key of its own."""
        return self._asked(lambda services: services.post(PRODUCTION, path, body))

    def put(self, path: str, body: Mapping[str, Any], version: int) -> dict[str, Any]:
        """What production answers to a change of what was seen in this version."""
        return self._asked(lambda services: services.put(PRODUCTION, path, body, version))

    def _asked(self, ask: Callable[[Services], Awaitable[T]]) -> T:
        async def asked() -> T:
            async with Services(self.around.urls, self.around.token) as services:
                return await ask(services)

        return asyncio.run(asked())


def sure(question: str, yes: bool) -> None:
    """Ask before an act unless that is not wanted; who says no ends the command."""
    if not yes:
        typer.confirm(question, abort=True, err=True)


def tell(rows: Sequence[Mapping[str, Any]], output: Output, whole: Any = None) -> None:
    """Print rows: people see what is neither list nor object, programs all of it, or the `whole`."""
    if output is Output.TABLE:
        rows = [
            {name: value for name, value in row.items() if not isinstance(value, list | dict)} for row in rows
        ]
    show(rows, output, whole)


def tell_answers(answers: Sequence[Mapping[str, Any]], output: Output) -> None:
    """Print what came of each act of many; raises CannotStart when one was refused."""
    tell(answers, output)
    refused = sum(each["status"] >= REFUSED_STATUS for each in answers)
    if refused:
        raise CannotStart(f"{refused} of {len(answers)} acts were refused.")


def read_text(file: Path) -> str:
    """What a file or the input says; raises CannotStart when it cannot be read."""
    try:
        return sys.stdin.read() if file == STANDARD_INPUT else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as broken:
        raise CannotStart(f"{file} cannot be read: {broken}.") from broken


def read_body(file: Path) -> dict[str, Any]:
    """The JSON object of a file; raises CannotStart when it is none."""
    try:
        body = json.loads(read_text(file))
    except ValueError as broken:
        raise CannotStart(f"{file} is no JSON: {broken}.") from broken
    if not isinstance(body, dict):
        raise CannotStart(f"{file} holds no JSON object.")
    return body


def moment(said: datetime) -> str:
    """A moment that was said without its zone is one of UTC."""
    return said.replace(tzinfo=said.tzinfo or UTC).isoformat()


def parted(word: str, marks: str, shape: str) -> list[str]:
    """The parts of a word like `shaft=2:bent` between its marks; raises BadParameter that shows the shape."""
    parts, rest = [], word
    for mark in marks:
        part, found, rest = rest.partition(mark)
        if not (part and found and rest):
            raise typer.BadParameter(f"{word} is not like {shape}")
        parts.append(part)
    return [*parts, rest]
