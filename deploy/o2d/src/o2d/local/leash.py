"""The leash: a child's first step. It drops rights, sees to it that the child ends with its parent, and becomes it.

Run by its path in a bare interpreter (`python -I -S leash.py ORDER COMMAND...`), where ORDER is a JSON object:
`parent` pid, `signal` that ends the child, `account` [uid, gid] or null, `folder`, and `pipe`: a descriptor, or null on
Linux.
"""

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
from types import FrameType

SET_PARENT_DEATH_SIGNAL = 1
PARENT_IS_GONE = 113
LAST_WORDS_S = 6


def drop_rights(uid: int, gid: int) -> None:
    """Become an account without any way back."""
    os.setgroups([gid])
    os.setgid(gid)
    os.setuid(uid)


def hear_signals() -> None:
    """A shell lets what it starts in the background ignore these; here they must end a child."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def bind_to_parent(parent: int, death: int) -> None:
    """Let the kernel send `death` to this process, and to what it becomes, when its parent has ended."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(SET_PARENT_DEATH_SIGNAL, death, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:  # it ended before we asked
        sys.exit(PARENT_IS_GONE)


def watch(command: list[str], pipe: int, death: int) -> int:
    """Where the kernel knows no death signal: run the child and end it when the parent's end of the pipe closes."""
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    child = subprocess.Popen(command)

    def hand_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, hand_on)
    while child.poll() is None:
        ready, _, _ = select.select([pipe, wake_read], [], [])
        if pipe in ready:
            end(child, death)
        elif wake_read in ready:
            os.read(wake_read, 512)
    return child.returncode


def end(child: "subprocess.Popen[bytes]", death: int) -> None:
    """Send the death signal, and after its last words the one that nobody survives."""
    child.send_signal(death)
    try:
        child.wait(LAST_WORDS_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def main() -> None:
    """Do what the order says, then be the command."""
    order, command = json.loads(sys.argv[1]), sys.argv[2:]
    hear_signals()
    if order["account"]:
        drop_rights(*order["account"])
    os.chdir(order["folder"])
    if order["pipe"] is not None:
        code = watch(command, order["pipe"], order["signal"])
        sys.exit(code if code >= 0 else 128 - code)
    bind_to_parent(order["parent"], order["signal"])
    os.execve(command[0], command, os.environ)  # noqa: S606 - the command is the supervisor's


if __name__ == "__main__":
    main()
