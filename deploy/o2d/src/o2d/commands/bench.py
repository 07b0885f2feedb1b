"""`o2d bench`: measure the machinery beside the bare limit and the usual way."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from o2d.local.testing import infrastructure
from o2d.show import Output, OutputOption, show
from o2d.trouble import CannotStart


def command(
    name: Annotated[str, typer.Argument(help="hop, relay or all")] = "all",
    rounds: Annotated[int, typer.Option(min=1, max=50, help="Rounds; each runs every way once.")] = 5,
    output: OutputOption = Output.TABLE,
) -> None:
    """Print medians and ratios; every run checks its effects, a wrong one ends the benchmark."""
    from o2d.bench import catalogue, report

    wanted = [one for one in catalogue.ALL if name in {"all", one.name}]
    if not wanted:
        raise CannotStart(
            f"There is no benchmark {name}.", f"Choose of {', '.join(one.name for one in catalogue.ALL)}."
        )
    lines = []
    with infrastructure() as (server, bootstrap):
        for one in wanted:
            work = report.measure(
                one, server, bootstrap, rounds=rounds, say=lambda text: print(text, file=sys.stderr)
            )
            lines.append(report.run(work))
    shown = (
        lines
        if output is not Output.TABLE
        else [{k: v for k, v in line.items() if k != "samples"} for line in lines]
    )
    show(shown, output)
