"""Spans on their way out: a collector that is away is one warning, and one line when it is back."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

import structlog
from opentelemetry.exporter.otlp.proto.http import trace_exporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

log = structlog.get_logger(__name__)


class _Reasons(logging.Handler):
    """Keeps what the exporter says of one batch; the first of it names the cause, the last only that it gave up."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.said.append(record.getMessage())


# The exporter would say the same line again with each try, for as long as the collector is away.
_REASONS: Final = _Reasons()
_EXPORTER: Final = logging.getLogger(trace_exporter.__name__)
_EXPORTER.addHandler(_REASONS)
_EXPORTER.propagate = False


class Leaving(SpanExporter):
    """Hands spans to the exporter, in the exporter's own thread, and says once that they do not arrive."""

    def __init__(self, exporter: OTLPSpanExporter, service: str) -> None:
        self._exporter = exporter
        self._service = service
        self._lost = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans; those that the collector does not take are dropped."""
        _REASONS.said.clear()
        result = self._exporter.export(spans)
        if result is not SpanExportResult.SUCCESS:
            if not self._lost:
                log.warning("traces.not_sent", service=self._service, reason=next(iter(_REASONS.said), ""))
            self._lost += len(spans)
        elif self._lost:
            log.info("traces.sent_again", service=self._service, lost=self._lost)
            self._lost = 0
        return result

    def shutdown(self) -> None:
        """Give up what is being sent."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call]
