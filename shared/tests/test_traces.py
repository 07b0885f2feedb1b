"""Traces end to end: one for an ask and all that services do because of it, and none by default."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from backbone import replay
from backbone.testing_support import eventually
from backbone.traces import spans as spans_module
from backbone.traces.spans import Traces, mark
from backbone.wire import Catalogue, Cause, Incoming, headers_of_text
from shared.tests.bells import BAD_NUMBER, hang
from shared.tests.collectors import ENDPOINT, Collector, Seen
from shared.tests.grounds import Ground
from shared.tests.records import sent_until
from shared.tests.valleys import FIRST, SECOND, SPANS, host_of, open_door, rung, valley_of


@pytest.fixture
async def valley(ground: Ground, postgres_url: str) -> AsyncIterator[Ground]:
    """The valley that hears the tower."""
    async with valley_of(ground, postgres_url) as beyond:
        yield beyond


async def journey(ground: Ground, valley: Ground, folder: Path, collector: Collector) -> list[Seen]:
    """The spans of one ring that travels from the door through two services, when all have arrived."""
    await ground.host.do(hang, ["a"])
    async with open_door(ground, folder) as voice, open_door(valley, folder):
        assert (await voice.ring("a")).status_code == 200
        await eventually(lambda: valley.has("rings", 1), 30)
        await eventually(lambda: ground.has("rings", 1), 30)
    return collector.named("POST") + collector.named("hear")


async def test_an_ask_and_all_that_services_do_because_of_it_is_one_trace(
    ground: Ground, valley: Ground, tmp_path: Path, collector: Collector
) -> None:
    seen = await journey(ground, valley, tmp_path, collector)
    (asked,) = collector.named("POST")
    assert (asked.service, asked.name, asked.parent, asked.failed) == (
        ground.tower.service.name,
        "POST /v1/bells/{bell_id}/ring",
        "",
        False,
    )
    assert asked.attributes["http.route"] == "/v1/bells/{bell_id}/ring"
    assert asked.attributes["http.response.status_code"] == 200
    (at_tower,) = collector.named("hear", ground.tower.service.name)
    at_valley, echo = collector.named("hear", valley.tower.service.name)
    assert {one.trace for one in seen} == {asked.trace}
    assert (at_tower.parent, at_valley.parent, echo.parent) == (asked.span, asked.span, at_valley.span)
    assert at_valley.links == ((asked.trace, asked.span),)
    assert at_valley.attributes["messaging.batch.message_count"] == 1


async def test_without_the_header_each_service_is_a_trace_of_its_own(
    ground: Ground, valley: Ground, tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    outgoing = Catalogue.outgoing

    def untold(self: Catalogue, fact: object, *, cause: Cause, **given: Any) -> object:
        return outgoing(self, fact, cause=Cause(cause.event_id, cause.correlation_id), **given)

    monkeypatch.setattr(Catalogue, "outgoing", untold)
    seen = await journey(ground, valley, tmp_path, collector)
    assert len(seen) == 4
    assert len({one.trace for one in seen}) == 4
    assert {one.parent for one in seen} == {""}


async def test_a_caller_who_traces_finds_our_spans_below_its_own(
    ground: Ground, tmp_path: Path, collector: Collector
) -> None:
    await ground.host.do(hang, ["a"])
    async with open_door(ground, tmp_path) as voice:
        await voice.ring("a", traceparent=f"00-{FIRST}-{SPANS[0]}-01")
    (asked,) = collector.named("POST")
    assert (asked.trace, asked.parent) == (FIRST, SPANS[0])


async def told_by(valley: Ground) -> list[tuple[str, str]]:
    """The (trace, span) that every fact in the outbox names, in order."""
    rows = await valley.rows("SELECT headers FROM outbox ORDER BY id")
    named = [dict(headers_of_text(row[0]))["traceparent"].decode().split("-") for row in rows]
    return [(trace, span) for _, trace, span, _ in named]


async def test_a_batch_of_several_traces_is_linked_to_each_and_its_facts_stay_in_theirs(
    valley: Ground, collector: Collector
) -> None:
    tracing = Traces("valley")
    records = [rung(1, FIRST), rung(2, SECOND), rung(3, None), rung(4, "garbage")]
    await host_of(valley, tracing).hear(records)
    await tracing.stop()
    (heard,) = collector.spans
    assert (heard.service, heard.name, heard.parent) == ("valley", "hear rings", "")
    assert heard.links == ((FIRST, SPANS[0]), (SECOND, SPANS[0]))
    assert heard.attributes["messaging.batch.message_count"] == 4
    own = (heard.trace, heard.span)
    told = [(FIRST, SPANS[0]), (SECOND, SPANS[0]), own, own]
    assert sorted(await told_by(valley)) == sorted(told)


async def test_a_batch_of_one_trace_is_part_of_it(valley: Ground, collector: Collector) -> None:
    tracing = Traces("valley")
    await host_of(valley, tracing).hear([rung(1, FIRST), rung(2, FIRST, SPANS[1])])
    await tracing.stop()
    (heard,) = collector.spans
    assert (heard.trace, heard.parent) == (FIRST, SPANS[0])
    assert heard.links == ((FIRST, SPANS[0]), (FIRST, SPANS[1]))
    assert await told_by(valley) == [(FIRST, heard.span)] * 2


async def test_a_parked_fact_is_tried_again_in_the_trace_that_told_it(
    ground: Ground, collector: Collector
) -> None:
    tracing = Traces("tower")
    host = host_of(ground, tracing)
    await host.hear([rung(BAD_NUMBER, FIRST)])
    again = await replay.replay(host, ("on_rung", "rings", f"bell {BAD_NUMBER}"))
    await tracing.stop()
    assert again.stopped_by == "ValueError: thirteen"
    heard, replayed = collector.spans
    assert {(one.trace, one.parent) for one in (heard, replayed)} == {(FIRST, SPANS[0])}
    assert (heard.failed, replayed.failed) == (False, True)
    assert replayed.attributes["error.type"] == "ValueError"


async def test_a_request_that_fails_is_an_error_and_its_log_line_names_its_trace(
    ground: Ground, tmp_path: Path, collector: Collector
) -> None:
    async with open_door(ground, tmp_path) as voice:
        with capture_logs([mark]) as lines:
            assert (await voice.get("/v1/bells/a/crack")).status_code == 500
            assert (await voice.get("/v1/nothing?token=secret")).status_code == 404
            assert (await voice.get("/livez")).status_code == 200
    failed, missing = collector.named("GET")
    assert (failed.name, failed.failed) == ("GET /v1/bells/{bell_id}/crack", True)
    assert failed.attributes["error.type"] == "ZeroDivisionError"
    assert failed.attributes["http.response.status_code"] == 500
    assert (missing.name, missing.failed) == ("GET", False)
    assert missing.attributes["http.response.status_code"] == 404
    assert missing.attributes["url.query"] == "REDACTED"
    (line,) = [line for line in lines if line["event"] == "request.failed"]
    assert (line["trace_id"], line["span_id"]) == (failed.trace, failed.span)


async def test_by_default_nothing_is_traced_and_facts_carry_no_header(
    ground: Ground, tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ENDPOINT)
    monkeypatch.setattr(spans_module, "Traces", None)
    await ground.host.do(hang, ["a"])
    async with open_door(ground, tmp_path) as voice:
        assert (await voice.ring("a", traceparent=f"00-{FIRST}-{SPANS[0]}-01")).status_code == 200
        await eventually(lambda: ground.has("rings", 1), 30)
    assert collector.spans == []
    ((_, _, headers),) = await sent_until(ground, 1)
    assert "traceparent" not in headers


async def test_by_default_no_record_is_looked_at_for_the_sake_of_traces(
    ground: Ground, collector: Collector
) -> None:
    def records() -> Iterator[Incoming]:
        looked_at.append("a record")
        yield rung(1, FIRST)

    looked_at: list[str] = []
    with ground.host.hearing(records()):
        assert looked_at == []
    tracing = Traces("tower")
    with host_of(ground, tracing).hearing(records()):
        assert looked_at == ["a record"]
    await tracing.stop()
