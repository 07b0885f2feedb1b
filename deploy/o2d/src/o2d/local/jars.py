"""The broker's jars: resolved once by their Maven coordinates into the user's cache."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from o2d.trouble import CannotStart

# The one place where the broker's version is pinned. The log binding carries its own: the resolver would take a beta.
KAFKA = "4.3.0"
LOG4J = "2.25.3"
# `!`: its own list of versions must not govern the broker's libraries.
COORDINATES = f"org.apache.kafka:kafka_2.13:{KAFKA}+org.apache.logging.log4j:log4j-slf4j-impl:{LOG4J}!"
# The resolver sorts jars with a module descriptor apart; a class path needs both kinds.
FOLDERS = ("jars", "modules")


def cache_folder() -> Path:
    """`O2D_CACHE`, else `o2d` in the user's cache folder, else in the system's temp folder."""
    if given := os.environ.get("O2D_CACHE"):
        return Path(given).expanduser().absolute()
    places = [Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "o2d"]
    places.append(Path(tempfile.gettempdir()) / f"o2d-cache-{os.getuid()}")
    for place in places:
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(place, os.W_OK) and place.stat().st_uid == os.getuid():
            return place
    raise CannotStart(f"{places[0]} cannot be written.", "Set O2D_CACHE to a folder of yours.")


def _folder(cache: Path) -> Path:
    return cache / f"kafka-{KAFKA}-log4j-{LOG4J}"


def are_cached(cache: Path) -> bool:
    """Whether a start needs no network for them."""
    return (_folder(cache) / "complete").exists()


def class_path(cache: Path) -> str:
    """The class path of the broker; downloads it when it is not in the cache. Raises CannotStart when that fails."""
    folder = _folder(cache)
    complete = folder / "complete"
    if not complete.exists():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # two first starts at a time: one downloads, one waits
                if not complete.exists():
                    complete.write_text(str(_resolve(folder).relative_to(folder)))
        except OSError as error:
            raise CannotStart(
                f"The broker's jars cannot be kept in {folder}: {error.strerror}.",
                "Set O2D_CACHE to a folder of yours with 100 MB free.",
            ) from error
    environment = folder / complete.read_text()
    if not any((environment / part).is_dir() for part in FOLDERS):
        complete.unlink()
        return class_path(cache)
    return os.pathsep.join(str(environment / part / "*") for part in FOLDERS)


def _resolve(folder: Path) -> Path:
    """Let Maven resolve where there is one, else (or when it fails) the library's own resolver."""
    from jgo.maven import MvnResolver

    logging.getLogger("jgo").setLevel(logging.ERROR)  # it warns of tools that only its other commands need

    _keep_repository_writable(folder)
    reasons = []
    maven = shutil.which("mvn")
    for resolver in ([MvnResolver(Path(maven))] if maven else []) + [None]:
        try:
            return _build(folder, resolver)
        except (RuntimeError, ValueError, OSError, AssertionError) as error:
            reasons.append(str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__)
    raise CannotStart(
        f"The broker's jars ({COORDINATES}) could not be fetched: {'; '.join(reasons)}.",
        "Look at the network and its proxy settings, or name a broker in O2D_KAFKA_BOOTSTRAP.",
    )


def _build(folder: Path, resolver: Any) -> Path:
    import jgo

    return Path(jgo.build(COORDINATES, cache_dir=folder, resolver=resolver).path)


def _keep_repository_writable(folder: Path) -> None:
    """The library keeps what it downloads in ~/.m2; without a home folder it is kept beside the jars."""
    if not os.access(Path("~").expanduser(), os.W_OK):
        os.environ.setdefault("M2_REPO", str(folder / "repository"))
