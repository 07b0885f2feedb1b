"""Logs: one JSON line per event on standard error, whatever the input; libraries speak from warnings on."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Any, Final

import structlog

_SHARED: Final[list[Any]] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]

SAME_SECONDS: Final = 60.0
SAID_COUNT_MAX: Final = 1_000


class SaidOnce(logging.Filter):
    """Lets the same warning of a library through once a minute.

    A client whose broker is only just there says so ten times a second, and hides what else is said.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is logged; errors and exceptions always are."""
        if record.levelno > logging.WARNING or record.exc_info:
            return True
        line = record.getMessage()
        if record.created - self._said.get(line, -SAME_SECONDS) < SAME_SECONDS:
            return False
        if len(self._said) >= SAID_COUNT_MAX:
            self._said.clear()
        self._said[line] = record.created
        return True


def speak(level: str, service: str, marks: Sequence[Any] = ()) -> None:
    """Begin to log from `level` on (`DEBUG` to `CRITICAL`), each line with the service's name and what `marks` add."""
    every = [*marks, *_SHARED]
    structlog.contextvars.bind_contextvars(service=service)
    structlog.configure(
        processors=[*every, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=every,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    lines.addFilter(SaidOnce())
    logging.basicConfig(level=logging.WARNING, handlers=[lines], force=True)
