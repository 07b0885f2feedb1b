"""Keeps one server for whoever needs it: it lives as long as anyone holds the lock of its users, however they end.

Run as `python -m o2d.local.keeper postgres|kafka FOLDER`.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil

from o2d.home import Home, write_private
from o2d.local import accounts, kafka
from o2d.local.postgres import Postgres
from o2d.local.use import USERS, alone
from o2d.trouble import CannotStart

ANSWER = "answer.json"
# A run of tests opens many databases at a time.
TEST_SETTINGS = {"max_connections": "300"}

Stop = Callable[[], Awaitable[None]]


async def start_postgres(home: Home) -> tuple[str, Stop]:
    """A fresh server; gives its address and how to end it."""
    server = Postgres(home, settings=TEST_SETTINGS)
    await server.prepare()
    await server.start()
    return server.url, server.stop


async def start_kafka(home: Home) -> tuple[str, Stop]:
    """A fresh broker; gives its address and how to end it."""
    (broker,) = kafka.members(home)
    await broker.prepare()
    await broker.start()
    return broker.node.address, broker.stop


STARTS = {"postgres": start_postgres, "kafka": start_kafka}


async def keep(what: str, folder: Path) -> None:
    """Start the server, write its address (or the reason for its absence) and end it after its last user."""
    asked_to_end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_end.set)
    remove_former(folder)
    home = Home(folder / f"run-{os.getpid()}")
    try:
        home.prepare()
        address, stop = await STARTS[what](home)
    except CannotStart as reason:
        write_private(folder / ANSWER, json.dumps({"reason": str(reason)}))
        return
    write_private(folder / ANSWER, json.dumps({"address": address, "pid": os.getpid()}))
    with (folder / USERS).open("a") as users:
        ends = {asyncio.create_task(alone(users)), asyncio.create_task(asked_to_end.wait())}
        _, waiting = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        (folder / ANSWER).unlink(missing_ok=True)
        await stop()
        remove(home)


def remove_former(folder: Path) -> None:
    """Remove what keepers that were killed have left."""
    for former in folder.glob("run-*"):
        if not psutil.pid_exists(int(former.name.removeprefix("run-"))):
            remove(Home(former))


def remove(home: Home) -> None:
    """Remove a home and its database, wherever that lies."""
    if account := accounts.unprivileged():
        shutil.rmtree(accounts.database_folder(home, account), ignore_errors=True)
    shutil.rmtree(home.path, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(keep(sys.argv[1], Path(sys.argv[2])))
