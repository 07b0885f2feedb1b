"""The check of crews, on the real tables of production."""

from __future__ import annotations

import asyncpg

from backbone.testing import DatabaseOf, plain_dsn
from deploy.o2d.tests.rows import plant
from o2d.verify.finding import Finding
from o2d.verify.tables import ROW_CHECKS, look


def from_to(starts: int, ends: int) -> dict[str, str]:
    """Hours of a day, as columns."""
    return {"starts_at": f"2026-03-02T{starts:02}:00:00Z", "ends_at": f"2026-03-02T{ends:02}:00:00Z"}


async def test_a_crew_of_which_too_many_are_at_work_is_found_where_they_may_still_move(
    database_of: DatabaseOf,
) -> None:
    connection = await asyncpg.connect(plain_dsn(await database_of("production")))
    (check,) = (each for each in ROW_CHECKS if each.name == "people kept once")
    await plant(connection, "crews", crew_id="hardeners", people=3)
    for run_id, hours, people, shared in (
        ("a", (6, 8), 2, {"load_id": "a"}),
        ("b", (6, 8), 2, {"load_id": "a"}),
        ("c", (7, 9), 1, {}),
        ("d", (8, 10), 2, {}),
    ):
        await plant(
            connection, "runs", run_id=run_id, planned_order_id=run_id, state="scheduled", runs_micro=1
        )
        await plant(
            connection, "bookings", run_id=run_id, operation_no=10, work_centre_id=run_id, crew_id="hardeners",
            people=people, **from_to(*hours), **shared,
        )  # fmt: skip
    assert await look(connection, check) == Finding(4)
    await connection.execute("UPDATE bookings SET people = 2 WHERE run_id = 'c'")
    wrong = await look(connection, check)
    assert (wrong.checked, wrong.wrong) == (4, 2)
    assert "crew hardeners has 4 people at work at" in wrong.first[0]
    # What has begun keeps its people though there are fewer of them now.
    await connection.execute("UPDATE runs SET state = 'running'")
    assert await look(connection, check) == Finding(4)
    await connection.close()
