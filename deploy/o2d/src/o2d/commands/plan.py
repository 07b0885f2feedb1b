"""`o2d plan`: plans of whole sites: asked for, watched, stopped, listed, shown, compared, published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import typer

from o2d.desk import MATERIALS, Desk, OfSite, OfSku, Subject, Yes, sure, tell
from o2d.money import as_shown, of_minor
from o2d.show import Output, OutputOption
from o2d.trouble import CannotStart

words = typer.Typer(
    no_args_is_help=True, help="Plans of whole sites as versions: run, compare and publish them."
)

PLANS: Final = "/v1/plans"
PUBLISH: Final = "/v1/plans/{plan}/publication"
OPERATION: Final = "/v1/operations/{plan}"
CANCEL: Final = "/v1/operations/{plan}/cancel"
SHORT: Final = ("plan_no", "state", "sites", "keeps", "orders", "missing", "late", "loaded_at", "plan_id")

Plan = Annotated[str, typer.Argument(help="The plan, by number or id.")]


@words.command()
def run(
    site: Annotated[str | None, typer.Option(help="This site and what supplies it; all of them.")] = None,
    keep_planned: Annotated[
        bool, typer.Option("--keep-planned", help="Keep all that is planned, not what is firm alone.")
    ] = False,
    leave: Annotated[
        bool, typer.Option("--leave", help="Do not wait; `o2d plan progress` says how far it is.")
    ] = False,
    subject: Subject = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Plan whole sites anew, as a version that nobody goes by yet."""
    body = {"site_id": site, "keeps": "planned" if keep_planned else "firm"}
    desk = Desk.of(MATERIALS, "planner", subject)
    if leave:
        asked = desk.post(PLANS, body)
        tell([desk.get(OPERATION.format(plan=asked["id"]))], output)
    else:
        made = desk.work(PLANS, body, "plan", "rows")
        _tell([desk.get(f"{PLANS}/{made}")], output)


@words.command()
def progress(plan: Plan, output: OutputOption = Output.TABLE) -> None:
    """Show how far a plan is."""
    desk = Desk.of(MATERIALS, "planner")
    tell([desk.get(OPERATION.format(plan=_id(desk, plan)))], output)


@words.command()
def cancel(
    plan: Plan, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Stop planning; the plan that is gone by stays."""
    desk = Desk.of(MATERIALS, "planner", subject)
    sure(f"cancel plan {plan}?", yes)
    tell([desk.post(CANCEL.format(plan=_id(desk, plan)), {})], output)


@words.command("list")
def list_(output: OutputOption = Output.TABLE) -> None:
    """List versions, the newest first."""
    _tell(Desk.of(MATERIALS, "planner").rows(PLANS), output)


@words.command()
def show(plan: Plan, sku: OfSku = None, site: OfSite = None, output: OutputOption = Output.TABLE) -> None:
    """List the planned orders of a version."""
    desk = Desk.of(MATERIALS, "planner")
    tell(desk.rows(f"{PLANS}/{_id(desk, plan)}/orders", sku=sku, site_id=site), output)


@words.command()
def pegs(
    plan: Plan,
    order: Annotated[int, typer.Argument(help="The number of its order.")],
    output: OutputOption = Output.TABLE,
) -> None:
    """List what a planned order of a version takes, and whom it serves."""
    desk = Desk.of(MATERIALS, "planner")
    tell(desk.rows(f"{PLANS}/{_id(desk, plan)}/orders/{order}/pegs"), output)


@words.command()
def late(plan: Plan, output: OutputOption = Output.TABLE) -> None:
    """List the demands that a version serves after their day, or not at all."""
    desk = Desk.of(MATERIALS, "planner")
    tell(desk.rows(f"{PLANS}/{_id(desk, plan)}/delays"), output)


@words.command()
def compare(
    plan: Plan,
    other: Annotated[str, typer.Argument(help="The other one, by number or id.")],
    output: OutputOption = Output.TABLE,
) -> None:
    """List the orders that are new, gone, moved, more or less in the other version, and what that costs."""
    desk = Desk.of(MATERIALS, "planner")
    rows = desk.rows(f"{PLANS}/{_id(desk, plan)}/difference/{_id(desk, other)}")
    tell([as_shown(row) for row in rows] if output is Output.TABLE else rows, output)
    if output is Output.TABLE:
        tell(_sums(rows), output)


@words.command()
def publish(
    plan: Plan,
    accept_later: Annotated[
        bool, typer.Option("--accept-later", help="Also where lines or holds come later.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="What is only planned makes way for what it plans.")
    ] = False,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Make a version the one that its sites go by; planners are asked for what it implies."""
    desk = Desk.of(MATERIALS, "planner", subject)
    plan_id = _id(desk, plan)
    sure(f"publish plan {plan}?", yes)
    desk.post(PUBLISH.format(plan=plan_id), {"accepts_later": accept_later, "replaces": replace})
    _tell([desk.get(f"{PLANS}/{plan_id}")], output)


def _id(desk: Desk, given: str) -> str:
    """The id of a plan that is given by its number, or by that; raises CannotStart for a number that is none."""
    if not given.isdecimal():
        return given
    page = desk.get(PLANS, after=str(int(given) + 1), limit=1)
    found = [each["plan_id"] for each in page["items"] if each["plan_no"] == int(given)]
    if not found:
        raise CannotStart(f"There is no plan {given}.", "`o2d plan list` lists them.")
    return str(found[0])


def _tell(plans: list[dict[str, Any]], output: Output) -> None:
    if output is Output.TABLE:
        plans = [{**{name: row[name] for name in SHORT}, "sites": " ".join(row["sites"])} for row in plans]
    tell(plans, output)


def _sums(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What these orders cost before and after, by currency, what of it is work, and items without it known."""
    sums: dict[str, list[int]] = {}
    for row in rows:
        for place, part in enumerate((row["was_cost"], row["cost"])):
            if part is not None:
                known = sums.setdefault(part["currency"], [0, 0, 0, 0])
                known[place] += part["minor"]
                known[place + 2] += part["minor"] if row["source"] != "buy" else 0
    unpriced = ", ".join(sorted({row["sku"] for row in rows if row["unpriced"]}))
    names = ("was", "is", "work was", "work is")
    costs = [
        {"in": currency, **dict(zip(names, map(of_minor, known), strict=True)), "not known of": unpriced}
        for currency, known in sorted(sums.items())
    ]
    nothing = {"in": "", **dict.fromkeys(names, ""), "not known of": unpriced}
    return costs or ([nothing] if unpriced else [])
