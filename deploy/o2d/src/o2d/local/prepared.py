"""What was prepared already: a step is left out while neither the code nor what it prepares has changed."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from o2d.home import Home, read_json, write_private
from o2d.local.services import ServiceSpec

SHARED = ("contracts", "backbone")


class Prepared:
    """The marks of one home. Without `ground` (what the servers are) nothing is known, and every step is run."""

    def __init__(self, home: Home, ground: dict[str, str] | None) -> None:
        self._file = home.path / "prepared.json"
        self._ground = ground
        self._known = read_json(self._file)

    def is_done(self, service: ServiceSpec) -> bool:
        """Whether the last start prepared the same code on the same servers."""
        return self._ground is not None and self._known.get(service.name) == self._mark(service)

    def note(self, service: ServiceSpec) -> None:
        """The steps of this service were run with success."""
        self._known[service.name] = self._mark(service)
        write_private(self._file, json.dumps(self._known, indent=1))

    def _mark(self, service: ServiceSpec) -> str:
        ground = (self._ground or {}).get(service.name, "")
        seen = [sys.version, ground, *service.words]
        for folder in _folders(service):
            for file in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
                if file.suffix != ".pyc" and file.is_file():
                    state = file.stat()
                    seen.append(f"{file} {state.st_size} {state.st_mtime_ns}")
        return hashlib.sha256("\n".join(seen).encode()).hexdigest()


def _folders(service: ServiceSpec) -> Iterator[Path]:
    """The packages and scripts a service's command line leads to, found without importing them."""
    for word in (*service.words, *SHARED):
        if word.isidentifier() and (found := importlib.util.find_spec(word)):
            yield from map(Path, found.submodule_search_locations or [found.origin or "."])
        elif word.endswith(".py"):
            yield Path(word)


def ground(oids: dict[str, int], broker_data: Path) -> dict[str, str]:
    """What was prepared lives in: a new database or a broker formatted anew is another ground."""
    formatted = (broker_data / "meta.properties").stat()
    return {name: f"{oid} {formatted.st_ino} {formatted.st_mtime_ns}" for name, oid in oids.items()}
