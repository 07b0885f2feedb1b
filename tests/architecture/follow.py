"""Follows one HTTP write from its route to its tables, as a reader does: which files must be opened, and why.

Purely by syntax: names are resolved through imports, module constants are read, methods are found by name in the
classes met on the way. `python -m tests.architecture.follow` prints the list; `--write` puts it into the page.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "ARCHITECTURE.md"
ROUTE = ("orders", "POST", "/v1/needs")
FILES_MAX = 7
# Read once in a lifetime: the same for every write of every service.
VOCABULARY = ("backbone", "contracts.quantity", "contracts.values", "contracts.shapes", "contracts.topics")
TABLE_IN_SQL = re.compile(r"\b(?:INTO|UPDATE|FROM|JOIN)\s+([a-z_]+)")
BEGIN, END = "<!-- one write: begin (generated) -->", "<!-- one write: end -->"

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


@dataclass(frozen=True)
class Module:
    """One module: where it lies, what it defines and what its imported names mean."""

    name: str
    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.path.read_text(encoding="utf-8"))

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """Top-level functions, classes and constants by name."""
        found: dict[str, Definition] = {}
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found[node.name] = node
            elif isinstance(node, ast.Assign):
                found |= {name.id: node for name in node.targets if isinstance(name, ast.Name)}
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found[node.target.id] = node
        return found

    @cached_property
    def imported(self) -> dict[str, str]:
        """Local name -> dotted name, of every import in the module."""
        package = self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]
        found: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.asname or alias.name: alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
                origin = ".".join([*above, *([node.module] if node.module else [])])
                found |= {alias.asname or alias.name: f"{origin}.{alias.name}" for alias in node.names}
        return found


@dataclass
class Road:
    """The files of one write in the order they are first opened, each with the names read there."""

    opened: dict[str, list[str]] = field(default_factory=dict)
    once: set[str] = field(default_factory=set)


class Follower:
    """Walks from a definition to all that it names, inside one service and the contracts."""

    def __init__(self, root: Path, package: str) -> None:
        self._root = root
        self._package = package
        self._modules: dict[str, Module | None] = {}
        self._classes: dict[tuple[str, str], ast.ClassDef] = {}
        self._seen: set[tuple[str, int]] = set()
        self._loose: set[str] = set()
        self.road = Road()

    def module(self, name: str) -> Module | None:
        """The module of a dotted name, None when it is none of ours."""
        if name not in self._modules:
            inside = Path(*name.split("."))
            files = [
                file
                for source in (*sorted(self._root.glob("services/*/src")), self._root / "shared" / "src")
                for file in (source / inside.with_suffix(".py"), source / inside / "__init__.py")
                if file.is_file()
            ]
            self._modules[name] = Module(name, files[0]) if files else None
        return self._modules[name]

    def follow(self, method: str, path: str) -> Road:
        """Open everything the route leads to. Raises LookupError when there is no such route."""
        module, route = self._route(method, path)
        self._open(module, route, route.name)
        while self._methods():
            pass
        return self.road

    def _route(self, method: str, path: str) -> tuple[Module, ast.FunctionDef | ast.AsyncFunctionDef]:
        for file in sorted(self._root.glob(f"services/*/src/{self._package}/**/*.py")):
            parts = file.with_suffix("").parts
            name = ".".join(parts[len(parts) - parts[::-1].index("src") :])
            module = Module(name, file)
            for node in ast.walk(module.tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _serves(node, method, path):
                    return module, node
        raise LookupError(f"no route {method} {path} in {self._package}")

    def _open(self, module: Module, node: ast.AST, name: str) -> None:
        if (module.name, node.lineno if hasattr(node, "lineno") else 0) in self._seen:
            return
        self._seen.add((module.name, getattr(node, "lineno", 0)))
        if any(module.name == word or module.name.startswith(f"{word}.") for word in VOCABULARY):
            self.road.once.add(module.name)
            return
        file = module.path.relative_to(self._root).as_posix()
        if not name.startswith("_"):
            self.road.opened.setdefault(file, []).append(name)
        if isinstance(node, ast.ClassDef):
            self._classes[module.name, node.name] = node
        else:
            self._read(module, node)

    def _read(self, module: Module, node: ast.AST) -> None:
        for dotted in _names(node):
            self._resolve(module, dotted)
        tables = self.module(f"{self._package}.tables")
        for name in _tables_in_sql(node) if tables else ():
            if tables and (definition := tables.definitions.get(name)):
                self._open(tables, definition, name)

    def _resolve(self, module: Module, dotted: str) -> None:
        head, _, rest = dotted.partition(".")
        if definition := module.definitions.get(head):
            self._open(module, definition, head)
            self._enter(module, definition, rest)
        elif head in module.imported:
            self._import(f"{module.imported[head]}.{rest}" if rest else module.imported[head])
        elif rest:
            self._loose.add(rest.partition(".")[0])
        if rest:
            self._loose.add(dotted.rpartition(".")[2])

    def _import(self, dotted: str) -> None:
        """Open what a full dotted name stands for: the longest prefix is a module, the next part its definition."""
        parts = dotted.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            if module := self.module(".".join(parts[:cut])):
                if module.name.split(".")[0] in (self._package, "contracts", "backbone"):
                    self._resolve(module, ".".join(parts[cut:]))
                return

    def _enter(self, module: Module, definition: Definition, attribute: str) -> None:
        if isinstance(definition, ast.ClassDef) and attribute:
            for node in definition.body:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == attribute:
                    self._open(module, node, f"{definition.name}.{attribute}")

    def _methods(self) -> bool:
        """Open the methods that were called on some value, in the classes met so far; False when none was new."""
        before = len(self._seen)
        for (name, _), definition in list(self._classes.items()):
            if module := self.module(name):
                for called in sorted(self._loose):
                    self._enter(module, definition, called)
        return len(self._seen) > before


def _serves(node: ast.FunctionDef | ast.AsyncFunctionDef, method: str, path: str) -> bool:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute) and decorator.args:
            given = decorator.args[0]
            if decorator.func.attr == method.lower() and isinstance(given, ast.Constant):
                return path == given.value or (len(str(given.value)) > 1 and path.endswith(str(given.value)))
    return False


def _names(node: ast.AST) -> Iterator[str]:
    """Every name and dotted name a piece of code mentions, the longest form of each."""
    inner: set[int] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and id(one) not in inner:
            inner.update(
                id(part) for part in ast.walk(one.value) if isinstance(part, ast.Attribute | ast.Name)
            )
            text = ast.unparse(one)
            yield text if re.fullmatch(r"[\w.]+", text) else f"().{one.attr}"
            yield from (part.id for part in ast.walk(one.value) if isinstance(part, ast.Name))
        elif isinstance(one, ast.Name) and id(one) not in inner:
            yield one.id


def _tables_in_sql(node: ast.AST) -> list[str]:
    """The tables that statements written as text name."""
    texts = [
        one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    return [name for text in texts for name in TABLE_IN_SQL.findall(text)]


def page(road: Road) -> str:
    """The generated lines of docs/ARCHITECTURE.md."""
    lines = [BEGIN, f"Files opened to follow `{ROUTE[1]} {ROUTE[2]}` to its tables:", ""]
    for number, (file, names) in enumerate(road.opened.items(), start=1):
        lines.append(f"{number}. `{file}`: {', '.join(f'`{name}`' for name in dict.fromkeys(names))}")
    lines += ["", f"Once in a lifetime: {', '.join(f'`{name}`' for name in sorted(road.once))}.", END]
    return "\n".join(lines)


def spliced(text: str, generated: str) -> str:
    """A page with its generated part replaced. Raises LookupError for a page without the two markers."""
    if BEGIN not in text or END not in text:
        raise LookupError(f"{PAGE.name} has no place between '{BEGIN}' and '{END}'")
    return text[: text.index(BEGIN)] + generated + text[text.index(END) + len(END) :]


def main() -> None:
    """Print the road of the one write, or put it into the page."""
    generated = page(Follower(ROOT, ROUTE[0]).follow(*ROUTE[1:]))
    if "--write" in sys.argv:
        PAGE.write_text(spliced(PAGE.read_text(encoding="utf-8"), generated), encoding="utf-8")
    else:
        print(generated)


if __name__ == "__main__":
    main()
