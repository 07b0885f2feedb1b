"""`o2d operation`: long work of a service: listed, how far it is, stopped."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from o2d.desk import Desk, Subject, Yes, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True, help="Long work: plans, schedules and imports; see how far it is, stop it."
)

OPERATIONS: Final = "/v1/operations"
CANCEL: Final = "/v1/operations/{operation}/cancel"

Service = Annotated[str, typer.Option(help="Whose work it is.")]
Operation = Annotated[str, typer.Argument(help="The operation.")]


@words.command("list")
def list_(service: Service, output: OutputOption = Output.TABLE) -> None:
    """List long work, the newest first."""
    tell(Desk.of(service, "planner").rows(OPERATIONS), output)


@words.command()
def show(operation: Operation, service: Service, output: OutputOption = Output.TABLE) -> None:
    """Show how far long work is; as JSON with what came of it."""
    tell([Desk.of(service, "planner").get(f"{OPERATIONS}/{operation}")], output)


@words.command()
def cancel(
    operation: Operation,
    service: Service,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Go no further with long work; what it has done by now stays."""
    sure(f"cancel {operation} of {service}?", yes)
    tell([Desk.of(service, "planner", subject).post(CANCEL.format(operation=operation), {})], output)
