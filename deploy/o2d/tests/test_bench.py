"""What a benchmark lays down fits the service that it measures, and what it checks holds: on the smallest size."""

from __future__ import annotations

from o2d.bench import net_change, plan_versions, promise
from o2d.bench.plan import SIZES


async def test_a_generated_site_is_planned_from_database_to_database(postgres_url: str) -> None:
    found = await plan_versions.measured(postgres_url, SIZES[0], 1)
    assert found["orders"] == SIZES[0].orders


async def test_orders_on_a_generated_site_are_planned_one_after_the_other(postgres_url: str) -> None:
    pace = await net_change.measured(postgres_url, 200, 100, 4)
    assert len(pace.promises) == len(pace.orders) == 4
    assert pace.planned > 4


async def test_promises_on_limited_work_centres_give_no_day_twice_and_inquiries_keep_nothing(
    postgres_url: str,
) -> None:
    asking = await promise.measured(postgres_url, 200, 100, 4, 3)
    assert len(asking.inquiries) == len(asking.quotes) == 3
    assert asking.planned > 4
