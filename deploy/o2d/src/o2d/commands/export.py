"""`o2d export`: masters and opening stock into a file that `o2d import` takes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from o2d.asking import Services
from o2d.exporting import KINDS, export
from o2d.running import Running, running
from o2d.show import Output, OutputOption, show
from o2d.trouble import CannotStart


def command(
    kind: Annotated[str, typer.Argument(help=f"What a row holds: {', '.join(KINDS)}.")],
    file: Annotated[Path, typer.Argument(help="A .csv or a .jsonl; it is written anew.")],
    service: Annotated[str, typer.Option(help="Whose rows they are.")] = "materials",
    output: OutputOption = Output.TABLE,
) -> None:
    """Export every row of a kind; lots that nobody may use are left out, since an import makes them usable."""
    if kind not in KINDS:
        raise CannotStart(f"{kind} is none of {', '.join(KINDS)}.")
    if file.suffix not in {".csv", ".jsonl"}:
        raise CannotStart(f"{file} is no file that ends in .csv or .jsonl.")
    count = asyncio.run(_run(running(), service, kind, file))
    result = {"kind": kind, "rows": count, "file": str(file)}
    show([result], output, whole=result)


async def _run(around: Running, service: str, kind: str, file: Path) -> int:
    async with Services(around.urls, around.token) as services:
        return await export(services, service, kind, file)
