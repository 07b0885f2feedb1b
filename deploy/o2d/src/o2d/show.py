"""Data on a terminal: a table for people, JSON or JSON lines for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer


class Output(StrEnum):
    """How data are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


OutputOption = Annotated[Output, typer.Option("--output", "-o", help="How to print: table, json or jsonl.")]


def show(rows: Sequence[Mapping[str, Any]], output: Output, whole: Any = None) -> None:
    """Print rows; JSON prints `whole` instead when there is one, JSON lines print a row each."""
    if output is Output.JSON:
        print(json.dumps(rows if whole is None else whole, indent=2))
    elif output is Output.JSONL:
        for row in rows:
            print(json.dumps(row))
    else:
        _table(rows)


def _table(rows: Sequence[Mapping[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    if not rows:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    Console().print(table)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "[green]yes[/]" if value else "[red]no[/]"
    from rich.markup import escape

    return "" if value is None else escape(str(value))


def complain(sentence: str, mend: str = "") -> None:
    """Say to people what went wrong and what to do."""
    print(sentence, file=sys.stderr)
    if mend:
        print(mend, file=sys.stderr)
