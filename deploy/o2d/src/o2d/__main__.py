"""The command `o2d`: every module of `commands` is one of its words, or a noun with words of its own."""

from __future__ import annotations

import functools
import importlib
import keyword
import logging
from collections.abc import Callable
from types import ModuleType
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


def module_of(word: str) -> ModuleType:
    """The module of a command; a word that the language has already stands there with a line after it."""
    name = word.replace("-", "_")
    return importlib.import_module(f"{commands.__name__}.{name}{'_' * keyword.iskeyword(name)}")


for _group, _words in commands.GROUPS.items():
    for _word in _words:
        _module = module_of(_word)
        if hasattr(_module, "words"):
            # A noun whose acts take different things has a word for each.
            for _act in _module.words.registered_commands:
                _act.callback = _said_plainly(_act.callback)
            app.add_typer(_module.words, name=_word, rich_help_panel=_group)
        else:
            app.command(_word, rich_help_panel=_group)(_said_plainly(_module.command))


if __name__ == "__main__":
    app(prog_name="o2d")
