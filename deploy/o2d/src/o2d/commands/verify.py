"""`o2d verify`: prove on all databases and topics that nothing was lost, doubled, over-promised or miscounted."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Annotated, Any, Final

import typer

from contracts.topics import TOPICS
from o2d.asking import Services
from o2d.clockwork import NotAtRest, Standing, rest
from o2d.running import Running, running
from o2d.show import Output, OutputOption, show
from o2d.trouble import CannotStart
from o2d.verify.catalogue import CHECKS, ENDED, Check, prove
from o2d.verify.finding import Finding
from o2d.verify.ground import Ground, gather

BROKEN: Final = 1
TRIES_COUNT_MAX: Final = 3
OWNERS: Final = frozenset(topic.owner for topic in TOPICS)


def command(
    wait: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for all services to rest.")] = 60,
    kafka: Annotated[bool, typer.Option("--kafka/--no-kafka", help="Read the topics, too.")] = True,
    ended: Annotated[bool, typer.Option("--ended", help="Demand that every order has ended.")] = False,
    every: Annotated[
        bool, typer.Option("--every", help="Fail where a check found nothing to look at.")
    ] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Check every promise; exit code 1, with the first violations, when one is broken."""
    around = running()
    if not around.databases:
        raise CannotStart("The databases are not known here.", "Run `o2d verify` on the machine of `o2d up`.")
    ground, findings = asyncio.run(proven(around, wait, kafka=kafka, ended=ended))
    show([_row(check, finding) for check, finding in findings], output, _whole(findings))
    idle = [check.name for check, finding in findings if not finding.checked] if every else []
    if output is Output.TABLE:
        _complain(findings, idle, len(ground.log))
    if idle or any(finding.wrong for _, finding in findings):
        raise typer.Exit(BROKEN)


async def proven(
    around: Running, wait: float = 60, *, kafka: bool = True, ended: bool = False
) -> tuple[Ground, list[tuple[Check, Finding]]]:
    """What was read at rest, and what each check found in it. Raises CannotStart when no rest comes within `wait` s."""
    try:
        ground = await _at_rest(around, wait, kafka)
    except NotAtRest as unrest:
        raise CannotStart(f"Not at rest: {unrest}.", "Wait, or look at `o2d top` and `o2d dlq`.") from unrest
    return ground, list(prove(ground, [*CHECKS, *([ENDED] if ended else [])]))


async def _at_rest(around: Running, patience_s: float, kafka: bool) -> Ground:
    databases = {name: dsn for name, dsn in around.databases.items() if name in OWNERS}
    bootstrap = around.bootstrap if kafka else None
    prefix = os.environ.get("O2D_KAFKA_PREFIX", "")
    async with Services(around.urls, around.token) as services:
        before = await rest(services, patience_s)
        for _ in range(TRIES_COUNT_MAX):
            ground = await gather(databases, bootstrap, prefix)
            after = await rest(services, patience_s)
            if _told(before) == _told(after):
                return ground
            before = after
    raise NotAtRest("facts were told while they were read")


def _told(standings: tuple[Standing, ...]) -> list[tuple[str, int]]:
    return [(standing.service, standing.told) for standing in standings]


def _row(check: Check, finding: Finding) -> dict[str, Any]:
    kept = not finding.wrong if finding.checked else None
    return {"check": check.name, "checked": finding.checked, "wrong": finding.wrong, "kept": kept}


def _whole(findings: list[tuple[Check, Finding]]) -> dict[str, Any]:
    """All findings for programs: how many things each check looked at, and what breaks its promise."""
    return {
        "checked": {check.name: finding.checked for check, finding in findings},
        "violations": [
            {"check": check.name, "promise": check.promise, "wrong": finding.wrong, "first": finding.first}
            for check, finding in findings
            if finding.wrong
        ],
    }


def _complain(findings: list[tuple[Check, Finding]], idle: list[str], facts: int) -> None:
    for check, finding in findings:
        if finding.wrong:
            print(f"\n{check.name}: {finding.wrong} of {finding.checked} break it", file=sys.stderr)
            print(f"  the promise: {check.promise}", file=sys.stderr)
            for words in finding.first:
                print(f"  {words}", file=sys.stderr)
    if idle:
        print(f"\nNothing to look at for: {', '.join(idle)}", file=sys.stderr)
    broken = sum(1 for _, finding in findings if finding.wrong)
    checked = sum(finding.checked for _, finding in findings)
    print(f"\n{len(findings)} checks, {facts} facts, {checked} things checked, {broken} promises broken")
