"""Credits that wait for a second person, at the page, of a real service desk."""

from __future__ import annotations

from pathlib import Path

from tests.desk_stage import Stage

from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from contracts.values import Money
from service_desk import commands
from service_desk.__main__ import SERVICE
from tests.browser.tower import hidden_fields, tower_over, visitor


async def proposed(stage: Stage, by: str, *tickets: str) -> None:
    """Somebody answers tickets of one order with more than one person may credit."""
    await stage.ordered(*[(f"L{number}", "pc") for number in range(7)])
    for ticket_id in tickets:
        await stage.do(commands.OpenTicket(ticket_id, "c1", "o1", "complaint", 2, "broken"))
        await stage.do(commands.ResolveTicket(ticket_id, "a new one", Money(60_000, "EUR"), by))


async def test_who_did_not_propose_a_credit_grants_it_or_does_not(
    database_of: DatabaseOf, tmp_path: Path
) -> None:
    issuer = Issuer(tmp_path)
    async with tower_over(SERVICE, database_of, issuer) as (desk, host):
        stage = Stage(desk)
        async with visitor(host, issuer, "approver") as approver:
            assert "No credit waits" in (await approver.get("/credits")).text
            await proposed(stage, "ann", "t1", "t2")
            shown = (await approver.get("/credits")).text
            assert "600.00 EUR" in shown
            assert shown.index("t1") < shown.index("t2")
            form = hidden_fields(shown)
            refused = await approver.post("/credits/t1", data={**form, "granted": "no"})
            assert (refused.status_code, refused.headers["location"]) == (303, "/credits")
            key = {"idempotency_key": "another"}
            await approver.post("/credits/t2", data={**form, **key, "granted": "yes"})
            states = await stage.rows("SELECT ticket_id, state, credit_minor FROM tickets ORDER BY 1")
            assert states == [("t1", "open", None), ("t2", "resolved", 60_000)]
            key = {"idempotency_key": "a-third-time"}
            again = await approver.post("/credits/t2", data={**form, **key, "granted": "yes"})
            assert (again.status_code, "no credit of ticket t2 waits" in again.text) == (409, True)
        async with visitor(host, issuer, "agent") as agent:
            await stage.do(commands.ResolveTicket("t1", "again", Money(10_000, "EUR"), "ann"))
            seen = (await agent.get("/credits")).text
            assert ("100.00 EUR" in seen, "Grant" in seen) == (True, False)


async def test_nobody_is_asked_about_what_they_proposed(database_of: DatabaseOf, tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    async with tower_over(SERVICE, database_of, issuer) as (desk, host):
        async with visitor(host, issuer, "dispatcher") as one:
            await proposed(Stage(desk), "a-dispatcher", "t1")
            seen = (await one.get("/credits")).text
            assert "Somebody else decides" in seen
            assert "Grant" not in seen
