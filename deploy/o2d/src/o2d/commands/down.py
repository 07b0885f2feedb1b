"""`o2d down`: end what runs in this home, in order."""

from __future__ import annotations

import os
import signal
import time

from o2d.home import Home, home_folder
from o2d.trouble import CannotStart

ORDERLY_S = 60.0
KILLED_S = 10.0


def command() -> None:
    """End the services, the broker and the database of this home."""
    home = Home(home_folder())
    holder = home.running()
    if not holder:
        print(f"o2d does not run in {home.path}.")
        return
    for number, patience_s in ((signal.SIGTERM, ORDERLY_S), (signal.SIGKILL, KILLED_S)):
        os.kill(holder, number)
        if _free_within(home, patience_s):
            print(f"o2d ended in {home.path}.")
            return
    raise CannotStart(f"Process {holder} in {home.path} cannot be ended.", "Look at its log files.")


def _free_within(home: Home, patience_s: float) -> bool:
    until = time.monotonic() + patience_s
    while home.running():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
