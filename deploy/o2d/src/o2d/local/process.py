"""A child process on a leash: however its parent ends, it ends too; its words go to a log or to a listener."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals
from typing import Protocol

from o2d.local.forks import ForkServer
from o2d.trouble import CannotStart

# Linux ends a process with its parent; elsewhere a pipe between them has to be watched.
DEATH_SIGNAL = sys.platform.startswith("linux")
LEASH = Path(__file__).with_name("leash.py")
LOG_BYTES_MAX = 10_000_000
LINE_BYTES_MAX = 65_536
KILL_S = 10.0


@dataclass(frozen=True, slots=True)
class Account:
    """Whose rights a child has."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: the program's path first; `death` is what it gets when its parent is gone.

    With `forks` a module of this interpreter is forked from there, where there is a death signal and no `account`; what
    an interpreter reads of its environment when it begins is then the fork server's.
    """

    name: str
    words: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    folder: Path = Path("/")
    death: Signals = signal.SIGKILL
    account: Account | None = None
    on_line: Callable[[str], None] | None = field(default=None, compare=False)
    forks: ForkServer | None = field(default=None, compare=False)


def module_words(words: Sequence[str]) -> Sequence[str]:
    """What `python -m` is given, where the words are such a command of this interpreter; else nothing."""
    return words[2:] if list(words[:2]) == [sys.executable, "-m"] else ()


class Running(Protocol):
    """A process that was started."""

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    @property
    def returncode(self) -> int | None:
        """Its exit code, negative for a signal, or None while it runs."""
        ...

    async def wait(self) -> int:
        """Wait for its end; gives the exit code."""
        ...

    def send_signal(self, signal: int) -> None:
        """Send it a signal."""
        ...


async def _listened_to() -> tuple[asyncio.StreamReader, int]:
    """What is read of a child's words, and the descriptor into which it speaks."""
    heard, out = os.pipe()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(heard, "rb", buffering=0)
    )
    return reader, out


def roll(log: Path) -> None:
    """Set a log that has grown large aside; one older part is kept."""
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_name(f"{log.name}.1"))


class Child:
    """One run of a command. Unless it is forked, it ends with the thread that starts it: take one that lives on."""

    def __init__(self, command: Command, *, by_pipe: bool = not DEATH_SIGNAL) -> None:
        self.command = command
        self._by_pipe = by_pipe
        self._process: Running | None = None
        self._pipe: int | None = None
        self._pump: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """The process id; 0 before the start."""
        return self._process.pid if self._process else 0

    @property
    def ended(self) -> int | None:
        """The exit code, negative for a signal, or None while it runs."""
        return self._process.returncode if self._process else 0

    async def start(self) -> None:
        """Start it. Raises CannotStart when the program is not there."""
        program = shutil.which(self.command.words[0])
        if program is None:
            raise CannotStart(f"{self.command.words[0]}, which {self.command.name} needs, is not there.")
        roll(self.command.log)
        if self.command.on_line:
            spoken, out = await _listened_to()
        else:
            spoken, out = None, os.open(self.command.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            self._process = await self._begin(program, out)
        finally:
            os.close(out)
        if spoken is not None:
            self._pump = asyncio.create_task(self._listen(spoken))

    async def _begin(self, program: str, out: int) -> Running:
        command = self.command
        module = module_words(command.words) if command.account is None and not self._by_pipe else ()
        if command.forks is not None and module:
            return await command.forks.spawn(module, command.environment, command.folder, out, command.death)
        read_end, self._pipe = os.pipe() if self._by_pipe else (None, None)
        try:
            return await self._spawn(program, read_end, out)
        finally:
            if read_end is not None:
                os.close(read_end)

    async def _spawn(self, program: str, pipe: int | None, out: int) -> Running:
        account = self.command.account
        order = {
            "parent": os.getpid(),
            "signal": int(self.command.death),
            "account": [account.uid, account.gid] if account else None,
            "folder": str(self.command.folder),
            "pipe": pipe,
        }
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(LEASH), json.dumps(order), program, *self.command.words[1:]),
            env=dict(self.command.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=() if pipe is None else (pipe,),
            start_new_session=True,  # Ctrl-C is for the supervisor alone, which ends its children in order
        )

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        rest = b""
        while chunk := await stream.read(LINE_BYTES_MAX):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > LINE_BYTES_MAX:
                lines, rest = [*lines, rest], b""
            self._hand_on(lines)
        self._hand_on([rest] if rest else [])

    def _hand_on(self, lines: Sequence[bytes]) -> None:
        if not lines or not self.command.on_line:
            return
        roll(self.command.log)
        with self.command.log.open("ab") as log:
            log.write(b"".join(line + b"\n" for line in lines))
        for line in lines:
            self.command.on_line(line.decode(errors="replace"))

    async def wait(self) -> int:
        """Wait for its end and its last words; gives the exit code."""
        if self._process is None:
            return 0
        code = await self._process.wait()
        if self._pump:
            await self._pump
        self._let_go()
        return code

    def tell(self, number: Signals) -> None:
        """Send a signal; one that has ended already hears nothing."""
        if self._process and self._process.returncode is None:
            self._process.send_signal(number)

    async def stop(self, *signals: Signals, grace_s: float = KILL_S) -> int:
        """Ask it to end, `grace_s` seconds for each of the signals, then end it for certain; gives the exit code."""
        for number in signals or (signal.SIGTERM,):
            self.tell(number)
            try:
                return await asyncio.wait_for(asyncio.shield(self.wait()), grace_s)
            except TimeoutError:
                continue
        if self._by_pipe:
            self._let_go()  # the leash ends what it holds
        else:
            self.tell(signal.SIGKILL)
        return await self.wait()

    def _let_go(self) -> None:
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None
