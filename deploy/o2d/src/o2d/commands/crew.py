"""`o2d crew`: people of one skill at a site, when they work, and who has which skill."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import typer

from o2d.commands.centre import Grain
from o2d.desk import MOMENTS, PRODUCTION, Body, Desk, Subject, Yes, moment, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True,
    help="Crews: people of one skill at a site, and who has which skill.",
)

CREWS: Final = "/v1/crews"
QUALIFICATIONS: Final = "/v1/qualifications"

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


@words.command()
def load(
    crew: Crew,
    by: Annotated[Grain, typer.Option(help="By day or week.")] = Grain.DAY,
    buckets: Annotated[int | None, typer.Option(min=1, help="So many of them.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show minutes for which people are kept beside those for which they are there."""
    whole = Desk.of(PRODUCTION, "planner").get(f"{CREWS}/{crew}/load", by=by.value, buckets=buckets)
    tell(whole["buckets"], output, whole)


@words.command()
def skills(
    person: Annotated[str | None, typer.Option(help="Of this person alone.")] = None,
    site: Annotated[str | None, typer.Option(help="At this site alone.")] = None,
    skill: Annotated[str | None, typer.Option(help="This skill alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List who has, or had, which skill, and until when."""
    rows = Desk.of(PRODUCTION, "planner").rows(QUALIFICATIONS, person=person, site_id=site, skill=skill)
    tell(rows, output)


@words.command()
def qualify(
    person: Annotated[str, typer.Argument(help="Who, by the name of their token.")],
    skill: Annotated[str, typer.Argument(help="What they can do.")],
    site: Annotated[str, typer.Option(help="Where.")],
    until: Annotated[
        datetime | None,
        typer.Option(formats=MOMENTS, help="Until then (UTC); what has passed takes it back."),
    ] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say that a person has a skill; others are asked for it from the first one on."""
    sure(f"{person} has {skill} at {site} until {until or 'it is changed'}?", yes)
    body = {
        "person": person, "site_id": site, "skill": skill, "valid_until": None if until is None else moment(until)
    }  # fmt: skip
    tell([Desk.of(PRODUCTION, "planner", subject).post(QUALIFICATIONS, body)], output)
