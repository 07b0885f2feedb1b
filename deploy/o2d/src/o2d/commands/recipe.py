"""`o2d recipe`: versions of recipes: written, read by a second person, in force, copied, compared; bills and uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import typer

from o2d.desk import MOMENTS, PRODUCTION, Body, Desk, Subject, Yes, moment, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Recipes: write, submit, approve, copy, compare, retire them.")

RECIPES: Final = "/v1/recipes"
VERSION: Final = "/v1/recipes/{recipe}/versions/{version}"
SUBMIT: Final = "/v1/recipes/{recipe}/versions/{version}/submission"
APPROVE: Final = "/v1/recipes/{recipe}/versions/{version}/approval"
REJECT: Final = "/v1/recipes/{recipe}/versions/{version}/rejection"
RETIRE: Final = "/v1/recipes/{recipe}/versions/{version}/retirement"
BILL: Final = "/v1/bills/{sku}"
USES: Final = "/v1/uses/{sku}"
COPY: Final = "/v1/recipes/{recipe}/versions/{version}/copy"

Recipe = Annotated[str, typer.Argument(help="The recipe.")]
Version = Annotated[int, typer.Argument(min=1, help="Its version.")]
Item = Annotated[str, typer.Argument(help="The item.")]
Site = Annotated[str | None, typer.Option(help="By recipes of this site alone.")]
At = Annotated[datetime | None, typer.Option(formats=MOMENTS, help="In force then (UTC); else now.")]


@words.command("list")
def list_(
    recipe: Annotated[str | None, typer.Option(help="Versions of this recipe alone.")] = None,
    state: Annotated[str | None, typer.Option(help="In this state alone.")] = None,
    site: Annotated[str | None, typer.Option(help="Of this site alone.")] = None,
    uses: Annotated[str | None, typer.Option(help="Where this item is used.")] = None,
    makes: Annotated[str | None, typer.Option(help="Where this item is made.")] = None,
    at: Annotated[datetime | None, typer.Option(formats=MOMENTS, help="In force then (UTC).")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List versions of recipes: all, where an item is used or made, or what is in force."""
    when = None if at is None else moment(at)
    narrowed = {
        "recipe_id": recipe,
        "state": state,
        "site_id": site,
        "uses": uses,
        "makes": makes,
        "at": when,
    }
    _tell(Desk.of(PRODUCTION, "planner").rows(RECIPES, **narrowed), output)


@words.command()
def show(recipe: Recipe, version: Version, output: OutputOption = Output.TABLE) -> None:
    """Show a version: as a table its head, as JSON all that it says."""
    _tell([Desk.of(PRODUCTION, "planner").get(VERSION.format(recipe=recipe, version=version))], output)


@words.command()
def bill(item: Item, site: Site = None, at: At = None, output: OutputOption = Output.TABLE) -> None:
    """Show what an item is made of through all levels, for one of it."""
    _tree(BILL.format(sku=item), site, at, output)


@words.command()
def uses(item: Item, site: Site = None, at: At = None, output: OutputOption = Output.TABLE) -> None:
    """Show where an item is used through all levels, and how much of it one of each takes."""
    _tree(USES.format(sku=item), site, at, output)


def _tree(path: str, site: str | None, at: datetime | None, output: Output) -> None:
    when = None if at is None else moment(at)
    rows = Desk.of(PRODUCTION, "planner").rows(path, site_id=site, at=when)
    columns = ("level", "quantity", "recipe_id", "phantom", "again")
    lines = [
        {"item": "  " * row["level"] + row["sku"], **{name: row[name] for name in columns}} for row in rows
    ]
    tell(lines if output is Output.TABLE else rows, output)


@words.command()
def difference(
    recipe: Recipe,
    version: Version,
    was: Annotated[
        int | None, typer.Option("--from", min=1, help="Than this version; the one before.")
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what a version says differently than another."""
    path = f"{VERSION}/difference".format(recipe=recipe, version=version)
    whole = Desk.of(PRODUCTION, "planner").get(path, **{"from": was})
    tell(whole["changes"], output)


@words.command()
def yields(recipe: Recipe, version: Version, output: OutputOption = Output.TABLE) -> None:
    """Show the yields that a version states beside those that its runs had."""
    path = f"{VERSION}/yields".format(recipe=recipe, version=version)
    tell(Desk.of(PRODUCTION, "planner").get(path)["yields"], output)


@words.command()
def draft(file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE) -> None:
    """Write the next version of a recipe."""
    body = read_body(file)
    sure(f"draft a version of {body.get('recipe_id')}?", yes)
    _tell([Desk.of(PRODUCTION, "planner", subject).post(RECIPES, body)], output)


@words.command()
def rewrite(
    recipe: Recipe,
    version: Version,
    file: Body,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Change a draft of one's own to what a file says; refused when it changed while that was asked."""
    body = read_body(file)
    desk, path = Desk.of(PRODUCTION, "planner", subject), VERSION.format(recipe=recipe, version=version)
    seen = desk.get(path)["version"]
    sure(f"rewrite version {version} of {recipe}?", yes)
    _tell([desk.put(path, body, seen)], output)


@words.command()
def copy(
    recipe: Recipe,
    version: Version,
    into: Annotated[str | None, typer.Option(help="The recipe it becomes a version of; the same.")] = None,
    site: Annotated[str | None, typer.Option(help="For this site.")] = None,
    title: Annotated[str | None, typer.Option(help="With this title.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=MOMENTS, help="From then on (UTC).")] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Draft what a version says once more."""
    body = {
        "recipe_id": into or recipe, "site_id": site, "title": title,
        "effective_from": None if since is None else moment(since),
    }  # fmt: skip
    sure(f"copy version {version} of {recipe}?", yes)
    _tell(
        [Desk.of(PRODUCTION, "planner", subject).post(COPY.format(recipe=recipe, version=version), body)],
        output,
    )


@words.command()
def submit(
    recipe: Recipe,
    version: Version,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Give a draft to a second person to read."""
    _answer("submit", SUBMIT, "planner", recipe, version, subject, yes, output)


@words.command()
def approve(
    recipe: Recipe,
    version: Version,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Approve what somebody else wrote: it is in force from its first day on."""
    _answer("approve", APPROVE, "approver", recipe, version, subject, yes, output)


@words.command()
def reject(
    recipe: Recipe,
    version: Version,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Give a version back to its author."""
    _answer("reject", REJECT, "approver", recipe, version, subject, yes, output)


@words.command()
def retire(
    recipe: Recipe,
    version: Version,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Use a version for no new run."""
    _answer("retire", RETIRE, "approver", recipe, version, subject, yes, output)


def _answer(
    act: str, path: str, role: str, recipe: str, version: int, subject: str | None, yes: bool, output: Output
) -> None:
    sure(f"{act} version {version} of {recipe}?", yes)
    _tell([Desk.of(PRODUCTION, role, subject).post(path.format(recipe=recipe, version=version), {})], output)


def _tell(rows: list[dict[str, Any]], output: Output) -> None:
    tell([_short(row) for row in rows] if output is Output.TABLE else rows, output)


def _short(row: Mapping[str, Any]) -> dict[str, Any]:
    """A version as a terminal shows it."""
    content = row["content"]
    said = ("kind", "title", "site_id", "effective_from", "effective_to")
    head = {name: row[name] for name in ("recipe_id", "recipe_version", "state", "author", "approver")}
    return {**head, **{name: content[name] for name in said}}
