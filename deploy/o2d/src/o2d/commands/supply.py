"""`o2d supply`: planned orders: why they are there, what lies under them; released, kept firm, moved between sites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import typer

from o2d.desk import MATERIALS, Desk, OfSite, OfSku, Subject, Yes, branch, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True, help="Supplies that are planned or on their way: see why, release, keep, send them."
)

ORDERS: Final = "/v1/planned-orders"
RELEASE: Final = "/v1/planned-orders/{supply}/release"
FIRM: Final = "/v1/planned-orders/{supply}/firm"
UNFIRM: Final = "/v1/planned-orders/{supply}/unfirm"
DISPATCH: Final = "/v1/transfers/{supply}/dispatch"
RECEIVE: Final = "/v1/transfers/{supply}/receive"
SHORT: Final = (
    "planned_order_id", "site_id", "sku", "source", "quantity", "unit", "state", "starts_at", "due_at",
    "expected_at", "cause",
)  # fmt: skip

Supply = Annotated[str, typer.Argument(help="The planned order.")]


@words.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="In this state alone.")] = None,
    sku: OfSku = None,
    site: OfSite = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List planned orders, the oldest first."""
    _tell(Desk.of(MATERIALS, "planner").rows(ORDERS, state=state, sku=sku, site_id=site), output)


@words.command()
def show(supply: Supply, output: OutputOption = Output.TABLE) -> None:
    """Show a planned order: as a table its head, as JSON what it takes and whom it serves, too."""
    whole = Desk.of(MATERIALS, "planner").get(f"{ORDERS}/{supply}")
    tell([_short(whole["order"])], output, whole)


@words.command()
def why(supply: Supply, output: OutputOption = Output.TABLE) -> None:
    """Show the requirements that a planned order is there for, up to the orders that it serves."""
    tell(Desk.of(MATERIALS, "planner").get(f"{ORDERS}/{supply}")["why"], output)


@words.command()
def pegs(supply: Supply, output: OutputOption = Output.TABLE) -> None:
    """Show the tree of supplies under what a planned order takes, down to what is bought."""
    rows = Desk.of(MATERIALS, "planner").rows(f"{ORDERS}/{supply}/pegs")
    tell([branch(row) for row in rows] if output is Output.TABLE else rows, output)


@words.command()
def release(
    supply: Supply, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Ask the owner for a planned order now, whatever its fence says."""
    _act("release", RELEASE, "planner", supply, subject, yes, output)


@words.command()
def firm(
    supply: Supply, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Keep a planned order as it is; the plan only says what it would change."""
    _act("firm", FIRM, "planner", supply, subject, yes, output)


@words.command()
def unfirm(
    supply: Supply, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Give a firm order back to the plan."""
    _act("unfirm", UNFIRM, "planner", supply, subject, yes, output)


@words.command()
def dispatch(
    supply: Supply, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Say that the goods of a transfer have left their site."""
    _act("dispatch", DISPATCH, "warehouse", supply, subject, yes, output)


@words.command()
def receive(
    supply: Supply, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Say that the goods of a transfer have arrived."""
    _act("receive", RECEIVE, "warehouse", supply, subject, yes, output)


def _act(act: str, path: str, role: str, supply: str, subject: str | None, yes: bool, output: Output) -> None:
    sure(f"{act} {supply}?", yes)
    tell([Desk.of(MATERIALS, role, subject).post(path.format(supply=supply), {})], output)


def _tell(rows: list[dict[str, Any]], output: Output) -> None:
    tell([_short(row) for row in rows] if output is Output.TABLE else rows, output)


def _short(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in SHORT}
