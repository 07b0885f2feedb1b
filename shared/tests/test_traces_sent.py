"""How spans leave: switched on by the environment alone, in the background, and never in the way of the service."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from structlog.testing import capture_logs

from backbone import traces
from backbone.testing_support import eventually
from backbone.traces import spans as spans_module
from backbone.traces.spans import Traces
from shared.tests.bells import hang
from shared.tests.collectors import ENDPOINT, Collector
from shared.tests.grounds import Ground
from shared.tests.valleys import FIRST, SECOND, SPANS, open_door, rung

LOADED: Final = """
import asyncio, sys
import backbone.cli, backbone.run
from backbone import traces
from backbone.service import Host
from backbone.web import build_app
from shared.tests.bells import Tower
service = Tower().service
host = Host(service, None, None, traces=traces.begin(service.name))
build_app(host, title="t", policy={}, verifier=None)
print(sorted({".".join(name.split(".")[:3]) for name in sys.modules if name.startswith(
    ("opentelemetry.sdk", "opentelemetry.exporter", "backbone.traces.", "google.protobuf", "requests"))}))
"""
LINES: Final = """
import logging, structlog
from backbone import traces
from backbone.logs import speak
from backbone.wire import Incoming
speak("INFO", "tower", traces.on_log_lines())
log, tracing = structlog.get_logger(), traces.begin("tower")
log.info("before")
with tracing.hearing([Incoming("t", 0, 0, "k", (("traceparent", "00-%s-%s-01"),), b"", 0)]):
    log.info("within")
    logging.getLogger("a.library").warning("foreign")
log.info("after")
"""


async def program(text: str, **environment: str) -> tuple[str, str]:
    """What a program prints, and what it logs."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    root = str(Path(__file__).parents[2])
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", text], cwd=root, env={**given, **environment},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout, done.stderr


async def test_by_default_a_process_loads_none_of_the_machinery() -> None:
    assert (await program(LOADED))[0].strip() == "[]"
    off = {ENDPOINT: "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"}
    assert (await program(LOADED, **off))[0].strip() == "[]"
    on, _ = await program(LOADED, **{ENDPOINT: "http://127.0.0.1:1"})
    assert "opentelemetry.sdk.trace" in on


async def test_each_log_line_within_a_span_carries_its_trace() -> None:
    _, said = await program(LINES % (FIRST, SPANS[0]), **{ENDPOINT: "http://127.0.0.1:1"})
    lines = {line["event"]: line for line in map(json.loads, said.splitlines())}
    assert {event: line.get("trace_id") for event, line in lines.items() if line["service"] == "tower"} == {
        "before": None,
        "within": FIRST,
        "foreign": FIRST,
        "after": None,
    }


async def test_a_collector_that_is_away_is_one_warning_and_the_service_works(
    ground: Ground, tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{nobody.getsockname()[1]}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.1")
    await ground.host.do(hang, ["a"])
    with capture_logs() as lines:
        async with open_door(ground, tmp_path) as voice:
            for times in range(1, 4):
                assert (await voice.ring("a", times)).status_code == 200
            await eventually(lambda: ground.has("rings", 6), 30)
            await eventually(lambda: "traces.not_sent" in [line["event"] for line in lines])
    (warning,) = [line for line in lines if line["event"] == "traces.not_sent"]
    assert (warning["log_level"], bool(warning["reason"])) == ("warning", True)
    assert "run.failed" not in {line["event"] for line in lines}


async def test_a_collector_that_comes_back_gets_what_is_new(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.1")
    tracing = Traces("tower")
    exporter = tracing._leaving._exporter
    with capture_logs() as lines:
        endpoint, exporter._client._endpoint = exporter._client._endpoint, "http://127.0.0.1:1/v1/traces"
        with tracing.hearing([rung(1, FIRST)]):
            assert collector.spans == []
        await eventually(lambda: [line["event"] for line in lines] == ["traces.not_sent"])
        exporter._client._endpoint = endpoint
        with tracing.hearing([rung(2, SECOND)]):
            assert collector.spans == []
        await eventually(
            lambda: [line["event"] for line in lines] == ["traces.not_sent", "traces.sent_again"]
        )
    await tracing.stop()
    assert [one.trace for one in collector.spans] == [SECOND]
    assert lines[-1]["lost"] == 1


async def test_the_last_spans_are_sent_at_the_end(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "600000")
    tracing = Traces("tower")
    with tracing.hearing([rung(1, FIRST)]):
        pass
    assert collector.spans == []
    await tracing.stop()
    assert len(collector.spans) == 1


async def test_a_collector_that_never_answers_does_not_hold_the_end_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spans_module, "FLUSH_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent, capture_logs() as lines:
        monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{silent.getsockname()[1]}")
        tracing = Traces("tower")
        with tracing.hearing([rung(1, FIRST)]):
            pass
        async with asyncio.timeout(5):
            await tracing.stop()
    assert [line["event"] for line in lines] == ["traces.cut"]


@pytest.mark.parametrize(
    ("environment", "on"),
    [
        ({}, False),
        ({ENDPOINT: ""}, False),
        ({ENDPOINT: "http://c"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c/v1/traces"}, True),
        ({ENDPOINT: "http://c", "OTEL_SDK_DISABLED": "TRUE"}, False),
    ],
)
def test_what_the_environment_names_decides(environment: dict[str, str], on: bool) -> None:
    assert traces.wanted(environment) is on
