"""Exact pins: every library has one version, the lock holds it with hashes and names no host."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from tests.architecture.rules.source import Source, SourceTree, Violation

LOCK = "requirements.lock"
EXACT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;,*]+)(?:\s*;.*)?")


def normal(name: str) -> str:
    """The name of a distribution as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(text: str) -> dict[str, set[str]]:
    """Each distribution of a lock with the versions it has there (several only where markers differ)."""
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        if match := EXACT.match(line):
            found.setdefault(normal(match["name"]), set()).add(match["version"])
    return found


def exact_pins(tree: SourceTree) -> list[Violation]:
    """Every library a pyproject names is pinned exactly, and the lock has that version."""
    projects = [
        (source, tomllib.loads(source.text))
        for source in tree.sources
        if source.parts[-1] == "pyproject.toml"
    ]
    ours = {normal(content["project"]["name"]) for _, content in projects if "project" in content}
    lock = next((locked(source.text) for source in tree.sources if source.path == LOCK), {})
    return [
        Violation(source.path, _line(source, wanted), complaint)
        for source, content in projects
        for wanted in _wanted(content)
        if normal(re.split(r"[\[=<>~! ;]", wanted)[0]) not in ours
        if (complaint := _complaint(wanted, lock))
    ]


def _wanted(content: dict[str, Any]) -> Iterator[str]:
    project = content.get("project", {})
    yield from project.get("dependencies", ())
    for group in (
        *project.get("optional-dependencies", {}).values(),
        *content.get("dependency-groups", {}).values(),
    ):
        yield from group
    yield from content.get("tool", {}).get("uv", {}).get("build-constraint-dependencies", ())


def _complaint(wanted: str, lock: dict[str, set[str]]) -> str:
    match = EXACT.fullmatch(wanted)
    if not match:
        return f"'{wanted}' is no exact pin: write name==version"
    if match["name"].startswith("uv-build"):
        return ""
    if match["version"] not in lock.get(normal(match["name"]), set()):
        return f"'{wanted}' is not what {LOCK} holds: run make pins"
    return ""


def _line(source: Source, wanted: str) -> int:
    return next((number for number, line in enumerate(source.text.splitlines(), 1) if wanted in line), 0)


def lock_is_closed(tree: SourceTree) -> list[Violation]:
    """The lock names no address, and each of its pins has a hash."""
    return [
        Violation(source.path, number, "this pin has no hash or names an address: run make pins")
        for source in tree.sources
        if source.path == LOCK
        for number, line in enumerate(source.text.splitlines(), start=1)
        if "://" in line or line.startswith("-") or (EXACT.match(line) and not line.rstrip().endswith("\\"))
    ]
