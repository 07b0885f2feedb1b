"""A PostgreSQL of our own: made once, started on loopback, ended with us; its data outlive unclean ends."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil

from o2d.home import Home, demand_space
from o2d.local import accounts, binaries, ports
from o2d.local.process import Account, Child, Command
from o2d.trouble import CannotStart, of_file, of_words

SUPERUSER = "postgres"
READY_S = 30.0
FORMER_LIFE_S = 12.0
STOP_S = 15.0
# A session gives back what one large statement took: the C library would keep some 20 MB for each, for ever.
THRIFT: Mapping[str, str] = {"MALLOC_TRIM_THRESHOLD_": "1048576", "MALLOC_MMAP_THRESHOLD_": "1048576"}
# Light on memory, for a server that shares a machine with everything else. What is acknowledged stays on disk.
SETTINGS: Mapping[str, str] = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    # A hash table is laid out, and cleared, for as many rows as are guessed: far too many for a recursive read.
    "work_mem": "1MB",
    "hash_mem_multiplier": "1.0",
    "maintenance_work_mem": "32MB",
    "max_wal_size": "512MB",
    "max_wal_senders": "0",
    "max_replication_slots": "0",
    "max_logical_replication_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "synchronous_commit": "on",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %u@%d ",
    "cluster_name": "o2d",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(slots=True)
class Postgres:
    """One server: `prepare`, `start`, `stop`; `url` is its superuser's address once it was prepared."""

    home: Home
    settings: Mapping[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    child: Child | None = None
    port: int = 0
    _account: Account | None = None
    _folder: Path = Path()
    _binaries: binaries.Binaries | None = None

    @property
    def data(self) -> Path:
        """The folder of the data, owned by the account the server runs as."""
        return self._folder / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home.logs / "postgres.log"

    @property
    def url(self) -> str:
        """`postgresql://…` of the superuser, with its password."""
        password = quote(self.home.secret("postgres"), safe="")
        return f"postgresql://{SUPERUSER}:{password}@{ports.LOOPBACK}:{self.port}/postgres"

    async def prepare(self) -> None:
        """Find programs, account and folder, and make the data once. Raises CannotStart with the reason."""
        try:
            self._account = accounts.unprivileged()
            self._folder = accounts.database_folder(self.home, self._account)
            self._binaries = await asyncio.to_thread(binaries.find, self._account, self._folder)
            self._set_strangers_aside()
            if not (self.data / "PG_VERSION").exists():
                demand_space(self._folder)  # for root it lies on another disk than the home, perhaps
                await self._make_data()
        except OSError as error:
            raise of_file(error, self._folder) from error
        self._refuse_other_major()

    def _set_strangers_aside(self) -> None:
        """Data of an earlier installation at the same path are kept, but they are not this one's."""
        mark = self._folder / "installation"
        former = mark.read_text().strip() if mark.exists() else ""
        if former != self.home.id:
            if former and self.data.exists():
                aside = self.data.with_name(f"data-{former[:8].strip('-_')}-{int(time.time())}")
                self.data.rename(aside)
                self.notes.append(f"The database of an earlier installation was set aside: {aside}")
            mark.write_text(self.home.id)
            mark.chmod(0o600)

    def _refuse_other_major(self) -> None:
        assert self._binaries
        major = (self.data / "PG_VERSION").read_text().strip()
        if major != str(self._binaries.major):
            raise CannotStart(
                f"The data in {self.data} are of PostgreSQL {major}, and PostgreSQL {self._binaries.version} is here.",
                f"Dump them with PostgreSQL {major} and load them into a new O2D_HOME, "
                "or move that folder away to begin anew.",
            )

    async def _make_data(self) -> None:
        assert self._binaries
        draft = self._folder / "data.part"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password = self._folder / "password"
        password.write_text(self.home.secret("postgres"))
        password.chmod(0o600)
        if self._account:
            os.chown(draft, self._account.uid, self._account.gid)
            os.chown(password, self._account.uid, self._account.gid)
        where = (
            ["--locale-provider=builtin", "--locale=C.UTF-8"]
            if self._binaries.major >= 17
            else ["--no-locale"]
        )
        try:
            code = await self._run(
                "initdb", f"--pgdata={draft}", f"--username={SUPERUSER}", f"--pwfile={password}",
                "--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions", *where,
            )  # fmt: skip
        finally:
            password.unlink()
        if code != 0:
            raise of_words(f"The database could not be made by initdb (code {code})", self.log, self._folder)
        draft.rename(self.data)

    async def _run(self, program: str, *words: str) -> int:
        child = Child(self._command(program, *words))
        await child.start()
        return await child.wait()

    def _command(self, program: str, *words: str) -> Command:
        assert self._binaries
        return Command(
            name="postgres",
            words=[str(self._binaries.folder / program), *words],
            environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **THRIFT},
            log=self.log,
            folder=self._folder,
            # Asked to go at once: a dead supervisor waits for no checkpoint, and the log of writes brings all back.
            death=signal.SIGQUIT,
            account=self._account,
        )

    async def start(self) -> None:
        """Start it and wait until it answers. Raises CannotStart with its last words when it does not."""
        await self._outlive_former()
        if self.port:  # started again for clients that know the port already
            ports.insist({"postgres": self.port}, "")
        else:
            self.port = ports.choose({"postgres": self.home.ports().get("postgres", 0)})["postgres"]
            self.home.remember_ports(postgres=self.port)
        given = {**SETTINGS, **self.settings, "port": str(self.port)}
        words = [word for name, value in given.items() for word in ("-c", f"{name}={value}")]
        self.child = Child(self._command("postgres", "-D", str(self.data), *words))
        await self.child.start()
        await self._answers()

    async def _answers(self) -> None:
        assert self.child
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            if self.child.ended is not None:
                raise of_words("PostgreSQL ended at once", self.log, self._folder)
            try:
                connection = await asyncpg.connect(self.url, timeout=READY_S)
            except (OSError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(0.03)
                continue
            await connection.close()
            return
        await self.stop()
        raise of_words(f"PostgreSQL did not answer within {READY_S:.0f} s", self.log, self._folder)

    async def _outlive_former(self) -> None:
        """Wait for a server that died with its supervisor to be gone, and drop the mark of one that is.

        The mark alone proves nothing: its process id may belong to anyone by now. What proves a living server is
        a process that works in the folder of the data.
        """
        mark = self.data / "postmaster.pid"
        until = time.monotonic() + FORMER_LIFE_S
        while mark.exists() and (living := self._living()):
            if time.monotonic() > until:
                raise CannotStart(
                    f"A PostgreSQL of a former start still runs on {self.data} (process {living[0]}).",
                    f"End it with `kill -INT {living[0]}` and start again.",
                )
            await asyncio.sleep(0.1)
        mark.unlink(missing_ok=True)

    def _living(self) -> list[int]:
        data = str(self.data.resolve())
        living = []
        for process in psutil.process_iter(["pid", "cwd"]):
            if process.info["cwd"] == data:
                living.append(int(process.info["pid"]))
        return living

    async def stop(self) -> None:
        """End it: at first as soon as its clients are cut off, then at once."""
        if self.child:
            await self.child.stop(signal.SIGINT, signal.SIGQUIT, grace_s=STOP_S)
