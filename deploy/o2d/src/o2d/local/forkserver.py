"""The fork server: an interpreter that has loaded what programs share, and becomes each of them by a fork.

Run as `python -m o2d.local.forkserver DESCRIPTOR MODULE...`: it imports the modules, then takes orders from the socket
behind the descriptor. An order is a JSON object: `words` (of `python -m`), `environment`, `folder`, and the `signal`
that ends it when this server is gone. Two descriptors come with it: where the program speaks, and a socket that is
told its process id and, in the end, its exit code, negative for a signal. When nobody gives orders any more it ends.
"""

from __future__ import annotations

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

ORDER_BYTES_MAX: Final = 200_000
DESCRIPTORS: Final = 2
ENDING: Final = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP)


def serve(control: socket.socket) -> dict[str, Any] | None:
    """Fork a program for each order; returns in each of them with its order, and in the server with None at its end."""
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_read, False)
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    telling: dict[int, socket.socket] = {}
    server = os.getpid()
    while True:
        ready, _, _ = select.select([control.fileno(), wake_read], [], [])
        if wake_read in ready:
            os.read(wake_read, 512)
            for pid, code in _ended():
                with telling.pop(pid) as to:
                    _tell(to, code)
        if control.fileno() in ready:
            message, descriptors, _, _ = socket.recv_fds(control, ORDER_BYTES_MAX, DESCRIPTORS)
            if not message:
                return None
            order, (out, told) = json.loads(message), descriptors
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _close(control, *telling.values())
                for descriptor in (wake_read, wake_write, told):
                    os.close(descriptor)
                return {**order, "out": out, "server": server}
            os.close(out)
            telling[pid] = socket.socket(fileno=told)
            _tell(telling[pid], pid)


def _ended() -> Iterator[tuple[int, int]]:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, os.waitstatus_to_exitcode(status)


def _tell(to: socket.socket, number: int) -> None:
    try:
        to.send(str(number).encode())
    except BrokenPipeError:
        return  # who ordered it has left


def _close(*sockets: socket.socket) -> None:
    for one in sockets:
        one.close()


def become(order: dict[str, Any]) -> None:
    """Be a program of one's own: its session, its voice, its environment, its folder; then its module's main."""
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
    module, *arguments = order["words"]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def main(descriptor: int, modules: Sequence[str]) -> None:
    """Load, serve, and be what was forked."""
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
