"""What can be imported: the form of a row, the command that it stands for, and the handler that serves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from backbone.errors import Invalid, Refusal
from backbone.service.asking import Together

Format = Literal["csv", "jsonl"]
MEDIA: Final[dict[Format, str]] = {"csv": "text/csv", "jsonl": "application/jsonl"}

ROWS_COUNT_MAX: Final = 10_000_000
FILE_BYTES_MAX: Final = 4 * 1024**3
RECORD_BYTES_MAX: Final = 64 * 1024
ERRORS_COUNT_MAX: Final = 100_000


class ImportHasStarted(Refusal):
    """An import that was started takes no more rows."""


class TooManyRows(Invalid):
    """A file has more rows or bytes than one import takes."""


class RecordCannotBeRead(Invalid):
    """A file is broken in a way that leaves open where its next row begins."""


@dataclass(frozen=True, slots=True)
class Import:
    """Rows of one kind: each is read as `body`, becomes a command, and is served by the handler of a single act.

    `act` is that single operation: who may ask for it may import. The handler refuses each command by itself.
    """

    kind: str
    act: str
    body: type
    command: Callable[[Any], Any]
    handler: Together[Any, Any]


@dataclass(frozen=True, slots=True)
class Receiving:
    """A file under way: its bytes, lines and rows that are kept by now, and its columns once they are known."""

    import_id: str
    kind: str
    format: Format
    dry_run: bool
    asked_by: str
    columns: tuple[str, ...] = ()
    bytes: int = 0
    lines: int = 0
    rows: int = 0
    started: bool = False


def chosen(imports: tuple[Import, ...], kind: str) -> Import:
    """The import of that kind; raises `Invalid`."""
    found = next((one for one in imports if one.kind == kind), None)
    if found is None:
        kinds = ", ".join(one.kind for one in imports)
        raise Invalid("nothing of that kind is taken by the file", [("/kind", f"one of {kinds}")])
    return found
