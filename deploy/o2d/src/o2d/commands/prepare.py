"""`o2d prepare`: databases, tables, topics and rights of an installation on servers that are there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, TypeVar

import typer
import uvloop
from pydantic import ValidationError

from backbone.settings import Settings
from backbone.wording import plainly
from o2d.deployment.prepare import Servers, prepare

Rights = Annotated[
    bool, typer.Option("--rights/--no-rights", help="Whether to tell Kafka who may do what, too.")
]
Given = TypeVar("Given", Servers, Settings)


def command(rights: Rights = True) -> None:
    """Make what is missing on the servers that the environment names; nothing that is there is lost."""
    servers = _said(lambda: Servers())  # type: ignore[call-arg]  # from the environment
    kafka = _said(lambda: Settings(service_dsn=""))  # type: ignore[call-arg]
    uvloop.run(prepare(servers, kafka, rights=rights, say=lambda text: print(text, file=sys.stderr)))


def _said(read: Callable[[], Given]) -> Given:
    try:
        return read()
    except ValidationError as wrong:
        for error in wrong.errors():
            named = "_".join(str(part) for part in error["loc"]).upper()
            print(f"O2D_{named}: {plainly(error)}", file=sys.stderr)
        raise typer.Exit(2) from wrong
