"""The spans of a process: who asked, what was heard because of whom, and how they leave for the collector."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import structlog
from fastapi.telemetry import TelemetryConfig
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import Span, SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    Link,
    SpanContext,
    SpanKind,
    StatusCode,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace import NonRecordingSpan as Named
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from backbone.service.subscription import DUE_TOPIC
from backbone.traces.leaving import Leaving
from backbone.wire import Cause, Incoming

FLUSH_SECONDS: Final = 3.0
LINKS_COUNT_MAX: Final = 1_000
# Whoever runs a service asks these every second; nobody would find a trace between theirs.
PROBES: Final = frozenset({"/livez", "/readyz", "/startupz"})

_HEADER: Final = "traceparent"
_STANDARD: Final = TraceContextTextMapPropagator()

log = structlog.get_logger(__name__)


class Traces:
    """One process's spans, which leave in the background; what does not get away is dropped and warned of."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._leaving = Leaving(OTLPSpanExporter(), service)
        resource = Resource.create({SERVICE_NAME: service})
        self._provider = TracerProvider(
            resource=resource, shutdown_on_exit=False, span_limits=SpanLimits(max_links=LINKS_COUNT_MAX)
        )
        self._provider.add_span_processor(_Discreet())
        self._provider.add_span_processor(BatchSpanProcessor(self._leaving))
        self._tracer = self._provider.get_tracer("backbone")

    def of_requests(self) -> TelemetryConfig:
        """How the HTTP side makes one span of each request, and nothing else."""
        return {
            "tracer_provider": self._provider,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
            "exclude": _is_probe,
        }

    def cause(self) -> Cause:
        """What is being asked now, as the cause of the facts that follow from it."""
        return Cause(traceparent=_text_of(get_current_span().get_span_context()))

    def caused(self, causes: Iterable[Cause]) -> list[Cause]:
        """The causes of a batch as its facts name them.

        Each keeps its own trace: where the batch is part of it, its facts follow the batch, else what was before
        it. A cause without a trace takes the batch's.
        """
        here = get_current_span().get_span_context()
        return [self._caused(cause, here) for cause in causes]

    def _caused(self, cause: Cause, here: SpanContext) -> Cause:
        before = _context_of(cause.traceparent)
        follows = here.is_valid and (before is None or before.trace_id == here.trace_id)
        return replace(cause, traceparent=_text_of(here)) if follows else cause

    @contextmanager
    def hearing(self, heard: Iterable[Incoming]) -> Iterator[None]:
        """A span around the handling of a batch: linked to who told its records, part of their trace if it is one."""
        # A record that several subscriptions hear comes once for each.
        records = list({record.event_id: record for record in heard}.values())
        told = dict.fromkeys(record.attributes.get(_HEADER) for record in records)
        tellers = [_context_of(one) for one in told]
        known = [teller for teller in tellers if teller is not None]
        together = len(known) == len(tellers) and len({teller.trace_id for teller in known}) == 1
        topics = sorted({record.topic for record in records})
        with self._tracer.start_as_current_span(
            f"hear {topics[0]}" if len(topics) == 1 else "hear",
            # An empty context, not the current one: what is told begins where it was told, not where it is heard.
            context=set_span_in_context(Named(known[0]), Context()) if together else Context(),
            kind=SpanKind.INTERNAL if topics == [DUE_TOPIC] else SpanKind.CONSUMER,
            links=[Link(teller) for teller in known],
            attributes=_heard(topics, records),
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as failure:
                span.set_attribute("error.type", type(failure).__qualname__)
                span.set_status(StatusCode.ERROR)
                raise

    async def stop(self) -> None:
        """Send what is left, for `FLUSH_SECONDS` at most."""
        ending = threading.Thread(target=self._provider.shutdown, name="last spans", daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, FLUSH_SECONDS)
        if ending.is_alive():
            log.warning("traces.cut", service=self._service, seconds=FLUSH_SECONDS)
            self._leaving.shutdown()


def mark(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A log line with the ids of the trace and the span that it was written in, if it was in any."""
    here = get_current_span().get_span_context()
    if here.is_valid:
        line["trace_id"], line["span_id"] = f"{here.trace_id:032x}", f"{here.span_id:016x}"
    return line


class _Discreet(SpanProcessor):
    """Queries stay here: the one of a link holds what signs its owner in."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        if span.attributes and "url.query" in span.attributes:
            span.set_attribute("url.query", "REDACTED")


def _is_probe(scope: MutableMapping[str, Any]) -> bool:
    return scope["path"] in PROBES


def _heard(topics: Sequence[str], records: Sequence[Incoming]) -> dict[str, str | int]:
    heard: dict[str, str | int] = {
        "messaging.operation.name": "hear",
        "messaging.operation.type": "process",
        "messaging.batch.message_count": len(records),
    }
    if topics != [DUE_TOPIC]:
        heard["messaging.system"] = "kafka"
    if len(topics) == 1:
        heard["messaging.destination.name"] = topics[0]
    return heard


def _context_of(header: str | None) -> SpanContext | None:
    """The span that a header names, None when it names none."""
    if header is None:
        return None
    context = get_current_span(_STANDARD.extract({_HEADER: header}, Context())).get_span_context()
    return context if context.is_valid else None


def _text_of(context: SpanContext) -> str | None:
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
