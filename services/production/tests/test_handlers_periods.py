"""Periods of cost on real rows: what is counted stays, what is late goes to the next, in is out to the cent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from backbone.errors import Invalid, NotFound
from contracts.periods import PeriodClosed, PeriodReopened
from contracts.values import Quantity
from production import commands, queries
from production.domain.act import Abort, End, Report, Start
from production.domain.material import Take
from production.domain.period import BooksDoNotBalance, NotTheLastPeriod, TooEarly, Totals
from production.domain.recipe import SecondPersonNeeded
from production.domain.states import WrongState
from services.production.tests.made import NOW, asked, lot, staged
from services.production.tests.stage import Stage

SITE = "plant-1"


async def begun(stage: Stage) -> None:
    """A run that has taken 200 of 500 bars at 100 cents each, worked on them, and made 200 shafts."""
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500", 50_000)))
    await stage.act(Start(), Report(Quantity(200)))


async def close(stage: Stage, month: str = "2026-03", at_day: int = 30) -> Totals:
    stage.clock.advance(max(stage.clock.now(), NOW.replace(day=1) + timedelta(days=at_day - 1)))
    period = await stage.do(commands.ClosePeriod(SITE, month, "ava"))
    totals: Totals = period.totals[0]
    assert len(period.totals) == 1
    assert totals.opening + totals.material + totals.work == totals.made + totals.written_off + totals.closing
    return totals


async def test_a_month_is_closed_when_cost_in_is_cost_out_and_lists_what_is_begun(stage: Stage) -> None:
    await begun(stage)
    totals = await close(stage, at_day=33)
    # An hour of heating and 100 minutes: labour 80.00, machine 160.00, a tenth of both on top.
    assert (totals.material, totals.work, totals.made, totals.closing) == (20_000, 26_400, 46_400, 0)
    assert (totals.open_runs, totals.late) == (0, 0)
    assert [fact.month for fact in await stage.told(PeriodClosed)] == ["2026-03"]


async def test_the_runs_behind_a_month_add_up_to_its_figures(stage: Stage) -> None:
    await begun(stage)
    await stage.hear(asked("p2"), staged(lot("rod", "500", 48_000), planned_order_id="p2"))
    await stage.do(commands.ActOnRun(await stage.run("p2"), Start(), "olga"))
    await stage.do(commands.ActOnRun(await stage.run("p2"), Report(Quantity(30)), "olga"))
    await stage.do(commands.ActOnRun(await stage.run("p2"), Abort("no power"), "olga"))
    await close(stage)
    await stage.act(End(Report()))
    totals = await close(stage, "2026-04", 60)

    async def behind(month: str, figure: str | None = None) -> list[queries.PeriodRunView]:
        async with stage.host.read() as sql:
            rows = await queries.page_period_runs(sql, SITE, month, figure=figure, after="", limit=50)
        return [view for _, view in rows]

    first, second = await behind("2026-03"), await behind("2026-04")
    assert {each.run_id for each in first} == {await stage.run("p1"), await stage.run("p2")}
    names = ("opening", "material", "work", "made", "written_off", "closing", "bookings", "late")
    for each in (*first, *second):
        assert each.opening + each.material + each.work == each.made + each.written_off + each.closing
    assert {name: sum(getattr(each, name) for each in second) for name in names} == {
        name: getattr(totals, name) for name in names
    }
    assert [each.run_id for each in await behind("2026-04", "late")] == [await stage.run("p1")]
    assert await behind("2026-04", "written-off") == []
    with pytest.raises(NotFound):
        await behind("2025-01")


async def test_what_is_booked_after_an_early_close_goes_to_the_next_month_and_is_said_to_be_late(
    stage: Stage,
) -> None:
    await begun(stage)
    first = await close(stage)
    await stage.act(End(Report()))
    again = (await stage.rows("SELECT totals FROM periods"))[0]
    second = await close(stage, "2026-04", 60)
    assert (second.bookings, second.late, second.material) == (1, 1, 30_000)
    assert second.opening == first.closing == 0
    assert (await stage.rows("SELECT totals FROM periods WHERE month = '2026-03'"))[0] == again


async def test_a_run_that_is_given_up_writes_off_what_it_had_begun(stage: Stage) -> None:
    await begun(stage)
    await stage.act(Report(takes=(Take("bar", Quantity(50)),)))
    first = await close(stage, at_day=33)
    assert (first.closing, first.open_runs) == (5_000, 1)
    async with stage.host.read() as sql:
        ((_, run),) = await queries.page_open_runs(sql, SITE, "2026-03", after="", limit=10)
    assert (run.run_id, run.begun_minor) == (await stage.run(), 5_000)
    await stage.act(Abort("furnace broken"))
    second = await close(stage, "2026-04", 62)
    assert (second.opening, second.written_off, second.closing, second.late) == (5_000, 5_000, 0, 0)


async def test_books_that_differ_from_the_runs_are_not_closed(stage: Stage) -> None:
    await begun(stage)
    async with stage.host.begin() as tx:
        await tx.sql.execute(text("UPDATE cost_bookings SET made_minor = made_minor - 1"))
    with pytest.raises(BooksDoNotBalance, match="differ by 1 minor units of EUR"):
        await close(stage, at_day=33)
    assert not await stage.told(PeriodClosed)


async def test_a_second_person_opens_the_last_closed_month_again(stage: Stage) -> None:
    await begun(stage)
    with pytest.raises(NotFound):
        await stage.do(commands.ReopenPeriod(SITE, "2026-03", "wrong price", "ava"))
    first = await close(stage, at_day=33)
    await close(stage, "2026-04", 62)
    with pytest.raises(NotTheLastPeriod):
        await stage.do(commands.ReopenPeriod(SITE, "2026-03", "wrong price", "ava"))
    for month in ("2026-04", "2026-03"):
        asked_for = await stage.do(commands.ReopenPeriod(SITE, month, "wrong price", "ava"))
        assert asked_for.state == "reopening"
        with pytest.raises(SecondPersonNeeded):
            await stage.do(commands.ReopenPeriod(SITE, month, "wrong price", "ava"))
        assert (await stage.do(commands.ReopenPeriod(SITE, month, "agreed", "bob"))).state == "open"
        with pytest.raises(WrongState):
            await stage.do(commands.ReopenPeriod(SITE, month, "again", "bob"))
    assert [(fact.month, fact.asked_by, fact.opened_by) for fact in await stage.told(PeriodReopened)] == [
        ("2026-04", "ava", "bob"), ("2026-03", "ava", "bob")
    ]  # fmt: skip
    assert await close(stage, at_day=33) == first


async def test_months_are_closed_in_order_and_not_long_before_they_end(stage: Stage) -> None:
    await begun(stage)
    with pytest.raises(TooEarly):
        await close(stage, at_day=10)
    await close(stage, at_day=33)
    for month in ("2026-03", "2026-02"):
        with pytest.raises(NotTheLastPeriod):
            await stage.do(commands.ClosePeriod(SITE, month, "ava"))
    for month in ("2026-13", "march", "2026-3"):
        with pytest.raises(Invalid):
            await stage.do(commands.ClosePeriod(SITE, month, "ava"))
