"""`o2d demo`: scenarios played by simulated people, from the need to the client's word."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from functools import partial
from typing import Annotated, Final

import typer

from o2d.asking import Services
from o2d.commands import down
from o2d.commands.up import start_detached
from o2d.commands.verify import proven
from o2d.demo.clock import DemoClock
from o2d.demo.play import VALUED, Outcome, Stage
from o2d.demo.story import Story
from o2d.home import Home, home_folder
from o2d.issuer import sign
from o2d.kafka_facts import all_tellings
from o2d.local.use import USERS, used
from o2d.running import Running, running
from o2d.show import Output, OutputOption
from simulator.doors import Doors, Person
from simulator.scenarios import SCENARIOS, SHIFTS
from simulator.scenarios.scenario import Scenario

# Business time begins here, so that the dates of a demo are the same on every machine.
BEGIN: Final = "2026-03-02T08:00:00Z"
ALL: Final = "all"

Names = Annotated[
    list[str] | None,
    typer.Argument(
        help=f"Which: {', '.join(SCENARIOS)}, or {ALL} of these, as without a name; or with something that goes wrong: "
        f"{', '.join(SHIFTS)}."
    ),
]
Stay = Annotated[bool, typer.Option("--stay", help="Leave running what was started for this.")]


def command(names: Names = None, stay: Stay = False, output: OutputOption = Output.TABLE) -> None:
    """Play scenarios, on the services that run here or on new ones; exit code 0 when all came to their end.

    What was started for it is stopped again. As JSON, each scenario is a line of its own; progress goes to stderr.
    """
    chosen = list(_chosen(names or [ALL]))
    say = partial(print, file=sys.stdout if output is Output.TABLE else sys.stderr, flush=True)
    home = Home(home_folder())
    with _services(home, stay, say):
        outcomes, broken = asyncio.run(_play_all(running(), home, chosen, say))
    for outcome in outcomes:
        if output is Output.TABLE:
            _report(outcome)
        else:
            print(json.dumps(outcome.line()), flush=True)
    say(_end(outcomes, broken))
    if broken or any(outcome.state != "completed" for outcome in outcomes):
        raise typer.Exit(1)


def _chosen(names: Sequence[str]) -> Iterator[Scenario]:
    for name in names:
        if name == ALL:
            yield from SCENARIOS.values()
        elif name in SCENARIOS or name in SHIFTS:
            yield {**SCENARIOS, **SHIFTS}[name]
        else:
            known = ", ".join([*SCENARIOS, *SHIFTS, ALL])
            raise typer.BadParameter(f"there is no scenario {name}; there are {known}")


@contextmanager
def _services(home: Home, stay: bool, say: partial[None]) -> Iterator[None]:
    """What runs here, or what is started now and stopped afterwards, even if we are killed, unless it is to stay."""
    if home.running() or "O2D_SERVICE_URLS" in os.environ:
        yield
        return
    home.prepare()
    say("Starting PostgreSQL, Kafka and the services ...")
    users = None if stay else home.path / USERS
    with used(users) if users else nullcontext():
        with redirect_stdout(sys.stderr):
            start_detached(home, f"stepped:{BEGIN}", used_by=users)
        try:
            yield
        finally:
            if not stay:
                with redirect_stdout(sys.stderr):
                    down.command()


async def _play_all(
    around: Running, home: Home, chosen: Sequence[Scenario], say: partial[None]
) -> tuple[list[Outcome], list[str]]:
    """What became of each, and the promises that are broken afterwards."""

    def token(who: Person) -> str:
        return sign(home, who.role, who.party, who.name)

    async with Services(around.urls, around.token) as services, Doors(around.urls, token) as doors:
        clock = DemoClock(services)
        stage = Stage(services, doors, clock, say)
        await clock.stand_still()
        try:
            outcomes = [await stage.play(scenario) for scenario in chosen]
            await clock.rest(watchers=True)
            tellings = await all_tellings(around.bootstrap, os.environ.get("O2D_KAFKA_PREFIX", ""))
            for outcome in outcomes:
                await stage.account(outcome, tellings)
            return outcomes, await _broken(around)
        finally:
            await clock.let_go()


async def _broken(around: Running) -> list[str]:
    if not around.databases:
        return []
    _, findings = await proven(around)
    return [f"{check.name}: {'; '.join(found.first)}" for check, found in findings if found.wrong]


def _report(outcome: Outcome) -> None:
    """What became of a scenario for people: of one order its timeline, of several how each ended."""
    count = len(outcome.orders)
    print(
        f"\n{outcome.scenario}: {count} order{'' if count == 1 else 's'}, {outcome.state} in {outcome.seconds:.1f} s"
    )
    if outcome.trouble:
        print(f"  {outcome.trouble}")
    for each in outcome.orders:
        print(f"  order {each.order_id} {each.state}")
        if count == 1 and each.story is not None:
            _timeline(each.story)
        if each.value is not None:
            parts = [f"{name.replace('_', ' ')} {each.value[name] / 100:,.2f}" for name in VALUED]
            print(f"  value in {each.value['currency']}: {', '.join(parts)}")


def _timeline(story: Story) -> None:
    """A line for each minute and fact, in the order of the first of them."""
    told = Counter((one.time[:16], one.service, one.fact) for one in story.tellings)
    for (time, service, fact), count in told.items():
        print(f"  {time.replace('T', ' ')}  {service:<13} {fact}{f' x {count}' if count > 1 else ''}")


def _end(outcomes: Sequence[Outcome], broken: Sequence[str]) -> str:
    endings = [each for outcome in outcomes for each in outcome.orders]
    done = sum(each.state == "completed" for each in endings)
    words = [
        f"\n{done} of {max(len(endings), len(outcomes))} orders completed, {len(broken)} promises broken."
    ]
    words += [f"  {one}" for one in broken]
    return "\n".join([*words, "`make up` starts everything again with these orders, to look around."])
