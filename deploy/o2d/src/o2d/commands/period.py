"""`o2d period`: months of cost at a site: closed, listed, shown with the runs behind them, opened again by two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import typer

from o2d.desk import PRODUCTION, Desk, Subject, Why, Yes, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True, help="Months of production's costs: close them, see what is behind them."
)

PERIODS: Final = "/v1/sites/{site}/periods"
PERIOD: Final = "/v1/sites/{site}/periods/{month}"
REOPEN: Final = "/v1/sites/{site}/periods/{month}/reopening"

Site = Annotated[str, typer.Argument(help="The site.")]
Month = Annotated[str, typer.Argument(help="The month, like 2026-03.")]


@words.command("list")
def list_(site: Site, output: OutputOption = Output.TABLE) -> None:
    """List the months of a site, a row for each currency."""
    _tell(Desk.of(PRODUCTION, "approver").rows(PERIODS.format(site=site)), output)


@words.command()
def show(site: Site, month: Month, output: OutputOption = Output.TABLE) -> None:
    """Show what a month comes to."""
    _tell([Desk.of(PRODUCTION, "approver").get(PERIOD.format(site=site, month=month))], output)


@words.command()
def runs(
    site: Site,
    month: Month,
    figure: Annotated[
        str | None, typer.Option(help="Behind opening, material, work, made, written-off, closing, late.")
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List the runs behind a month, or behind one of its figures."""
    path = f"{PERIOD}/runs".format(site=site, month=month)
    _tell(Desk.of(PRODUCTION, "approver").rows(path, figure=figure), output)


@words.command("open-runs")
def open_runs(site: Site, month: Month, output: OutputOption = Output.TABLE) -> None:
    """List the runs that were begun at the end of a month, and what they had cost that no lot bore."""
    tell(Desk.of(PRODUCTION, "approver").rows(f"{PERIOD}/open-runs".format(site=site, month=month)), output)


@words.command()
def close(
    site: Site, month: Month, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Close a month: what it comes to changes no more."""
    sure(f"close {month} of {site}?", yes)
    desk = Desk.of(PRODUCTION, "approver", subject)
    desk.post(PERIODS.format(site=site), {"month": month})
    _tell([desk.get(PERIOD.format(site=site, month=month))], output)


@words.command()
def reopen(
    site: Site,
    month: Month,
    reason: Why,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Open a closed month again; it is open when a second person has said so, too."""
    sure(f"reopen {month} of {site}?", yes)
    desk = Desk.of(PRODUCTION, "approver", subject)
    desk.post(REOPEN.format(site=site, month=month), {"reason": reason})
    _tell([desk.get(PERIOD.format(site=site, month=month))], output)


def _tell(rows: list[dict[str, Any]], output: Output) -> None:
    tell([flat for row in rows for flat in _by_currency(row)] if output is Output.TABLE else rows, output)


def _by_currency(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A month as a terminal shows it: a row for each currency; anything else as it is."""
    if "totals" not in row:
        return [dict(row)]
    head = {name: row[name] for name in ("month", "state", "closed_by")}
    return [{**head, **total} for total in row["totals"]] or [head]
