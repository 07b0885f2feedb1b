"""The command `o2d`: every module of `commands` is one of its words, or a noun with words of its own."""

from __future__ import annotations

import functools
import importlib
import keyword
import logging
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any, Final

import typer
import typer.core
import typer.main

from o2d import commands
from o2d.show import complain
from o2d.trouble import CannotStart

FAILED = 1
PANELS: Final = {word: panel for panel, words in commands.GROUPS.items() for word in words}

# What it warns of while it looks for a broker is said by us, in a sentence.
logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


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


@functools.cache
def _loaded(word: str) -> Any:
    """The command of a word, from its module; raises KeyError for none."""
    panel = PANELS[word]
    module = module_of(word)
    alone = typer.Typer()
    if hasattr(module, "words"):
        # A noun whose acts take different things has a word for each.
        for act in module.words.registered_commands:
            act.callback = _said_plainly(act.callback)
        alone.add_typer(module.words, name=word, rich_help_panel=panel)
    else:
        alone.command(word, rich_help_panel=panel)(_said_plainly(module.command))
    return typer.main.get_group(alone).commands[word]


class _Words(Mapping[str, Any]):
    """Every word with its command, in the order of the help."""

    def __getitem__(self, word: str) -> Any:
        return _loaded(word)

    def __iter__(self) -> Iterator[str]:
        return iter(PANELS)

    def __len__(self) -> int:
        return len(PANELS)


class Lazily(typer.core.TyperGroup):
    """All words, each loaded when it is said, or when all are listed: most of them load much that others do not."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{**given, "commands": _Words()})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a word, None for none; a word that cannot be loaded says why."""
        return _loaded(cmd_name) if cmd_name in PANELS else None


app = typer.Typer(
    cls=Lazily,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Order to delivery on this machine.",
)


@app.callback()
def _o2d() -> None:
    """Nothing is common to all words."""


if __name__ == "__main__":
    app(prog_name="o2d")
