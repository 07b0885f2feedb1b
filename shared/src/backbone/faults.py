"""Named points at which the fault tests end a process; they do nothing unless `O2D_FAULT_POINT` names one."""

from __future__ import annotations

import os
import signal

_name = ""
_left = 0


def arm(asked: str) -> None:
    """End this process at `point`, or at the n-th visit of it: `point:n`; an empty text arms none."""
    global _name, _left
    _name, _, count = asked.partition(":")
    _left = int(count or "1")


def reached(point: str) -> None:
    """End this process at once (kill -9) when `point` is armed and this is the visit that was asked for."""
    global _left
    if point != _name:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
