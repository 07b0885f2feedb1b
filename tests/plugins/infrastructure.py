"""One PostgreSQL and one Kafka for a whole run: taken from the environment, else started on first demand.

The process that was started by hand owns them; its workers ask it over a socket, so nothing is started twice
and nothing that no test needs is started at all.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import threading
from contextlib import ExitStack, suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener
from typing import Any

import pytest

from backbone.testing import drop_run, new_run

GIVEN = {"postgres": "O2D_DATABASE_URL", "kafka": "O2D_KAFKA_BOOTSTRAP"}
ADDRESS, KEY = "O2D_TEST_INFRASTRUCTURE", "O2D_TEST_INFRASTRUCTURE_KEY"


class Infrastructure:
    """What a run has started so far; `demand` may be called from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._addresses: dict[str, str] = {}

    def demand(self, what: str) -> str:
        """The address of `postgres` or `kafka`, started when it is not there yet."""
        with self._lock:
            if what not in self._addresses:
                self._addresses[what] = os.environ.get(GIVEN[what]) or self._start(what)
            return self._addresses[what]

    def _start(self, what: str) -> str:
        # Imported late: a run whose environment names its servers needs no local ones.
        from o2d.local.testing import server

        return self._stack.enter_context(server(what))

    def stop(self) -> None:
        """Drop the databases of the run and end what was started."""
        with self._lock, self._stack:
            if "postgres" in self._addresses:
                asyncio.run(drop_run(self._addresses["postgres"]))


class Desk:
    """Answers the workers of a run: a name comes in, an address or the reason for its absence goes out."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        key = secrets.token_hex(16)
        self._listener = Listener(("127.0.0.1", 0), authkey=key.encode())
        host, port = self._listener.address
        os.environ[ADDRESS], os.environ[KEY] = f"{host}:{port}", key
        self._thread = threading.Thread(target=self._serve, name="infrastructure-desk", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except AuthenticationError:  # a stranger knocked: the next may be a worker
                continue
            except OSError:  # the listener was closed: the run is over
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: Any) -> None:
        with connection, suppress(EOFError):  # a worker that was killed asks no more
            try:
                connection.send((self._infrastructure.demand(connection.recv()), ""))
            except Exception as reason:
                connection.send(("", f"{type(reason).__name__}: {reason}"))

    def close(self) -> None:
        """Answer no more."""
        self._listener.close()


INFRASTRUCTURE = pytest.StashKey[Infrastructure]()
DESK = pytest.StashKey[Desk]()


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Open the desk in the process that owns the run."""
    if not _is_worker(config):
        new_run()
        config.stash[INFRASTRUCTURE] = Infrastructure()
        if getattr(config.option, "numprocesses", None):
            config.stash[DESK] = Desk(config.stash[INFRASTRUCTURE])


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what the run has started."""
    if DESK in config.stash:
        config.stash[DESK].close()
    if INFRASTRUCTURE in config.stash:
        config.stash[INFRASTRUCTURE].stop()


def address(config: pytest.Config, what: str) -> str:
    """The address of `postgres` or `kafka` for this process. Raises RuntimeError when it could not be started."""
    if not _is_worker(config):
        return config.stash[INFRASTRUCTURE].demand(what)
    host, _, port = os.environ[ADDRESS].partition(":")
    with Client((host, int(port)), authkey=os.environ[KEY].encode()) as desk:
        desk.send(what)
        found, reason = desk.recv()
    if reason:
        raise RuntimeError(f"{what} could not be started: {reason}")
    return str(found)


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> str:
    """A PostgreSQL server on which databases may be created: `postgresql://…`."""
    return address(request.config, "postgres")


@pytest.fixture(scope="session")
def kafka_bootstrap(request: pytest.FixtureRequest) -> str:
    """A Kafka broker as `host:port`."""
    return address(request.config, "kafka")
