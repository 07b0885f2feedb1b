"""`o2d webhook`: endpoints that a service sends its facts to: added, shown, rotated, switched; what was sent, again."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from o2d.asking import Services, rows_of
from o2d.running import Running, chosen, running
from o2d.show import Output, OutputOption, show


class Act(StrEnum):
    """What to do with endpoints."""

    LIST = "list"
    ADD = "add"
    SHOW = "show"
    ROTATE = "rotate"
    ENABLE = "enable"
    DISABLE = "disable"
    TEST = "test"
    DELIVERIES = "deliveries"
    AGAIN = "again"
    REPLAY = "replay"


# What a terminal shows of a row; programs get all of it.
SHOWN: Final = (
    "service", "webhook_id", "url", "state", "reason", "cursor", "secret", "delivery_id", "type", "attempts",
    "status", "answer", "next_at",
)  # fmt: skip
READS: Final = frozenset({Act.LIST, Act.SHOW, Act.DELIVERIES})


def command(
    act: Annotated[Act, typer.Argument(help="What to do; all but list take a --service.")] = Act.LIST,
    subject: Annotated[str | None, typer.Argument(help="add: the URL; else the endpoint's id.")] = None,
    service: Annotated[str | None, typer.Option(help="The service that tells the facts.")] = None,
    fact: Annotated[
        list[str] | None, typer.Option(help="add: only facts of this type; may be repeated.")
    ] = None,
    description: Annotated[str, typer.Option(help="add: whose it is.")] = "",
    reason: Annotated[str, typer.Option(help="disable: why.")] = "",
    state: Annotated[
        str | None, typer.Option(help="deliveries: only waiting, delivered or failed ones.")
    ] = None,
    delivery: Annotated[str | None, typer.Option(help="again: the delivery's id.")] = None,
    after: Annotated[str | None, typer.Option(help="replay: the cursor after which facts are sent.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Have facts sent elsewhere, see what was sent and what was answered, and send it again."""
    if act is not Act.LIST and not (service and subject):
        raise typer.BadParameter(
            f"{act.value} takes a --service and {'a URL' if act is Act.ADD else 'an id'}"
        )
    needed = {
        Act.DISABLE: ("reason", reason),
        Act.AGAIN: ("delivery", delivery),
        Act.REPLAY: ("after", after),
    }
    if act in needed and not needed[act][1]:
        raise typer.BadParameter(f"{act.value} takes --{needed[act][0]}")
    if act not in READS and not yes:
        typer.confirm(f"{act.value} {subject} at {service}?", abort=True, err=True)
    around = running()
    bodies: dict[Act, dict[str, Any]] = {
        Act.ADD: {"url": subject, "facts": fact or [], "description": description},
        Act.DISABLE: {"reason": reason},
        Act.REPLAY: {"after": after},
    }
    rows = asyncio.run(_act(around, act, service, subject, bodies.get(act, {}), state, delivery))
    show([_row(row) for row in rows] if output is Output.TABLE else rows, output)


async def _act(
    around: Running,
    act: Act,
    service: str | None,
    subject: str | None,
    body: dict[str, Any],
    state: str | None,
    delivery: str | None,
) -> list[dict[str, Any]]:
    async with Services(around.urls, around.token) as services:
        if act is Act.LIST:
            names = [name for name in chosen(around.urls, service) if name != "control-tower"]
            found = [(name, await rows_of(services, name, "/v1/webhooks")) for name in names]
            return [{"service": name, **row} for name, rows in found for row in rows]
        (name,) = chosen(around.urls, service)
        place = f"/v1/webhooks/{subject}"
        if act is Act.SHOW:
            return [await services.get(name, place)]
        if act is Act.DELIVERIES:
            return await rows_of(services, name, f"{place}/deliveries", state=state)
        ways = {
            Act.ADD: "/v1/webhooks",
            Act.ROTATE: f"{place}/secrets",
            Act.AGAIN: f"{place}/deliveries/{delivery}/again",
        }
        answer = await services.post(name, ways.get(act, f"{place}/{act.value}"), body)
        # A new secret comes beside its endpoint.
        beside = answer.pop("webhook", {})
        return [{**beside, **answer}]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in SHOWN if name in row}
