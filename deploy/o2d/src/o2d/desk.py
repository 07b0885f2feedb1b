"""Somebody at a terminal: which service is asked, what is asked before an act, what bodies come of files and words."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import quote

import typer

from backbone.ids import new_id
from o2d.asking import Lost, Refused, Services, rows_of
from o2d.running import Running, chosen, running
from o2d.show import Output, show
from o2d.trouble import CannotStart
from o2d.watching import ended, progress

T = TypeVar("T")

MATERIALS: Final = "materials"
ORDERS: Final = "orders"
PRODUCTION: Final = "production"
SERVICE_DESK: Final = "service-desk"
VENDORS: Final = "vendors"
STANDARD_INPUT: Final = Path("-")
REFUSED_STATUS: Final = 400
# Before each time that a write is sent again of which nobody knows whether it was done.
PAUSES_SECONDS: Final = (0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0, 2.0)
# Who says so may have done it, or will do what is asked under the same key.
UNDECIDED: Final = frozenset({"key-in-use", "busy", "unavailable"})
MOMENTS: Final = ["%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]

DAYS: Final = ["%Y-%m-%d"]

Subject = Annotated[str | None, typer.Option(help="Who you are; local-ROLE when left out.")]
Party = Annotated[str, typer.Option(help="The customer in whose name that is said.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Why = Annotated[str, typer.Option("--reason", help="Why.")]
OfSite = Annotated[str | None, typer.Option("--site", help="Of this site alone.")]
OfSku = Annotated[str | None, typer.Option("--sku", help="Of this item alone.")]
Body = Annotated[
    Path, typer.Argument(help="A JSON file as the description of the operation has it; - for input.")
]


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody who asks a service, one thing after the other; every ask raises CannotStart as `Services` does.

    A write whose answer is lost is sent again under its key, so that it is done once and its answer is seen. Paths are
    given with names as they are: what means something in an address (`#`, `?`, `%`) is none of its marks in a name.
    """

    service: str
    around: Running

    @classmethod
    def of(cls, service: str, role: str, subject: str | None = None, *, party: str | None = None) -> Desk:
        """The desk of somebody in a role of what runs in this home; raises CannotStart, ValueError for no role."""
        around = running(role, subject, party)
        (name,) = chosen(around.urls, service)
        return cls(name, around)

    def get(self, path: str, **params: str | int | None) -> dict[str, Any]:
        """What the service answers; parameters that are None are left out."""
        return self._asked(lambda services: services.get(self.service, quote(path), **params))

    def rows(self, path: str, **narrowed: str | None) -> list[dict[str, Any]]:
        """The first rows of a list, as many as a terminal is for."""
        return self._asked(lambda services: rows_of(services, self.service, quote(path), **narrowed))

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What the service answers to an act, under a key of its own."""
        return self._written(lambda services, key: services.post(self.service, quote(path), body, key=key))

    def put(self, path: str, body: Mapping[str, Any], version: int) -> dict[str, Any]:
        """What the service answers to a change of what was seen in this version."""
        return self._written(
            lambda services, key: services.put(self.service, quote(path), body, version, key=key)
        )

    def work(self, path: str, body: Mapping[str, Any], noun: str, unit: str) -> str:
        """The id of long work once it is done; a bar shows how far it is. Raises CannotStart when it ends otherwise."""
        asked = self.post(path, body)["id"]
        try:
            operation = self._asked(lambda services: _watched(services, self.service, asked, unit))
        except KeyboardInterrupt as left:
            raise CannotStart(
                f"The {noun} {asked} goes on.", f"`o2d {noun} cancel {asked}` stops it."
            ) from left
        if operation["state"] != "done":
            raise CannotStart(
                f"The {noun} {operation['state']}: {operation['problem'] or 'somebody stopped it'}."
            )
        return str(asked)

    def _written(self, write: Callable[[Services, str], Awaitable[T]]) -> T:
        return self._asked(lambda services: _until_known(services, write))

    def _asked(self, ask: Callable[[Services], Awaitable[T]]) -> T:
        async def asked() -> T:
            async with Services(self.around.urls, self.around.token) as services:
                return await ask(services)

        return asyncio.run(asked())


async def _until_known(services: Services, write: Callable[[Services, str], Awaitable[T]]) -> T:
    """What comes of a write, sent again under its key while nobody knows whether it was done."""
    key, pauses, lost = new_id(), iter(PAUSES_SECONDS), False
    while True:
        try:
            return await write(services, key)
        except CannotStart as failure:
            if isinstance(failure, Refused) and failure.code not in UNDECIDED:
                raise
            # A service that was never reached has done nothing; one that is gone since may have.
            lost = lost or isinstance(failure, Lost | Refused)
            if not lost:
                raise
            pause = next(pauses, None)
            if pause is None:
                unknown = f"{failure.sentence} Whether it was done is not known."
                raise CannotStart(unknown, "Look before you ask again.") from failure
        await asyncio.sleep(pause)


async def _watched(services: Services, service: str, operation_id: str, unit: str) -> dict[str, Any]:
    with progress() as bar:
        return await ended(services, service, operation_id, bar, unit)


def sure(question: str, yes: bool) -> None:
    """Ask before an act unless that is not wanted; who says no ends the command."""
    if not yes:
        typer.confirm(question, abort=True, err=True)


def tell(rows: Sequence[Mapping[str, Any]], output: Output, whole: Any = None) -> None:
    """Print rows: people see what is neither list nor object in any of them, programs all of it, or the `whole`."""
    if output is Output.TABLE:
        deep = {name for row in rows for name, value in row.items() if isinstance(value, list | dict)}
        rows = [{name: value for name, value in row.items() if name not in deep} for row in rows]
    show(rows, output, whole)


def branch(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a tree of supplies as a terminal shows it: its item stands as far right as it is deep."""
    said = ("site_id", "quantity", "unit", "source", "state", "supply_id", "needed_at", "expected_at")
    return {"item": "  " * (row["level"] - 1) + row["sku"], **{name: row[name] for name in said}}


