"""The fork server: an interpreter that has loaded what programs share, and becomes each of them by a fork.

Run as `python -m o2d.local.forkserver DESCRIPTOR MODULE...`: it imports the modules, then takes orders from the socket
behind the descriptor. An order is a JSON object: `words` (of `python -m`), `environment`, `folder`, and the `signal`
that ends it when this server is gone. Two descriptors come with it: where the program speaks, and a socket that is told
its process id and, in the end, its exit code, negative for a signal; or, in words, why there is no process. Whoever
closes that socket ends the program. When nobody gives orders any more the server ends.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

from o2d.local import leash

ORDER_BYTES_MAX: Final = 100_000
DESCRIPTORS: Final = 2
ENDING: Final = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP)
SET_NAME: Final = 15
NAME_BYTES_MAX: Final = 15

# The sockets that are told of the programs that run, by process id.
Running = dict[int, socket.socket]


def serve(control: socket.socket) -> dict[str, Any] | None:
    """Fork a program for each order; returns in each of them with its order, and in the server with None at its end."""
    wake, woken = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    running: Running = {}
    server = os.getpid()
    while True:
        ready, _, _ = select.select([control, wake, *running.values()], [], [])  # type: ignore[type-var]
        if wake in ready:
            os.read(wake, 512)
            _tell_ends(running)
        for pid, told in running.items():
            if told in ready:  # nothing is ever said there: whoever wanted the program has left it
                os.kill(pid, signal.SIGKILL)
        if control in ready:
            message, descriptors, _, _ = socket.recv_fds(control, ORDER_BYTES_MAX, DESCRIPTORS)
            if not message:
                return None
            out, told = descriptors[0], socket.socket(fileno=descriptors[1])
            try:
                order, pid = json.loads(message), os.fork()
            except (OSError, ValueError) as failure:
                _tell(told, str(failure))
                told.close()
                os.close(out)
                continue
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for one in (control, told, *running.values()):
                    one.close()
                os.close(wake)
                os.close(woken)
                return {**order, "out": out, "server": server}
            os.close(out)
            running[pid] = told
            _tell(told, pid)


def _tell_ends(running: Running) -> None:
    for pid, code in _ended():
        with running.pop(pid) as told:
            _tell(told, code)


def _ended() -> Iterator[tuple[int, int]]:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, os.waitstatus_to_exitcode(status)


def _tell(told: socket.socket, what: int | str) -> None:
    try:
        told.send(str(what).encode())
    except OSError:
        return  # whoever wanted to know has left


def name(called: str) -> None:
    """Give this process the name by which lists of processes show it."""
    ctypes.CDLL(None).prctl(SET_NAME, called.encode()[:NAME_BYTES_MAX])


def become(order: dict[str, Any]) -> None:
    """Be a program of one's own: its name, its session, its voice, its environment, its folder; then its main."""
    module, *arguments = order["words"]
    name(module)
    os.setsid()
    leash.hear_signals()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    for descriptor in (1, 2):
        os.dup2(order["out"], descriptor)
    os.close(order["out"])
    leash.bind_to_parent(order["server"], order["signal"])
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a text stream of this interpreter
    sys.path[0] = order["folder"]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def main(descriptor: int, modules: Sequence[str]) -> None:
    """Load, serve, and be what was forked."""
    name("fork-server")
    # It ends with who gives the orders. What is sent to a program before it is itself waits for it.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    for module in modules:
        importlib.import_module(module)
    # What is loaded is looked at no more by the collector, and so stays shared.
    gc.collect()
    gc.freeze()
    order = serve(socket.socket(fileno=descriptor))
    if order is not None:
        become(order)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
