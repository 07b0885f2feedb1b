"""What a machine needs for o2d, asked one by one: how it is, and how to mend it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import psutil

from o2d.home import FREE_MB_MIN, Home, read_json
from o2d.local import accounts, binaries, jars, java, kafka, ports
from o2d.local.services import PORT_FIRST, SERVICES
from o2d.trouble import CannotStart

PYTHON_MIN, PYTHON_BELOW = (3, 11), (3, 14)
MEMORY_MB_MIN = 1500


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer; `mend` is empty when all is well."""

    check: str
    well: bool
    found: str
    mend: str = ""

    def row(self) -> dict[str, Any]:
        """As data for people and programs."""
        return asdict(self)


def look(home: Home) -> list[Finding]:
    """Every check once; folders may be made, nothing is started."""
    return [_asked(name, check, home) for name, check in CHECKS]


def _asked(name: str, check: Callable[[Home], Finding], home: Home) -> Finding:
    try:
        return check(home)
    except CannotStart as reason:
        return Finding(name, False, reason.sentence, reason.mend)


def _python(_home: Home) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    well = PYTHON_MIN <= sys.version_info[:2] < PYTHON_BELOW
    return Finding("python", well, version, "" if well else "Use Python 3.11 to 3.13.")


def _folder(home: Home) -> Finding:
    home.prepare()
    return Finding("home", True, str(home.path))


def _disk(home: Home) -> Finding:
    nearest = next(folder for folder in (home.path, *home.path.parents) if folder.exists())
    free_mb = shutil.disk_usage(nearest).free // 1_000_000
    well = free_mb >= FREE_MB_MIN
    mend = "" if well else f"Free at least {FREE_MB_MIN} MB, or set O2D_HOME to a larger disk."
    return Finding("disk", well, f"{free_mb} MB free for {home.path}", mend)


def _memory(home: Home) -> Finding:
    free_mb = psutil.virtual_memory().available // 1_000_000
    well = free_mb >= MEMORY_MB_MIN or bool(home.running())
    mend = "" if well else f"About {MEMORY_MB_MIN} MB are needed: end something else."
    return Finding("memory", well, f"{free_mb} MB available", mend)


def _java(_home: Home) -> Finding:
    if os.environ.get("O2D_KAFKA_BOOTSTRAP"):
        return Finding("java", True, "not needed: O2D_KAFKA_BOOTSTRAP names a broker")
    found = java.find()
    return Finding("java", True, f"{found.major} at {found.program}")


def _jars(_home: Home) -> Finding:
    if os.environ.get("O2D_KAFKA_BOOTSTRAP"):
        return Finding("kafka's jars", True, "not needed: O2D_KAFKA_BOOTSTRAP names a broker")
    cache = jars.cache_folder()
    if jars.are_cached(cache):
        return Finding("kafka's jars", True, f"{jars.KAFKA} in {cache}")
    return Finding("kafka's jars", True, f"{jars.KAFKA} is fetched at the first start (45 MB) into {cache}")


def _postgres(home: Home) -> Finding:
    if os.environ.get("O2D_DATABASE_URL"):
        return Finding("postgresql", True, "not needed: O2D_DATABASE_URL names a server")
    account = accounts.unprivileged()
    found = binaries.find(account, accounts.database_folder(home, account))
    whose = f" as {account.name}" if account else ""
    return Finding("postgresql", True, f"{found.version} at {found.folder}{whose}")


def _ports(home: Home) -> Finding:
    if home.running():
        return Finding("ports", True, "held by o2d itself")
    known = home.ports()
    wanted = {one.name: known.get(one.name, PORT_FIRST + number) for number, one in enumerate(SERVICES)}
    taken = [
        f"{port} ({name}) by {ports.holder(port)}" for name, port in wanted.items() if not ports.is_free(port)
    ]
    if taken:
        return Finding("ports", True, f"taken: {', '.join(taken)}; the start chooses others")
    return Finding("ports", True, f"{', '.join(map(str, wanted.values()))} are free")


def _broker(home: Home) -> Finding:
    bootstrap = os.environ.get("O2D_KAFKA_BOOTSTRAP") or read_json(home.state).get("kafka", {}).get(
        "bootstrap"
    )
    if not bootstrap:
        return Finding("broker", True, "does not run; `o2d up` starts it")
    well = bool(asyncio.run(kafka.brokers(bootstrap)))
    mend = "" if well else f"Look at {home.logs / 'kafka.log'} or O2D_KAFKA_BOOTSTRAP."
    return Finding("broker", well, f"{bootstrap} {'answers' if well else 'does not answer'}", mend)


def _database(home: Home) -> Finding:
    given = os.environ.get("O2D_DATABASE_URL")
    addresses = [given] if given else list(read_json(home.state).get("databases", {}).values())
    if not addresses:
        return Finding("database", True, "does not run; `o2d up` starts it")
    reason = asyncio.run(_connected(addresses))
    mend = f"Look at {home.logs / 'postgres.log'} or O2D_DATABASE_URL." if reason else ""
    return Finding("database", not reason, reason or f"{len(addresses)} answer", mend)


async def _connected(addresses: Iterable[str]) -> str:
    import asyncpg

    for address in addresses:
        try:
            connection = await asyncpg.connect(address, timeout=5)
        except (OSError, TimeoutError, ValueError, asyncpg.PostgresError) as error:
            return f"{address.rpartition('@')[2]}: {error or type(error).__name__}"
        await connection.close()
    return ""


CHECKS: tuple[tuple[str, Callable[[Home], Finding]], ...] = (
    ("python", _python),
    ("home", _folder),
    ("disk", _disk),
    ("memory", _memory),
    ("java", _java),
    ("kafka's jars", _jars),
    ("postgresql", _postgres),
    ("ports", _ports),
    ("broker", _broker),
    ("database", _database),
)