def tell_answers(answers: Sequence[Mapping[str, Any]], output: Output) -> None:
    """Print what came of each act of many; raises CannotStart when one was refused."""
    tell(answers, output)
    refused = sum(each["status"] >= REFUSED_STATUS for each in answers)
    if refused:
        raise CannotStart(f"{refused} of {len(answers)} acts were refused.")


@dataclass(frozen=True, slots=True)
class Ways:
    """Where an act is asked for: of one thing, whose id stands for `{id}` in the path, and of many.

    `member` is the id in a body; where `named`, the bodies of many say the act, too.
    """

    one: str
    member: str
    many: str = ""
    named: bool = False


def act_on(
    desk: Desk, act: str, ways: Ways, bodies: Sequence[Mapping[str, Any]], yes: bool, output: Output
) -> None:
    """Ask whether, then act on one thing, or on many, each taken or refused by itself; tell what came of it."""
    ids = [body[ways.member] for body in bodies]
    sure(f"{act} {', '.join(ids)}?", yes)
    if len(ids) == 1:
        body = {name: value for name, value in bodies[0].items() if name != ways.member}
        tell([desk.post(ways.one.format(id=ids[0]), body)], output)
    else:
        said = {"act": act} if ways.named else {}
        tell_answers(desk.post(ways.many, {"acts": [{**said, **body} for body in bodies]})["answers"], output)


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


def read_bodies(file: Path, key: str) -> list[dict[str, Any]]:
    """The JSON objects of a file, one a line or one in all, each with a key; raises CannotStart when there are none."""
    text = read_text(file)
    try:
        found = [json.loads(text)]
    except ValueError:
        found = read_lines(text, str(file))
    if not found or not all(isinstance(each, dict) and isinstance(each.get(key), str) for each in found):
        raise CannotStart(f"{file} holds no JSON objects with a {key}.")
    return found


def read_lines(text: str, file: str) -> list[Any]:
    """The JSON values of a text, one a line; raises CannotStart when it has others."""
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as broken:
        raise CannotStart(f"{file} is not a JSON object a line: {broken}.") from broken


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
