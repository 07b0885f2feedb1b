"""What an hour costs has a moment: work costs what holds when it is reported, and what it has cost stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from backbone.deadlines import Deadlines
from backbone.errors import Invalid, NotFound
from contracts.production import WorkCentreDefined
from contracts.values import Quantity
from production import commands, queries
from production.domain.act import End, Report, Start
from production.domain.rates import BEGINNING, DatedRates, RatesHold, RatesToCome, coming, standing
from production.domain.standard import StandardPrice
from production.domain.variance import RunCost
from services.production.tests.made import CALENDAR, DAY, FURNACE, NOW, asked, lot, staged
from services.production.tests.stage import Stage

SITE = "plant-1"
KIND = "rates-hold"


def rates(number: int, since: datetime, labour: int = 3_000, **changes: Any) -> DatedRates:
    made = DatedRates("furnace", number, since, labour, 6_000, Quantity("0.1"), "pat")
    return replace(made, **changes)


def dearer(since: datetime | None, labour: int = 6_000) -> commands.SetRates:
    """People cost so much an hour from a moment on."""
    return commands.SetRates("furnace", labour, 6_000, Quantity("0.1"), since, "pat")


async def comes(stage: Stage, at: datetime) -> None:
    """It is that moment, and what was to hold then is told."""

    async def always(limit: object) -> bool:
        return True

    stage.clock.advance(at)
    await Deadlines(stage.host, always).fire()


async def cost(stage: Stage) -> RunCost:
    async with stage.host.read() as sql:
        return await queries.find_run_cost(sql, await stage.run())


def test_of_rates_the_last_that_began_and_was_not_taken_back_holds() -> None:
    first, later = rates(1, BEGINNING), rates(2, NOW + DAY)
    again, gone = rates(3, NOW + DAY, 3_500), rates(4, NOW, withdrawn_at=NOW)
    known = [first, later, again, gone]
    assert standing(known, NOW) == first
    assert standing(known, NOW + DAY) == again, "of the same moment the last said"
    assert (coming(known, NOW), coming(known, NOW + DAY)) == (NOW + DAY, None)
    assert standing([], NOW) is None


def test_rates_of_a_moment_that_is_over_are_neither_said_nor_taken_back() -> None:
    with pytest.raises(Invalid, match="not changed afterwards"):
        rates(0, NOW - timedelta(minutes=1)).numbered([], NOW)
    assert rates(0, NOW).numbered([rates(1, BEGINNING)], NOW).rate_no == 2
    with pytest.raises(RatesHold):
        rates(1, NOW).withdrawn("pat", NOW)
    gone = rates(1, NOW + DAY).withdrawn("pat", NOW)
    assert gone.withdrawn("ava", NOW + 2 * DAY) == gone, "twice is once"
    with pytest.raises(Invalid):
        rates(1, NOW, -1)


async def test_work_costs_what_holds_when_it_is_reported_and_the_month_and_the_variance_see_it(
    stage: Stage,
) -> None:
    await stage.opened()
    await stage.do(commands.SetStandardPrices(SITE, (StandardPrice("shaft", Quantity(100)),)))
    await stage.do(commands.RollUpCosts(SITE, "EUR", "pat"))
    await stage.hear(asked(), staged(lot("bar", "500", 50_000)))
    await stage.act(Start(), Report(Quantity(200)))
    before = await cost(stage)
    # An hour of heating and 100 minutes: labour 80.00, machine 160.00, a tenth of both on top.
    assert (before.work.total, before.variances and before.variances.rate) == (26_400, 0)
    await stage.do(dearer(NOW + DAY))
    assert await cost(stage) == before, "not yet"
    stage.clock.advance(NOW + DAY)
    assert await cost(stage) == before, "what was reported has cost what it has cost"
    await stage.act(End(Report()))
    after = await cost(stage)
    # 150 minutes: labour 150.00 instead of 75.00, machine 150.00, a tenth on top.
    assert after.work.total == 26_400 + 33_000
    assert after.variances is not None
    assert (after.variances.rate, after.variances.efficiency) == (7_500 + 750, 0)
    assert after.variances.total == after.material.total + after.work.total - after.variances.standard
    assert sum(step.added.total for step in after.steps) == after.work.total
    stage.clock.advance(NOW + 31 * DAY)
    period = await stage.do(commands.ClosePeriod(SITE, "2026-03", "ava"))
    (totals,) = period.totals
    assert (totals.material, totals.work, totals.made, totals.closing) == (50_000, 59_400, 109_400, 0)


async def test_a_roll_up_takes_the_rates_of_its_moment_and_stays(stage: Stage) -> None:
    await stage.opened()
    await stage.do(commands.SetStandardPrices(SITE, (StandardPrice("shaft", Quantity(100)),)))
    await stage.do(dearer(NOW + DAY))
    labours = []
    for at in (NOW, NOW + DAY):
        stage.clock.advance(at)
        rolled = await stage.do(commands.RollUpCosts(SITE, "EUR", "pat"))
        labours.append(rolled.standards.rates["furnace"].labour_rate_minor)
    assert labours == [3_000, 6_000]
    kept = await stage.rows("SELECT rates -> 0 ->> 'labour_rate_minor' FROM roll_ups ORDER BY roll_up_id")
    assert kept == [("3000",), ("6000",)]


async def test_others_hear_of_rates_when_they_hold_and_never_of_those_that_were_taken_back(
    stage: Stage,
) -> None:
    await stage.planted()
    for days in (3, 1, 2):
        await stage.do(dearer(NOW + days * DAY, 6_000 + days))
    await stage.do(commands.WithdrawRates("furnace", 4, "pat"))
    assert await stage.rows("SELECT at FROM due WHERE kind = :kind", kind=KIND) == [(NOW + DAY,)]

    async def told() -> list[int]:
        return [fact.labour_rate_minor for fact in await stage.told(WorkCentreDefined)]

    assert await told() == [3_000]
    await comes(stage, NOW + DAY)
    assert await told() == [3_000, 6_001]
    await comes(stage, NOW + 2 * DAY)
    assert await told() == [3_000, 6_001]
    await comes(stage, NOW + 3 * DAY)
    assert await told() == [3_000, 6_001, 6_003]
    assert await stage.rows("SELECT at FROM due WHERE kind = :kind", kind=KIND) == []
    await stage.do(dearer(None, 7_000))
    assert await told() == [3_000, 6_001, 6_003, 7_000]


async def test_what_is_taken_back_last_leaves_nothing_due(stage: Stage) -> None:
    await stage.planted()
    await stage.do(dearer(NOW + DAY))
    gone = await stage.do(commands.WithdrawRates("furnace", 2, "ava"))
    assert (gone.withdrawn_at, gone.withdrawn_by) == (NOW, "ava")
    assert await stage.rows("SELECT at FROM due WHERE kind = :kind", kind=KIND) == []
    with pytest.raises(RatesHold):
        await stage.do(commands.WithdrawRates("furnace", 1, "ava"))
    for unknown in (
        commands.WithdrawRates("furnace", 9, "ava"),
        replace(dearer(None), work_centre_id="none"),
    ):
        with pytest.raises(NotFound):
            await stage.do(unknown)


async def test_a_definition_with_other_rates_holds_from_then_on_and_leaves_what_is_to_come(
    stage: Stage,
) -> None:
    await stage.planted()
    await stage.do(dearer(NOW + 2 * DAY))
    await stage.do(commands.DefineWorkCentre(replace(FURNACE, machines=2), "pat"))
    stage.clock.advance(NOW + DAY)
    await stage.do(commands.DefineWorkCentre(replace(FURNACE, labour_rate_minor=3_200), "pat"))
    kept = await stage.rows(
        "SELECT rate_no, starts_at, labour_rate_minor FROM work_centre_rates ORDER BY rate_no"
    )
    assert kept == [(1, BEGINNING, 3_000), (2, NOW + 2 * DAY, 6_000), (3, NOW + DAY, 3_200)]
    async with stage.host.read() as sql:
        found = [
            (await queries.find_centre(sql, "furnace", NOW + days * DAY)).labour_rate_minor
            for days in range(4)
        ]
    assert found == [3_000, 3_200, 6_000, 6_000]


async def test_a_work_centre_keeps_its_currency_as_long_as_rates_are_to_come(stage: Stage) -> None:
    await stage.do(commands.DefineCalendar(CALENDAR, "pat"))
    await stage.do(commands.DefineWorkCentre(FURNACE, "pat"))
    await stage.do(dearer(NOW + DAY))
    other = commands.DefineWorkCentre(replace(FURNACE, currency="USD"), "pat")
    with pytest.raises(RatesToCome, match="in EUR hold from 2026-03-03 08:00 UTC on"):
        await stage.do(other)
    await stage.do(commands.DefineWorkCentre(replace(FURNACE, machines=2), "pat"))
    assert await stage.rows("SELECT currency, machines FROM work_centres") == [("EUR", 2)]
    await stage.do(commands.WithdrawRates("furnace", 2, "pat"))
    await stage.do(other)
    assert await stage.rows("SELECT currency, machines FROM work_centres") == [("USD", FURNACE.machines)]
    await stage.do(dearer(NOW + DAY))
    stage.clock.advance(NOW + DAY)
    await stage.do(commands.DefineWorkCentre(FURNACE, "pat"))
    assert [fact.currency for fact in await stage.told(WorkCentreDefined)] == ["EUR", "EUR", "USD", "EUR"]
