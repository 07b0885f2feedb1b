"""Long work of a service, watched on a terminal until it has ended."""

from __future__ import annotations

import asyncio
import sys
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from o2d.asking import Services

LOOK_SECONDS: Final = 0.2


def progress() -> Progress:
    """Bars on stderr that go when they are full."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(file=sys.stderr), transient=True)


async def ended(
    services: Services, service: str, operation_id: str, bar: Progress, unit: str
) -> dict[str, Any]:
    """The operation when it has ended, however that was; a bar shows how far it is until then."""
    task = bar.add_task(unit, total=None)
    while True:
        operation: dict[str, Any] = await services.get(service, f"/v1/operations/{operation_id}")
        bar.update(task, total=operation["total"] or None, completed=operation["done"])
        if operation["state"] not in {"waiting", "running"}:
            return operation
        await asyncio.sleep(LOOK_SECONDS)
