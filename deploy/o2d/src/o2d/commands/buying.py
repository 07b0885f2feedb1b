"""`o2d buying`: how we buy: limits, times and tolerances, and what other currencies are worth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from o2d.desk import VENDORS, Desk, Subject, Yes, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="How we buy: the policy, and what other currencies are worth.")

POLICY: Final = "/v1/purchasing-policy"
RATES: Final = "/v1/exchange-rates"
RATE: Final = "/v1/exchange-rates/{currency}"


@words.command()
def policy(
    file: Annotated[
        str | None, typer.Option("--set", help="Change it to what a JSON file says; - for input.")
    ] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show how we buy, or change it; refused when it changed while that was asked."""
    desk = Desk.of(VENDORS, "approver", subject)
    seen = desk.get(POLICY)
    if file is None:
        tell([seen], output)
        return
    body = read_body(Path(file))
    sure("buy so from now on?", yes)
    tell([desk.put(POLICY, body, seen["version"])], output)


@words.command()
def rates(output: OutputOption = Output.TABLE) -> None:
    """List what a minor unit of other currencies is worth in minor units of ours."""
    tell(Desk.of(VENDORS, "buyer").rows(RATES), output)


@words.command()
def rate(
    currency: Annotated[str, typer.Argument(help="The currency.")],
    worth: Annotated[str, typer.Argument(help="What a minor unit of it is worth in minor units of ours.")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say what a currency is worth; refused when that changed while it was asked."""
    desk = Desk.of(VENDORS, "buyer", subject)
    seen = {row["currency"]: row["version"] for row in desk.rows(RATES)}
    sure(f"one {currency} is worth {worth} of ours?", yes)
    tell([desk.put(RATE.format(currency=currency), {"rate": worth}, seen.get(currency, 0))], output)
