"""The services of a local start: what each is called, how it is run and what its environment tells it."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from o2d import issuer
from o2d.home import Home
from o2d.local import ports

PORT_FIRST = 8700
ASKER = "control-tower"
ASKER_LIFETIME_S = 30 * 24 * 3600
CLOCK = "rate:1"
LOOPBACKS = ("127.0.0.0/8", "::1/128")


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """A service: `words` and a step's name make a command line."""

    name: str
    words: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def _module(name: str) -> ServiceSpec:
    return ServiceSpec(name, (sys.executable, "-m", name.replace("-", "_")))


NAMES = ("orders", "materials", "production", "vendors", "service-desk", "control-tower")
PORTALS = ("orders", "service-desk", "vendors")
# A package without an entrance has nothing to run yet.
SERVICES = tuple(
    _module(name)
    for name in NAMES
    if importlib.util.find_spec(f"{name.replace('-', '_')}.__main__") is not None
)


def choose_ports(home: Home, services: Sequence[ServiceSpec], first: int | None) -> dict[str, int]:
    """A port for each service: from `first` on when it is given, else those of the last start, else from 8700 on.

    Raises CannotStart when a port that was asked for is taken; others give way to a free one.
    """
    if first:
        asked = {one.name: first + number for number, one in enumerate(services)}
        ports.insist(asked, "End it, or choose others with --port.")
        chosen = asked
    else:
        known = home.ports()
        wanted = {one.name: known.get(one.name, PORT_FIRST + number) for number, one in enumerate(services)}
        chosen = ports.choose(wanted)
    home.remember_ports(**chosen)
    return chosen


def url(port: int) -> str:
    """Where a service of this machine answers."""
    return f"http://{ports.LOOPBACK}:{port}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all services of one start share."""

    home: Home
    bootstrap: str
    dsns: Mapping[str, str]
    ports: Mapping[str, int]
    clock: str = CLOCK

    def environment(self, service: ServiceSpec) -> dict[str, str]:
        """The whole environment of one service: ours without what is meant for o2d, and what it is told."""
        kept = {
            name: value for name, value in os.environ.items() if name not in {"O2D_DATABASE_URL", "O2D_PORT"}
        }
        return {
            **kept,
            "O2D_SERVICE_DSN": self.dsns[service.name],
            "O2D_KAFKA_BOOTSTRAP": self.bootstrap,
            "O2D_HTTP_HOST": ports.LOOPBACK,
            "O2D_HTTP_PORT": str(self.ports[service.name]),
            "O2D_JWKS": str(self.home.jwks),
            "O2D_ISSUER": issuer.NAME,
            "O2D_LINK_SECRET": self.home.secret("link"),
            "O2D_CLOCK": self.clock,
            # Whoever looks at this machine may have facts sent to a house on it.
            "O2D_WEBHOOK_HTTP": "true",
            "O2D_WEBHOOK_PORTS": "[]",
            "O2D_WEBHOOK_NETWORKS": json.dumps(LOOPBACKS),
            "O2D_HOME": str(self.home.path),
            "O2D_SERVICE_URLS": json.dumps({name: url(port) for name, port in self.ports.items()}),
            "O2D_PORTAL_URLS": json.dumps(
                {name: url(port) for name, port in self.ports.items() if name in PORTALS}
            ),
            "PYTHONUNBUFFERED": "1",
            **self._token_of(service),
            **service.environment,
        }

    def _token_of(self, service: ServiceSpec) -> dict[str, str]:
        """The control tower asks the others for people who signed in at its pages, and under their names."""
        if service.name != ASKER:
            return {}
        token = issuer.sign(self.home, "system", subject=ASKER, lifetime_s=ASKER_LIFETIME_S, stands_in=True)
        return {"O2D_TOWER_TOKEN": token}


async def is_ready(port: int, path: str = "/readyz", timeout_s: float = 2.0) -> bool:
    """Whether a service answers 200 there."""
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_connection(ports.LOOPBACK, port)
            try:
                writer.write(
                    f"GET {path} HTTP/1.1\r\nHost: {ports.LOOPBACK}\r\nConnection: close\r\n\r\n".encode()
                )
                status = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
    return status.split()[1:2] == [b"200"]
