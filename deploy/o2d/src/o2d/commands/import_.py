"""`o2d import`: masters and opening stock from a file, with progress, and the refused rows in a file beside it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from o2d.asking import Services
from o2d.files import Sending, refused_file
from o2d.running import Running, running
from o2d.show import Output, OutputOption, show
from o2d.trouble import CannotStart

REFUSED = 1


def command(
    kind: Annotated[str, typer.Argument(help="What a row holds: items, parameters, forecasts, lots.")],
    file: Annotated[Path, typer.Argument(help="A .csv with a line of column names, or a .jsonl.")],
    service: Annotated[str, typer.Option(help="Who takes it.")] = "materials",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try each row and change nothing.")] = False,
    go_on: Annotated[
        str | None, typer.Option(help="The id of an import that broke off: send what is missing.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Import a file; exit code 1 when rows were refused, which are then in FILE.refused.csv with the reasons."""
    if file.suffix not in {".csv", ".jsonl"} or not file.is_file():
        raise CannotStart(f"{file} is no file that ends in .csv or .jsonl.")
    if not dry_run and not yes:
        typer.confirm(f"import {kind} from {file} into {service}?", abort=True, err=True)
    sending = Sending(service, kind, file, dry_run=dry_run)
    result = asyncio.run(_run(running(), sending, go_on))
    show([result], output, whole=result)
    if result["refused"]:
        raise typer.Exit(REFUSED)


async def _run(around: Running, sending: Sending, go_on: str | None) -> dict[str, Any]:
    async with Services(around.urls, around.token) as services:
        operation = await sending.run(services, go_on)
        result = {"import": operation["operation_id"], **operation["result"]}
        if result["refused"]:
            result["reasons"] = str(await refused_file(services, sending, operation["operation_id"]))
    return result
