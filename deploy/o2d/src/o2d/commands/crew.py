"""`o2d crew`: people of one skill at a site, and when they work."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from o2d.desk import PRODUCTION, Body, Desk, Subject, Yes, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Crews: people of one skill at a site, and when they work.")

CREWS: Final = "/v1/crews"

Crew = Annotated[str, typer.Argument(help="The crew.")]


@words.command("list")
def list_(
    site: Annotated[str | None, typer.Option(help="At this site alone.")] = None,
    skill: Annotated[str | None, typer.Option(help="Of this skill alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List crews."""
    tell(Desk.of(PRODUCTION, "planner").rows(CREWS, site_id=site, skill=skill), output)


@words.command()
def define(
    file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Say how many people of a skill are at a site, and by which calendar they work."""
    body = read_body(file)
    sure(f"define crew {body.get('crew_id')}?", yes)
    tell([Desk.of(PRODUCTION, "planner", subject).post(CREWS, body)], output)


@words.command()
def show(crew: Crew, output: OutputOption = Output.TABLE) -> None:
    """Show a crew."""
    tell([Desk.of(PRODUCTION, "planner").get(f"{CREWS}/{crew}")], output)
