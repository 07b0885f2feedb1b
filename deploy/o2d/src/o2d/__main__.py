"""The command `o2d`: every module of `commands` is one of its words, or a noun with words of its own."""

from __future__ import annotations

import functools
import importlib
import logging
import pkgutil
from collections.abc import Callable
from typing import Any

import typer

from o2d import commands
from o2d.show import complain
from o2d.trouble import CannotStart

FAILED = 1

# What it warns of while it looks for a broker is said by us, in a sentence.
logging.getLogger("aiokafka").setLevel(logging.CRITICAL)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Order to delivery on this machine.",
)


def _said_plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """What is refused is said in its sentence, without a trace."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except CannotStart as reason:
            complain(reason.sentence, reason.mend)
            raise typer.Exit(FAILED) from None

    return run


for _found in pkgutil.iter_modules(commands.__path__):
    _module = importlib.import_module(f"{commands.__name__}.{_found.name}")
    _word = _found.name.rstrip("_").replace("_", "-")
    if hasattr(_module, "words"):
        # A noun whose acts take different things has a word for each.
        for _act in _module.words.registered_commands:
            _act.callback = _said_plainly(_act.callback)
        app.add_typer(_module.words, name=_word)
    else:
        app.command(_word)(_said_plainly(_module.command))


if __name__ == "__main__":
    app(prog_name="o2d")
