"""`o2d technician`: the people of the service desk, their time, the services they do, and what was agreed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from o2d.desk import SERVICE_DESK, Body, Desk, OfSite, Subject, Yes, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True, help="Technicians, their time, the services they do, what was agreed."
)

TECHNICIANS: Final = "/v1/technicians"
LEAVES: Final = "/v1/technicians/{technician}/leaves"
SERVICES: Final = "/v1/services"
AGREEMENT: Final = "/v1/sla-agreement"

Technician = Annotated[str, typer.Argument(help="The technician.")]


@words.command("list")
def list_(
    site: OfSite = None,
    skill: Annotated[str | None, typer.Option(help="With this skill alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List technicians."""
    tell(Desk.of(SERVICE_DESK, "dispatcher").rows(TECHNICIANS, site_id=site, skill=skill), output)


@words.command()
def show(technician: Technician, output: OutputOption = Output.TABLE) -> None:
    """Show a technician."""
    tell([Desk.of(SERVICE_DESK, "dispatcher").get(f"{TECHNICIANS}/{technician}")], output)


@words.command()
def define(
    file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Take up a technician, or say anew who they are."""
    body = read_body(file)
    sure(f"define technician {body.get('technician_id')}?", yes)
    tell([Desk.of(SERVICE_DESK, "dispatcher", subject).post(TECHNICIANS, body)], output)


@words.command()
def leaves(
    technician: Technician,
    file: Body,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say when a technician is away; visits that are booked already stay."""
    body = read_body(file)
    sure(f"set the leaves of {technician}?", yes)
    path = LEAVES.format(technician=technician)
    tell([Desk.of(SERVICE_DESK, "dispatcher", subject).post(path, body)], output)


@words.command()
def calendar(
    technician: Technician,
    days: Annotated[int, typer.Option(min=1, max=92, help="For so many days.")] = 14,
    back: Annotated[int | None, typer.Option(min=1, max=92, help="From so many days ago.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show the time of a technician: taken, free, gone unused; as JSON all of it."""
    path = f"{TECHNICIANS}/{technician}/calendar"
    tell([Desk.of(SERVICE_DESK, "dispatcher").get(path, days=days, back=back)], output)


@words.command()
def capacities(output: OutputOption = Output.TABLE) -> None:
    """List the hours of a week by skill."""
    tell(Desk.of(SERVICE_DESK, "dispatcher").rows("/v1/capacities"), output)


@words.command()
def services(
    service: Annotated[str | None, typer.Argument(help="This one alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List services."""
    desk = Desk.of(SERVICE_DESK, "dispatcher")
    tell(desk.rows(SERVICES) if service is None else [desk.get(f"{SERVICES}/{service}")], output)


@words.command()
def service(
    file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Take up a service, or say anew what it is."""
    body = read_body(file)
    sure(f"define service {body.get('service_id')}?", yes)
    tell([Desk.of(SERVICE_DESK, "dispatcher", subject).post(SERVICES, body)], output)


@words.command()
def agreement(
    file: Annotated[
        str | None, typer.Option("--set", help="Change it to what a JSON file says; - for input.")
    ] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show how quickly the desk answers, or change it; refused when it changed while that was asked."""
    desk = Desk.of(SERVICE_DESK, "dispatcher" if file is None else "admin", subject)
    seen = desk.get(AGREEMENT)
    if file is None:
        tell(seen["targets"], output, seen)
        return
    body = read_body(Path(file))
    sure("answer so quickly from now on?", yes)
    tell([desk.put(AGREEMENT, body, seen["version"])], output)
