"""The folder of one local installation: its secrets, its ports, its lock and where everything lies in it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from o2d.trouble import LARGER_DISK, CannotStart, of_file

FREE_MB_MIN = 300
WORKSPACE = "o2d-workspace"


def home_folder() -> Path:
    """`O2D_HOME`, else `.o2d` in the clone around the working folder or this package, else in the working folder."""
    if given := os.environ.get("O2D_HOME"):
        return Path(given).expanduser().absolute()
    return (clone_folder() or Path.cwd()) / ".o2d"


def clone_folder() -> Path | None:
    """The clone around the working folder or this package, None where there is none."""
    for start in (Path.cwd(), Path(__file__).resolve()):
        for folder in (start, *start.parents):
            if _is_clone(folder):
                return folder
    return None


def _is_clone(folder: Path) -> bool:
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text())
    except OSError:
        return False
    return bool(project.get("project", {}).get("name") == WORKSPACE)


def write_private(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace a file at once, so that a reader never sees half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """A file of ours, or nothing when it is not there. Raises CannotStart when it is no JSON object."""
    try:
        found = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except PermissionError as refused:
        raise of_file(refused, path) from refused
    except ValueError as broken:
        raise CannotStart(
            f"{path} is damaged: {broken}.", "Restore it, or move it away to begin anew."
        ) from broken
    return dict(found)


def demand_space(folder: Path) -> None:
    """Raises CannotStart when too little is free for what an installation keeps in `folder`."""
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    if free_mb < (needed_mb := int(os.environ.get("O2D_FREE_MB_MIN", FREE_MB_MIN))):
        raise CannotStart(
            f"Only {free_mb} MB are free for {folder}, and {needed_mb} MB are needed.", LARGER_DISK
        )


class Home:
    """The paths and small stores of one installation. Raises CannotStart where its folder cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.logs = path / "logs"
        self.jwks = path / "jwks.json"
        self.issuer_key = path / "issuer.json"
        self.state = path / "state.json"
        self._secrets = path / "secrets.json"
        self._ports = path / "ports.json"

    @property
    def hash(self) -> str:
        """A short name of this folder, for what must lie elsewhere."""
        return hashlib.sha256(str(self.path.resolve()).encode()).hexdigest()[:10]

    def prepare(self) -> None:
        """Make the folders, closed to others. Raises CannotStart when they cannot be made or the disk is full."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.logs.mkdir(exist_ok=True)
            write_private(self.path / ".gitignore", "*\n", mode=0o644)
            demand_space(self.path)
        except OSError as error:
            raise of_file(error, self.path) from error

    @property
    def id(self) -> str:
        """What tells this installation from an earlier one at the same path."""
        return self.secret("id")

    def secret(self, name: str) -> str:
        """The secret of that name, made at random when it is asked for first; 32 characters."""
        known = read_json(self._secrets)
        if name not in known:
            known[name] = secrets.token_urlsafe(24)
            write_private(self._secrets, json.dumps(known, indent=1))
        return str(known[name])

    def ports(self) -> dict[str, int]:
        """The ports of the last start by name."""
        return {name: int(port) for name, port in read_json(self._ports).items()}

    def remember_ports(self, **ports: int) -> None:
        """Keep ports for the next start."""
        write_private(self._ports, json.dumps({**self.ports(), **ports}, indent=1))

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold this home; the system lets go however we end. Raises CannotStart when another process holds it."""
        with (self.path / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise CannotStart(
                    f"o2d already runs in {self.path} (process {file.read().strip() or 'unknown'}).",
                    "`o2d status` shows it, `o2d down` ends it; another O2D_HOME runs beside it.",
                ) from None
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
            yield

    def running(self) -> int | None:
        """The process that holds this home, or None. Raises CannotStart when the folder may not be read."""
        try:
            with (self.path / "lock").open("r+") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return int(file.read().strip() or 0)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise of_file(error, self.path) from error
        return None
