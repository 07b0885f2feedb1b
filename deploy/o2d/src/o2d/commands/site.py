"""`o2d site`: sites: defined and listed."""

from __future__ import annotations

from typing import Final

import typer

from o2d.desk import MATERIALS, Body, Desk, Subject, Yes, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Sites: define them, list them.")

SITES: Final = "/v1/sites"


@words.command("list")
def list_(output: OutputOption = Output.TABLE) -> None:
    """List sites."""
    tell(Desk.of(MATERIALS, "planner").rows(SITES), output)


@words.command()
def define(
    file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Define a site, or define it anew."""
    body = read_body(file)
    sure(f"define site {body.get('site_id')}?", yes)
    tell([Desk.of(MATERIALS, "planner", subject).post(SITES, body)], output)
