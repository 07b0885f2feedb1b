"""`o2d token`: a bearer token of the local issuer."""

from __future__ import annotations

from typing import Annotated

import typer

from o2d import issuer
from o2d.home import Home, home_folder
from o2d.show import Output, OutputOption, show

Role = Annotated[str, typer.Option(help=f"One of {', '.join(issuer.ROLES)}.")]
Party = Annotated[str | None, typer.Option(help="The customer's or vendor's id the token acts for.")]
Subject = Annotated[str | None, typer.Option(help="Who it is; local-ROLE when left out.")]
Login = Annotated[bool, typer.Option("--login", help="One that signs in at a page, once.")]
Hours = Annotated[float, typer.Option(min=0.01, max=24 * 30, help="How long it is valid.")]


def command(
    role: Role,
    party: Party = None,
    subject: Subject = None,
    hours: Hours = issuer.LIFETIME_S / 3600,
    login: Login = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Print a token for a role (the bare text, so that a shell can take it)."""
    try:
        token = issuer.sign(Home(home_folder()), role, party, subject, int(hours * 3600), login=login)
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong)) from wrong
    if output is Output.TABLE:
        print(token)
    else:
        show([{"token": token, "role": role, "party": party}], output)
