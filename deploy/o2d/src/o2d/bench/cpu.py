"""CPU time of everything that a start of ours runs: each service, the broker, the database."""

from __future__ import annotations

import psutil

from o2d.local import forkserver


def cpu_seconds(holder: int) -> dict[str, float]:
    """Seconds of CPU so far by name, of the processes below `holder` and of this one (`people`)."""
    spent: dict[str, float] = {"people": _of(psutil.Process())}
    for process in psutil.Process(holder).children(recursive=True):
        try:
            name = _name(process)
            spent[name] = spent.get(name, 0.0) + _of(process)
        except psutil.NoSuchProcess:
            # A backend that ended meanwhile: its time is among that of its parent's children.
            continue
    return spent


def database_seconds(holder: int) -> float:
    """Seconds of CPU so far of the database whose first process is `holder`, with what has ended below it."""
    first = psutil.Process(holder)
    return _of(first) + sum(_lone(each) for each in first.children())


def _lone(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        # It has ended meanwhile: from now on its time is among that of its parent's children.
        return 0.0
    return float(times.user + times.system)


def _of(process: psutil.Process) -> float:
    times = process.cpu_times()
    own = times.user + times.system
    # The database's children come and go; those that went are counted at the postmaster.
    return float(own + times.children_user + times.children_system if _is_postgres(process) else own)


def _is_postgres(process: psutil.Process) -> bool:
    return str(process.name()).startswith("postgres")


def _name(process: psutil.Process) -> str:
    if _is_postgres(process):
        return "postgres"
    words = process.cmdline()
    if "-m" in words:
        module = words[words.index("-m") + 1]
        # What was forked has the words of its server, and a name of its own.
        return str(process.name() if module == forkserver.__name__ else module).replace("_", "-")
    return "kafka" if words and str(words[0]).endswith("java") else str(process.name())
