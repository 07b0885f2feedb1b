"""Masters and stock out of a service into a file, page after page, in the form in which they can be imported again."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from o2d.asking import Services
from o2d.trouble import CannotStart
from o2d.watching import progress

PAGE_COUNT: Final = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """Where the rows of a kind are listed, narrowed by what, and what of a row is no part of its import."""

    path: str
    narrowed: Mapping[str, str]
    without: frozenset[str] = frozenset()


KINDS: Final[Mapping[str, Kind]] = {
    "items": Kind("/v1/items", {}),
    "parameters": Kind("/v1/planning-parameters", {}),
    "forecasts": Kind("/v1/forecasts", {}, frozenset({"open"})),
    # What is blocked or being checked would come back as usable: it is left out.
    "lots": Kind("/v1/lots", {"status": "released"}, frozenset({"status"})),
}


async def export(services: Services, service: str, kind: str, file: Path) -> int:
    """Write every row of a kind; how many there were. Raises CannotStart for a text that CSV cannot tell from none."""
    count = 0
    with file.open("w", encoding="utf-8", newline="") as out, progress() as bar:
        task = bar.add_task("rows", total=None)
        table: csv.DictWriter[str] | None = None
        async for row in _rows(services, service, KINDS[kind]):
            if file.suffix == ".jsonl":
                kept = {name: value for name, value in row.items() if value is not None}
                out.write(json.dumps(kept, ensure_ascii=False) + "\n")
            else:
                if table is None:
                    table = csv.DictWriter(out, list(row))
                    table.writeheader()
                table.writerow({name: _cell(name, value) for name, value in row.items()})
            count += 1
            bar.advance(task)
    return count


async def _rows(services: Services, service: str, kind: Kind) -> AsyncIterator[dict[str, Any]]:
    async for page in services.pages(service, kind.path, limit=PAGE_COUNT, **kind.narrowed):
        for row in page:
            yield {name: value for name, value in row.items() if name not in kind.without}


def _cell(name: str, value: Any) -> str:
    if value == "":
        raise CannotStart(f"A row has an empty {name}, which CSV cannot say: export into a .jsonl.")
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)
