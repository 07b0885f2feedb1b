"""`o2d demand`: what is wanted, what of it comes too late, and what an order hangs on."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from o2d.desk import MATERIALS, Desk, OfSite, OfSku, branch, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Demands: what is wanted, what is short, what orders hang on.")

SHORT: Final = (
    "demand_id", "kind", "site_id", "sku", "quantity", "covered", "unit", "needed_at", "available_at",
    "promised_at", "order_id", "late",
)  # fmt: skip


@words.command("list")
def list_(
    late: Annotated[bool, typer.Option("--late", help="Not covered in time alone.")] = False,
    sku: OfSku = None,
    site: OfSite = None,
    order: Annotated[str | None, typer.Option(help="Of this customer's order alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List what is wanted, how much of it is covered, and by when it can be."""
    narrowed = {"sku": sku, "site_id": site, "order_id": order, "late": "true" if late else None}
    rows = Desk.of(MATERIALS, "planner").rows("/v1/demands", **narrowed)
    tell([{name: row[name] for name in SHORT} for row in rows] if output is Output.TABLE else rows, output)


@words.command()
def pegs(
    order: Annotated[str, typer.Argument(help="The customer's order.")], output: OutputOption = Output.TABLE
) -> None:
    """Show the tree of supplies under an order, from its lines down to what is bought."""
    rows = Desk.of(MATERIALS, "planner").rows(f"/v1/orders/{order}/pegs")
    tell([branch(row) for row in rows] if output is Output.TABLE else rows, output)
