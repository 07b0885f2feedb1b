"""Traces are off until the environment names a collector; a process without one loads none of their machinery."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from backbone.traces.spans import Traces

# The names of the standard: what else it knows (headers, time limits, sampling) its own library reads.
COLLECTORS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
DISABLED: Final = "OTEL_SDK_DISABLED"


def wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment names a collector and does not forbid to trace."""
    named = any(environment.get(name, "").strip() for name in COLLECTORS)
    return named and environment.get(DISABLED, "").strip().lower() != "true"


def begin(service: str) -> Traces | None:
    """The traces of this process under a service's name; None where none are wanted."""
    if not wanted():
        return None
    from backbone.traces.spans import Traces

    return Traces(service)


def on_log_lines() -> list[Any]:
    """What marks log lines with the trace that they belong to: nothing where no traces are wanted."""
    if not wanted():
        return []
    from backbone.traces.spans import mark

    return [mark]
