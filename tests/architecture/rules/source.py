"""The committed tree as values: which files there are, what each says, which room of which house it is."""

from __future__ import annotations

import ast
import io
import os
import subprocess
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

NOT_OURS = frozenset(
    {".git", ".venv", ".tools", ".o2d", "dist", "build", "out", "node_modules", "__pycache__"}
)
CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache")
TEXT_SUFFIXES = frozenset(
    {
        ".py", ".pyi", ".md", ".toml", ".cfg", ".ini", ".txt", ".yaml", ".yml", ".json", ".jsonl", ".csv",
        ".html", ".css", ".js", ".svg", ".sh", ".sql", ".lock", ".j2", ".xml"
    }
)  # fmt: skip
TEXT_NAMES = frozenset({"Makefile", "Dockerfile", "run", ".gitignore", ".dockerignore", ".importlinter"})


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One breach: file (relative, posix), line (1-based, 0 = the file as a whole) and what mends it."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Source:
    """One text file; `path` is relative to the root of the tree, with forward slashes."""

    path: str
    text: str

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The folders and the file name."""
        return PurePosixPath(self.path).parts

    @property
    def is_python(self) -> bool:
        """Whether it is a Python module."""
        return self.path.endswith(".py")

    @property
    def is_vendored(self) -> bool:
        """Whether the file was written by others and is carried along unchanged."""
        return "vendor" in self.parts or ".min." in self.path

    @property
    def is_test(self) -> bool:
        """Whether it lies in a tests folder (or is a conftest): not shipped."""
        return "tests" in self.parts or self.parts[-1] == "conftest.py"

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree. Raises SyntaxError for what is no Python."""
        return ast.parse(self.text, filename=self.path)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the syntax tree, found once for all rules."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def comments(self) -> tuple[tuple[int, str], ...]:
        """Every comment of a module as (line, text)."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return tuple((one.start[0], one.string) for one in tokens if one.type == tokenize.COMMENT)

    @cached_property
    def module(self) -> tuple[str, ...]:
        """The import path below `src` (`orders.store.lines` as a tuple), () outside of a wheel."""
        if "src" not in self.parts or not self.is_python:
            return ()
        inside = self.parts[self.parts.index("src") + 1 :]
        names = (*inside[:-1], inside[-1].removesuffix(".py"))
        return names[:-1] if names[-1] == "__init__" else names

    @property
    def house(self) -> str:
        """The service a file belongs to (`orders`), '' outside the wheels of the services."""
        return self.module[0] if self.parts[0] == "services" and self.module else ""

    @property
    def room(self) -> str:
        """The room of the house (`domain`, `api`, ...), '' outside of one or for the package itself."""
        return self.module[1] if self.house and len(self.module) > 1 else ""


@dataclass(frozen=True)
class SourceTree:
    """All text files of a project, in a stable order."""

    sources: tuple[Source, ...] = field(default_factory=tuple)

    @cached_property
    def python(self) -> tuple[Source, ...]:
        """The Python modules that we wrote."""
        return tuple(source for source in self.sources if source.is_python and not source.is_vendored)

    def of_package(self, *names: str) -> Iterator[Source]:
        """The modules of the given import packages, for instance `backbone`."""
        return (source for source in self.python if source.module[:1] and source.module[0] in names)

    def in_rooms(self, *rooms: str) -> Iterator[Source]:
        """The modules that lie in the given rooms of any service."""
        return (source for source in self.python if source.room in rooms)

    @property
    def tests(self) -> Iterator[Source]:
        """The Python files of all tests folders."""
        return (source for source in self.python if source.is_test)


def read_tree(root: Path) -> SourceTree:
    """Read the text files below `root`: what git would commit, or, without a repository, all but caches."""
    paths = _committed(root) if (root / ".git").exists() else _walked(root)
    kept = (path for path in sorted(paths) if path.suffix in TEXT_SUFFIXES or path.name in TEXT_NAMES)
    return SourceTree(
        tuple(
            Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
            for path in kept
            if path.name != "uv.lock"
        )
    )


def _committed(root: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [root / name for name in listed.split("\0") if name and (root / name).is_file()]


def _walked(root: Path) -> list[Path]:
    found: list[Path] = []
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name not in NOT_OURS and name not in CACHES]
        found += [Path(folder, name) for name in files]
    return found
