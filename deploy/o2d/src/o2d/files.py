"""A file on its way into a service: sent on from where it had ended, worked on, its refused rows fetched."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.progress import Progress, TaskID

from o2d.asking import Refused, Services
from o2d.trouble import CannotStart
from o2d.watching import ended, progress

MEDIA: Final = {".csv": "text/csv", ".jsonl": "application/jsonl"}
PART_BYTES: Final = 256 * 1024
TRIES_COUNT_MAX: Final = 10
LOOK_SECONDS: Final = 0.2
MOVED_ON: Final = 412
PAGE_COUNT: Final = 200
# What a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Sending:
    """A file, what its rows are, and the service that takes them."""

    service: str
    kind: str
    file: Path
    dry_run: bool

    async def run(self, services: Services, go_on: str | None) -> dict[str, Any]:
        """The operation of the import when it has ended; raises CannotStart when it was not done."""
        import_id = go_on or (await self._opened(services))["import_id"]
        with progress() as bar:
            await self._send(services, import_id, bar, bar.add_task("sent", total=self.file.stat().st_size))
            await services.post(self.service, f"/v1/imports/{import_id}/start", {})
            operation = await ended(services, self.service, import_id, bar, "rows")
        if operation["state"] != "done":
            raise CannotStart(f"The import {operation['state']}: {operation['problem']}.")
        return operation

    async def _opened(self, services: Services) -> dict[str, Any]:
        body = {"kind": self.kind, "format": self.file.suffix[1:], "dry_run": self.dry_run}
        opened: dict[str, Any] = await services.post(self.service, "/v1/imports", body)
        return opened

    async def _send(self, services: Services, import_id: str, bar: Progress, task: TaskID) -> None:
        """Send the file from where it has ended, again where the connection breaks off."""
        size = self.file.stat().st_size
        for attempt in range(1, TRIES_COUNT_MAX + 1):
            now = (await services.get(self.service, f"/v1/imports/{import_id}"))["bytes"]
            bar.update(task, completed=now)
            if now >= size:
                return
            try:
                path, media = f"/v1/imports/{import_id}", MEDIA[self.file.suffix]
                await services.send(self.service, path, self._parts(now, bar, task), at=now, media=media)
            except CannotStart as broken:
                # Where a part broke off, what came of it may be kept a moment after its end was asked for.
                lasting = isinstance(broken, Refused) and broken.status != MOVED_ON
                if lasting or attempt == TRIES_COUNT_MAX:
                    again = f"`o2d import {self.kind} {self.file} --go-on {import_id}` sends what is missing."
                    raise CannotStart(broken.sentence, again) from broken
                await asyncio.sleep(LOOK_SECONDS)

    async def _parts(self, start: int, bar: Progress, task: TaskID) -> AsyncIterator[bytes]:
        with self.file.open("rb") as file:
            file.seek(start)
            while part := file.read(PART_BYTES):
                yield part
                bar.advance(task, len(part))


async def refused_file(services: Services, sending: Sending, import_id: str) -> Path:
    """Write the refused rows with their lines and reasons beside the file; where that is."""
    path = sending.file.with_name(f"{sending.file.name}.refused.csv")
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["line", "code", "detail", "where", "row"])
        address = f"/v1/imports/{import_id}/errors"
        async for page in services.pages(sending.service, address, limit=PAGE_COUNT):
            for one in page:
                where = "; ".join(f"{pointer} {words}".strip() for pointer, words in one["pointers"])
                cells = [one["code"], one["detail"], where, one["content"]]
                rows.writerow([one["line"], *(_harmless(cell) for cell in cells)])
    return path


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
