"""A need at the door of one service and what the others do because of it, as a collector sees it: one trace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backbone.testing_support import eventually
from shared.tests.collectors import ENDPOINT, Collector, Seen, collecting
from tests.flows.town import Town
from tests.flows.trade import Story

BELL = Story("bell")
ROAD = {("orders", "POST"), ("materials", "hear"), ("orders", "hear")}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that the town's services find in their environment."""
    with collecting() as here:
        monkeypatch.setenv(ENDPOINT, here.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
        yield here


def because_of(need: Seen, collector: Collector) -> list[Seen]:
    """The spans of a need's trace."""
    return [span for span in collector.spans if span.trace == need.trace]


def loose(spans: list[Seen]) -> list[Seen]:
    """The spans of a trace that hang on none of it."""
    known = {span.span for span in spans}
    return [span for span in spans if span.parent not in known]


async def test_a_need_and_what_services_do_because_of_it_is_one_connected_trace(
    collector: Collector, town: Town
) -> None:
    customer = BELL.customer(await town.seeded(BELL))
    assert collector.named("POST /v1/needs", "orders") == []

    async def stated() -> bool:
        return bool(customer.stated)

    def travelled() -> bool:
        asked = collector.named("POST /v1/needs", "orders")
        seen = {
            (span.service, span.name.split()[0]) for need in asked for span in because_of(need, collector)
        }
        return seen >= ROAD

    await town.go([customer], stated)
    await eventually(travelled, of="a need that orders and materials heard of")
    (need,) = collector.named("POST /v1/needs", "orders")
    spans = because_of(need, collector)
    assert loose(spans) == [need]
    assert loose([span for span in spans if span != need]), "nobody misses the need"
