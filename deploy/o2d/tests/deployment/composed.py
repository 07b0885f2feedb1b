"""The composed installation as its file says it, on this machine: its processes, its broker, its users."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from o2d.home import Home
from o2d.local import kafka, ports

COMPOSE: Final = Path(__file__).parents[3] / "compose" / "compose.yaml"
_VARIABLE: Final = re.compile(r"\$\{([A-Z_]+)(?::\?[^}]*)?\}")
# What a container has for itself, and a process of this machine shares.
_PLACES: Final = frozenset(
    {
        "process.roles", "node.id", "listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs",
    }
)  # fmt: skip


def read(folder: Path) -> dict[str, Any]:
    """The services of the file by name, with the secrets that were written into a folder."""
    lines = (folder / ".env").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines)
    text = _VARIABLE.sub(lambda found: given[found[1]], COMPOSE.read_text())
    return dict(yaml.safe_load(text)["services"])


def broker(home: Home, environment: Mapping[str, str]) -> kafka.Broker:
    """A broker of this machine that is set up as the one of the file."""
    (one,) = kafka.members(home)
    said = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value for name, value in environment.items()
    }
    kept = {name: value for name, value in said.items() if name not in _PLACES}
    own = {
        "listeners": f"CLIENTS://{one.node.address},CONTROLLER://{ports.LOOPBACK}:{one.node.controller_port}",
        "advertised.listeners": f"CLIENTS://{one.node.address}",
    }
    return replace(one, overrides={**kept, **own})


@dataclass(frozen=True, slots=True)
class Here:
    """Where on this machine is what has a name of its own in the file."""

    bootstrap: str
    database: str
    folder: Path
    ports: Mapping[str, int]

    def environment(self, name: str, service: Mapping[str, Any]) -> dict[str, str]:
        """What a service is told, with this machine's places instead of the containers'."""
        place = urlsplit(self.database).netloc.rpartition("@")[2]
        told = {key: str(value) for key, value in service["environment"].items()}
        for key, value in told.items():
            moved = value.replace("postgres:5432", place).replace(
                "/run/o2d/jwks.json", f"{self.folder}/jwks.json"
            )
            for other, port in self.ports.items():
                moved = moved.replace(f"http://{other}:8080", f"http://{ports.LOOPBACK}:{port}")
            told[key] = moved
        told["O2D_KAFKA_BOOTSTRAP"] = self.bootstrap
        if "O2D_DATABASE_URL" in told:
            told["O2D_DATABASE_URL"] = self.database
        if name in self.ports:
            told |= {"O2D_HTTP_HOST": ports.LOOPBACK, "O2D_HTTP_PORT": str(self.ports[name])}
        return told
