"""Which paths of which service the command line asks for, as its modules say: looked at, or acted on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.routing import APIRoute

PATH: Final = "/v1/"
PLACE: Final = re.compile(r"\{[^}]*\}")
READS: Final = frozenset({"GET", "HEAD"})
SERVICES: Final = ("orders", "materials", "production", "service-desk", "vendors")
WRITES: Final = frozenset({"post", "put", "send", "work", "act_on"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Operations:
    """Paths by the names of operations; what stands in their places does not matter."""

    acts: dict[str, str]
    views: dict[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Paths that are asked for, and those of them that are acted on."""

    paths: set[str]
    acts: set[str]


def operations(routers: tuple[APIRouter, ...]) -> Operations:
    """What a service's routers take; a stream tells only what a view shows."""
    acts: dict[str, str] = {}
    views: dict[str, str] = {}
    for route in (each for router in routers for each in router.routes if isinstance(each, APIRoute)):
        kind = views if READS & (route.methods or READS) else acts
        kind[route.name] = PLACE.sub("{}", route.path)
    return Operations(acts, views)


def asked(folder: Path, service: str) -> Asked:
    """What the modules of a folder ask a service for; one that names no service asks whichever it is told."""
    found = Asked(set(), set())
    for module in _modules(folder):
        if not module.services or service in module.services:
            found.paths.update(module.paths)
            found.acts.update(module.acts)
    return found


@cache
def _modules(folder: Path) -> list[_Module]:
    files = [*folder.glob("*.py"), *folder.glob("commands/*.py")]
    texts = (file.read_text() for file in files)
    return [_Module(ast.parse(text)) for text in texts if PATH in text]


def _services(tree: ast.AST) -> set[str]:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {each for each in SERVICES if each in said or each.upper().replace("-", "_") in names}


class _Module:
    """The paths of a module, by its functions: one that writes, or hands on to one that does, acts on its own."""

    def __init__(self, tree: ast.Module) -> None:
        self.services = _services(tree)
        self._constants = dict(self._assigned(tree))
        functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
        writing = {each.name for each in functions if WRITES & set(_called(each))}
        while more := {each.name for each in functions if writing & set(_called(each))} - writing:
            writing |= more
        said = [(each.name in writing, set(self._said(each))) for each in functions]
        self.paths = {path for _, paths in said for path in paths}
        self.acts = {path for writes, paths in said if writes for path in paths}

    def _assigned(self, tree: ast.Module) -> Iterator[tuple[str, str]]:
        for node in tree.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                value = node.value
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield node.target.id, value.value

    def _said(self, function: Function) -> Iterator[str]:
        inside = {
            part for node in ast.walk(function) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)
        }
        inside -= {node for node in inside if isinstance(node, ast.JoinedStr)}
        for node in ast.walk(function):
            if node in inside:
                continue
            path = self._path(node)
            if path.startswith(PATH):
                yield PLACE.sub("{}", path)

    def _path(self, node: ast.AST) -> str:
        if isinstance(node, ast.JoinedStr):
            return "".join(self._part(part) for part in node.values)
        if isinstance(node, ast.Name):
            return self._constants.get(node.id, "")
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""

    def _part(self, part: ast.expr) -> str:
        inner = part.value if isinstance(part, ast.FormattedValue) else part
        return self._path(inner) or "{}"


def _called(function: Function) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node.func.id
