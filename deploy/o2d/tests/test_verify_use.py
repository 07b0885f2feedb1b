"""What runs took, on the rows of a real production, and what they made of it: deviations are found by name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from backbone.migrate import migrate
from backbone.testing import DatabaseOf, plain_dsn
from contracts import production as p
from contracts.units import Counted
from contracts.values import Quantity
from deploy.o2d.tests.planting import Change, broken, changed, without
from deploy.o2d.tests.story import MADE, ground, story
from o2d.verify.finding import Finding
from o2d.verify.tables import ROW_CHECKS, look
from production import commands
from production.__main__ import SERVICE
from production.domain.act import End, Report, Scrap, Start
from production.domain.material import Take
from services.production.tests.made import asked, lot, staged
from services.production.tests.stage import Stage
from tests.browser.tower import service_host

CHECK = next(check for check in ROW_CHECKS if check.name == "run use")


@dataclass(frozen=True)
class Here:
    """A production with a run of 500 shafts that is at work, and its database."""

    stage: Stage
    sql: asyncpg.Connection[Any]
    address: str

    async def found(self) -> Finding:
        """What the check says."""
        return await look(self.sql, CHECK)


@pytest.fixture
async def here(database_of: DatabaseOf) -> AsyncIterator[Here]:
    """A production, and a connection of an operator."""
    address = await database_of("production")
    async with service_host(SERVICE, address) as host:
        stage = Stage(host)
        await stage.opened()
        await stage.do(commands.KnowItem(Counted("shaft", "piece", Quantity(1))))
        await stage.hear(asked(), staged(lot("bar", "500", 50_000)))
        await stage.act(Start())
        sql = await asyncpg.connect(plain_dsn(address))
        yield Here(stage, sql, address)
        await sql.close()


async def test_a_run_that_took_what_its_recipe_needs_is_in_order_with_scrap_and_parts_of_a_piece(
    here: Here,
) -> None:
    await here.stage.act(Report(Quantity("33.3"), scraps=(Scrap("shaft", Quantity(3), "bent"),)))
    assert await here.found() == Finding()
    await here.stage.act(End(Report(), "nothing", "shift ends"))
    # 34 whole shafts for 33.3 runs: what cannot be divided is no deviation.
    ((taken,),) = await here.stage.rows("SELECT floor -> 'consumed' -> 0 ->> 'quantity' FROM runs")
    assert taken == "34"
    assert await here.found() == Finding(1)


async def test_what_was_taken_beyond_the_recipe_is_in_the_record_and_found_where_it_is_not(
    here: Here,
) -> None:
    await here.stage.act(Report(Quantity(100), takes=(Take("bar", Quantity(104)),)))
    melted = Report(scraps=(Scrap("shaft", Quantity(4), "melted"),))
    await here.stage.act(End(melted, "nothing", "shift ends"))
    assert await here.found() == Finding(1)
    said = "104 of shaft taken, its recipe needs 100 for what was done"
    assert said in str(
        (await here.stage.rows("SELECT entry FROM run_entries ORDER BY entry_no DESC LIMIT 1"))[0]
    )
    await here.sql.execute("UPDATE run_entries SET entry = replace(entry, 'of shaft taken', 'of it')")
    finding = await here.found()
    run = await here.stage.run()
    assert (finding.checked, finding.wrong, finding.first) == (
        1, 1, [f"run {run} took 104 of shaft, its recipe needs 100 for what was done"]
    )  # fmt: skip


async def test_runs_that_were_closed_before_records_said_what_they_took_are_known(here: Here) -> None:
    await here.stage.act(End(Report(takes=(Take("bar", Quantity(499)),), backflush=False)))
    await here.sql.execute("UPDATE run_entries SET entry = replace(entry, 'of shaft taken', 'of it')")
    assert (await here.found()).wrong == 1
    # As it was before anybody noted such runs.
    await here.sql.execute("DROP TABLE unsaid_uses")
    await here.sql.execute("UPDATE alembic_version SET version_num = '0016'")
    assert "0017" in await migrate(here.address, "production")
    assert await here.found() == Finding(1)
    await here.stage.hear(asked("p2"), staged(lot("rod", "500", 50_000), planned_order_id="p2"))
    later = await here.stage.run("p2")
    await here.stage.do(commands.ActOnRun(later, Start(), "olga"))
    await here.stage.do(commands.ActOnRun(later, End(Report()), "olga"))
    assert await here.found() == Finding(2)
    await here.sql.execute("UPDATE runs SET done_runs_micro = 400000000 WHERE run_id = $1", later)
    assert [later in said for said in (await here.found()).first] == [True]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "floor = jsonb_set(floor, '{consumed,0,quantity}', '\"499\"')",
            "took 499 of shaft, its recipe needs 500",
        ),
        ("floor = jsonb_set(floor, '{consumed}', '[]')", "took 0 of shaft, its recipe needs 500"),
        ("done_runs_micro = 400000000", "took 500 of shaft, its recipe needs 400"),
    ],
)
async def test_what_a_run_took_and_nobody_recorded_is_found(here: Here, change: str, words: str) -> None:
    await here.stage.act(End(Report()))
    assert await here.found() == Finding(1)
    await here.sql.execute(f"UPDATE runs SET {change}")
    assert words in (await here.found()).first[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without(p.MaterialConsumed), "run run-1 made lot lot-made of lot-boards, which it had not taken"),
        (
            changed(p.MaterialProduced, lots=(p.ProducedLot(MADE, "main"),)),
            "run run-1 made lot lot-made of nothing",
        ),
        (
            changed(p.MaterialProduced, lots=(p.ProducedLot(MADE, "main", parents=("lot-made",)),)),
            "run run-1 made lot lot-made of lot-made, which it had not taken",
        ),
    ],
)
def test_a_lot_of_nothing_or_of_what_its_run_had_not_taken_is_found(change: Change, words: str) -> None:
    assert "genealogy" not in broken(ground(story()))
    assert broken(ground(change(story())))["genealogy"] == words
