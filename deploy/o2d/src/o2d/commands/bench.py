"""`o2d bench`: measure the machinery beside the bare limit and the usual way, and the whole road."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated, Any, Final

import typer

from o2d.local.testing import infrastructure
from o2d.show import Output, OutputOption, show
from o2d.trouble import CannotStart

# These stand beside no bare limit: they measure what the product is for.
WHOLE: Final = ("flow", "plan", "net-change", "promise", "capacity", "rollup", "schedule")


def command(
    name: Annotated[
        str,
        typer.Argument(
            help="hop, relay, accept, readings, import, chain, flow, plan, net-change, promise, "
            "capacity, rollup, schedule or all"
        ),
    ] = "all",
    rounds: Annotated[int, typer.Option(min=1, max=50, help="Rounds; each runs every way once.")] = 5,
    orders: Annotated[
        int | None,
        typer.Option(
            min=1, max=5_000, help="flow: orders in each round; 2000 in batches, 500 alone if not given."
        ),
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Print medians and ratios; every run checks its effects, a wrong one ends the benchmark."""
    from backbone.cli import calm_collector
    from o2d.bench import catalogue

    names = [*(one.name for one in catalogue.ALL), *WHOLE]
    if name not in {"all", *names}:
        raise CannotStart(f"There is no benchmark {name}.", f"Choose of {', '.join(names)}, all.")
    # As a process of a service: what is measured here is what it does there.
    calm_collector()
    lines = [] if name in WHOLE else _beside(name, rounds)
    for one in WHOLE:
        if name in {"all", one}:
            lines += _whole(one, rounds, orders)
    whole = output is not Output.TABLE
    show([line if whole else _narrow(line) for line in lines], output)


def _whole(name: str, rounds: int, orders: int | None) -> list[dict[str, Any]]:
    """One of the benchmarks that measure what the product is for."""
    from o2d.bench import capacity, flow, net_change, plan, promise, rollup, schedule

    if name == "flow":
        return flow.run(rounds, orders, say=_say)
    if name == "plan":
        lines = plan.run(rounds, say=_say)
        with infrastructure() as (server, _):
            return lines + plan.run_stored(server, rounds, say=_say)
    if name in {"net-change", "promise"}:
        measure = net_change.run if name == "net-change" else promise.run
        with infrastructure() as (server, _):
            return asyncio.run(measure(server, rounds, say=_say))
    if name == "capacity":
        return capacity.run(rounds, say=_say)
    return rollup.run(rounds, say=_say) if name == "rollup" else schedule.run(rounds, say=_say)


def _beside(name: str, rounds: int) -> list[dict[str, Any]]:
    """The benchmarks that stand beside the bare limit, one after the other on one broker and one database."""
    from o2d.bench import catalogue, latency, report

    with infrastructure() as (server, bootstrap):
        lines = [
            report.run(report.measure(one, server, bootstrap, rounds=rounds, say=_say))
            for one in catalogue.ALL
            if name in {"all", one.name}
        ]
        if name in {"all", "chain"}:
            lines.append(report.run(latency.measure(server, bootstrap, rounds=rounds, say=_say)))
    return lines


def _narrow(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in {"samples", "round"}}


def _say(text: str) -> None:
    print(text, file=sys.stderr)
