"""`o2d message`: what the plan asks planners to do: listed, accepted, put off, rejected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import typer

from o2d.desk import (
    MATERIALS,
    MOMENTS,
    Desk,
    OfSite,
    OfSku,
    Subject,
    Ways,
    Why,
    Yes,
    act_on,
    moment,
    tell,
)
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True, help="The planners' action list: what most depends on stands first; work it off."
)

MESSAGES: Final = "/v1/action-messages"
ACCEPT: Final = "/v1/action-messages/{id}/acceptance"
SNOOZE: Final = "/v1/action-messages/{id}/snooze"
REJECT: Final = "/v1/action-messages/{id}/rejection"
MANY: Final = "/v1/action-messages/batch"
SHORT: Final = ("id", "sku", "quantity", "was_at", "wanted_at", "reason")

Messages = Annotated[list[str], typer.Argument(help="Their ids; each is taken or refused by itself.")]


@words.command("list")
def list_(
    kind: Annotated[str | None, typer.Option(help="release, expedite, defer, … alone.")] = None,
    site: OfSite = None,
    sku: OfSku = None,
    sleeping: Annotated[bool, typer.Option("--sleeping", help="Those that sleep, too.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """List what the plan asks for, the largest sum at stake first."""
    narrowed = {
        "kind": kind, "site_id": site, "sku": sku, "sleeping": "true" if sleeping else None, "sort": "-at_stake"
    }  # fmt: skip
    found = Desk.of(MATERIALS, "planner").rows(MESSAGES, **narrowed)
    rows = [{"id": f"{row['planned_order_id']}@{row['kind']}", **row} for row in found]
    tell([{name: row[name] for name in SHORT} for row in rows] if output is Output.TABLE else rows, output)


@words.command()
def accept(
    messages: Messages, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Do what messages ask for: release, move, cancel or enlarge an order, take a substitute, ask an owner."""
    _answer("accept", ACCEPT, messages, {}, subject, yes, output)


@words.command()
def snooze(
    messages: Messages,
    until: Annotated[datetime, typer.Option(formats=MOMENTS, help="Until this moment (UTC).")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Let messages sleep until a moment."""
    _answer("snooze", SNOOZE, messages, {"until_at": moment(until)}, subject, yes, output)


@words.command()
def reject(
    messages: Messages,
    reason: Why,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say that messages are not done, and why; they are silent until they ask for something else."""
    _answer("reject", REJECT, messages, {"reason": reason}, subject, yes, output)


def _answer(
    act: str,
    path: str,
    messages: list[str],
    body: Mapping[str, Any],
    subject: str | None,
    yes: bool,
    output: Output,
) -> None:
    """Answer messages."""
    bodies = [{"id": message, **body} for message in messages]
    ways = Ways(path, "id", MANY, named=True)
    act_on(Desk.of(MATERIALS, "planner", subject), act, ways, bodies, yes, output)
