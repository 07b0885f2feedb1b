"""What fails in a test is told in plain lines.

Where a library for coloured terminals is installed, the log shows every variable of every call of a traceback: seconds
of work, and pages of output, for each failure that a test provokes.
"""

from __future__ import annotations

import pytest
import structlog


def pytest_configure(config: pytest.Config) -> None:
    """Show log lines as a terminal without colours would."""
    *before, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before, plain])
