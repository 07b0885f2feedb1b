"""A full run counts its tests by layer: it fails with fewer than committed, or with any that did not run.

`pytest --full` (what `make test` calls) compares with tests/counts.toml: layers in order, the first whose pattern
fits a test's path owns it, `least` tests of it must have passed.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

COUNTS = "tests/counts.toml"
NO_LAYER = "(no layer)"
ABSENT = ("skipped", "xfailed", "deselected")


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the suite: which files belong to it and how many tests it has at least."""

    name: str
    paths: tuple[str, ...]
    least: int


@dataclass(slots=True)
class Counts:
    """What a run has done so far: passed tests by layer, and tests that did not run by reason."""

    layers: tuple[Layer, ...]
    passed: Counter[str] = field(default_factory=Counter)
    absent: Counter[str] = field(default_factory=Counter)

    def layer_of(self, path: str) -> str:
        """The name of the layer a test file belongs to."""
        fits = (layer.name for layer in self.layers if any(fnmatch(path, pattern) for pattern in layer.paths))
        return next(fits, NO_LAYER)

    def complaints(self) -> list[str]:
        """Why this run is not a full one; empty when it is."""
        return [
            *(f"{self.absent[reason]} {reason}: every test runs" for reason in ABSENT if self.absent[reason]),
            *(
                f"{layer.name}: {self.passed[layer.name]} tests passed, {layer.least} are committed in {COUNTS}"
                for layer in self.layers
                if self.passed[layer.name] < layer.least
            ),
            *(
                f"{count} passed in files that belong to no layer of {COUNTS}"
                for count in (self.passed[NO_LAYER],)
                if count
            ),
        ]


def read_layers(path: Path) -> tuple[Layer, ...]:
    """The layers of a counts file, in its order. Raises KeyError for a layer without paths or least."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(Layer(name, tuple(layer["paths"]), layer["least"]) for name, layer in content.items())


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --full."""
    parser.addoption("--full", action="store_true", help=f"fail unless all tests of {COUNTS} ran and passed")


def pytest_configure(config: pytest.Config) -> None:
    """Count in a full run: the owner of the run counts reports, its workers what they deselected."""
    if config.getoption("--full"):
        config.pluginmanager.register(Tally(config, Counts(read_layers(config.rootpath / COUNTS))), "tally")


class Tally:
    """Listens to a run and turns its end into a failure when it was not a full one."""

    def __init__(self, config: pytest.Config, counts: Counts) -> None:
        self._config = config
        self._counts = counts

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Tests left out by -k, -m, --deselect or a plugin."""
        self._counts.absent["deselected"] += len(items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A whole module that skipped itself."""
        self._counts.absent["skipped"] += report.skipped

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test, from this process or a worker."""
        if hasattr(report, "wasxfail"):
            self._counts.absent["xfailed"] += 1
        elif report.skipped:
            self._counts.absent["skipped"] += 1
        elif report.when == "call" and report.passed:
            self._counts.passed[self._counts.layer_of(report.nodeid.partition("::")[0])] += 1

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker has ended: all workers deselect the same, so the largest number counts."""
        left_out = getattr(node, "workeroutput", {}).get("deselected", 0)
        self._counts.absent["deselected"] = max(self._counts.absent["deselected"], left_out)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Fail a run that passed without being full; a worker hands its number to the owner."""
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput["deselected"] = self._counts.absent["deselected"]
        elif exitstatus == pytest.ExitCode.OK and self._counts.complaints():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was counted, and why the run is not a full one."""
        terminalreporter.section("tests by layer")
        for layer in self._counts.layers:
            terminalreporter.line(
                f"{layer.name:<14}{self._counts.passed[layer.name]:>6}  of at least {layer.least}"
            )
        for complaint in self._counts.complaints():
            terminalreporter.line(f"NOT A FULL RUN: {complaint}", red=True)
