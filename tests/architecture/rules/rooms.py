"""Who may import what: the rooms table of ARCHITECTURE.md as an allow-list, and the rules that read it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from tests.architecture.rules.source import Source, SourceTree, Violation

HOUSES = ("orders", "materials", "production", "vendors", "service_desk")
OURS = frozenset({*HOUSES, "contracts", "backbone", "control_tower", "simulator", "o2d"})

# room -> (own rooms, modules of the backbone, contracts?, libraries). What is not named is refused.
ROOMS: dict[str, tuple[frozenset[str], frozenset[str], bool, frozenset[str]]] = {
    "domain": (frozenset(), frozenset({"errors"}), True, frozenset()),
    "commands": (frozenset({"domain"}), frozenset(), True, frozenset()),
    "tables": (frozenset(), frozenset(), False, frozenset({"sqlalchemy"})),
    "store": (
        frozenset({"tables", "domain"}),
        frozenset({"service", "errors", "documents", "rows"}),
        True,
        frozenset({"sqlalchemy"}),
    ),
    "handlers": (
        frozenset({"store", "commands", "domain"}),
        frozenset({"service", "errors", "clock", "links", "operations"}),
        True,
        frozenset(),
    ),
    "queries": (
        frozenset({"tables", "domain"}),
        frozenset({"cursors", "errors", "documents"}),
        True,
        frozenset({"sqlalchemy"}),
    ),
    "gateways": (frozenset(), frozenset({"client"}), True, frozenset()),
    "api": (
        frozenset({"handlers", "queries", "commands", "domain"}),
        frozenset({"web", "auth", "service", "links", "imports", "operations"}),
        True,
        frozenset({"fastapi"}),
    ),
    "pages": (
        frozenset({"handlers", "queries", "commands", "domain"}),
        frozenset({"web", "service", "errors"}),
        True,
        frozenset({"fastapi"}),
    ),
    "subscriptions": (
        frozenset({"handlers", "commands", "domain"}),
        frozenset({"service"}),
        True,
        frozenset(),
    ),
    "jobs": (
        frozenset({"handlers", "commands", "domain", "queries", "gateways"}),
        frozenset({"service", "clock", "links", "operations"}),
        True,
        frozenset(),
    ),
    "settings": (frozenset(), frozenset(), False, frozenset({"pydantic", "pydantic_settings"})),
    "migrations": (
        frozenset({"tables"}),
        frozenset({"migrate"}),
        False,
        frozenset({"alembic", "sqlalchemy"}),
    ),
}
# Planning is arrays by nature: these modules of materials' domain may use numpy.
NUMPY_HOUSE, NUMPY_MODULES = "materials", {"planning", "capacity"}
# Reaching the world, the clock or chance: arguments of a rule, never its own doing.
IMPURE_STDLIB = frozenset(
    {
        "asyncio", "concurrent", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random",
        "secrets", "selectors", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "sys",
        "tempfile",
        "threading", "time", "urllib"
    }
)  # fmt: skip


def imports(source: Source) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every import of a module as (line, dotted name as a tuple); relative ones are made absolute."""
    package = source.module if source.path.endswith("__init__.py") else source.module[:-1]
    for node in source.nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, tuple(alias.name.split("."))) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            origin = (*above, *(node.module.split(".") if node.module else ()))
            yield from ((node.lineno, (*origin, alias.name)) for alias in node.names)


def rooms(tree: SourceTree) -> list[Violation]:
    """A line imports only what its room may touch."""
    return [
        Violation(source.path, line, refusal)
        for source in tree.python
        if source.room in ROOMS
        for line, name in imports(source)
        if (refusal := _refused(source, name))
    ]


def _refused(source: Source, name: tuple[str, ...]) -> str:
    own, machinery, may_use_contracts, libraries = ROOMS[source.room]
    top, inner = name[0], name[1] if len(name) > 1 else ""
    if top in sys.stdlib_module_names or top == "__future__":
        if source.room == "domain" and top in IMPURE_STDLIB:
            return f"domain may not import {top}: rules are pure, hand the value in"
        return ""
    if top == source.house:
        allowed = inner in own or inner == source.room
    elif top == "backbone":
        allowed = inner in machinery
    elif top == "contracts":
        allowed = may_use_contracts
    else:
        allowed = top in libraries or _plans(source, top)
    return "" if allowed else f"{source.room} may not import {'.'.join(name[:2])}: see the rooms table"


def _plans(source: Source, library: str) -> bool:
    return (
        library == "numpy"
        and source.house == NUMPY_HOUSE
        and source.room == "domain"
        and not NUMPY_MODULES.isdisjoint(source.module[2:3])
    )


def entrance(tree: SourceTree) -> list[Violation]:
    """`__main__` builds the service from its own house and the backbone; it uses no library itself."""
    return [
        Violation(
            source.path, line, f"__main__ may not import {name[0]}: it only puts its own house together"
        )
        for source in tree.python
        if source.room == "__main__"
        for line, name in imports(source)
        if name[0] not in sys.stdlib_module_names and name[0] not in (source.house, "backbone", "contracts")
    ]


def stray(tree: SourceTree) -> list[Violation]:
    """A house has no rooms but the named ones."""
    return [
        Violation(source.path, 0, f"{source.room} is no room: put its lines into {', '.join(sorted(ROOMS))}")
        for source in tree.python
        if source.house and source.room and source.room not in ROOMS and source.room != "__main__"
    ]


def meaning(tree: SourceTree) -> list[Violation]:
    """`contracts` imports the standard library only."""
    return [
        Violation(
            source.path, line, f"contracts may not import {name[0]}: facts are plain values of the stdlib"
        )
        for source in tree.of_package("contracts")
        for line, name in imports(source)
        if name[0] not in sys.stdlib_module_names and name[0] != "contracts"
    ]


def mechanism(tree: SourceTree) -> list[Violation]:
    """`backbone` imports neither contracts nor any service."""
    return [
        Violation(
            source.path, line, f"backbone may not import {name[0]}: the mechanism knows no business word"
        )
        for source in tree.of_package("backbone")
        for line, name in imports(source)
        if name[0] in OURS - {"backbone"}
    ]


def empty_packages(tree: SourceTree) -> list[Violation]:
    """`backbone/__init__.py` is empty, so importing its errors loads no driver."""
    return [
        Violation(
            source.path, 1, "an empty __init__ keeps the domain free of drivers: move this into a module"
        )
        for source in tree.python
        if source.path.endswith("__init__.py")
        and (source.module == ("backbone",) or (source.house and len(source.module) == 1))
        and _code(source)
    ]


def _code(source: Source) -> list[ast.stmt]:
    return [
        node
        for node in source.tree.body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]


def doors_only(tree: SourceTree) -> list[Violation]:
    """Only the backbone begins, commits and rolls back."""
    return [
        Violation(
            source.path,
            node.lineno,
            f".{node.func.attr}() outside the backbone: do, hear and read open and end",
        )
        for source in tree.python
        if source.house
        for node in source.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"commit", "rollback", "begin", "begin_nested"}
    ]


CLOCKS = frozenset(
    {
        "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic",
        "time.time_ns", "uuid.uuid4", "uuid.uuid1", "random.random", "random.choice", "random.randint",
        "secrets.token_hex", "os.urandom"
    }
)  # fmt: skip


def values_come_in(tree: SourceTree) -> list[Violation]:
    """Time, ids and chance come in as values: no room but the doors asks the machine for them."""
    pure = tree.in_rooms("domain", "commands", "handlers", "store", "queries", "tables")
    return [
        Violation(
            source.path,
            node.lineno,
            f"{called}() here: time, ids and chance come in as values (tx.now, new_id)",
        )
        for source in pure
        for node in source.nodes
        if isinstance(node, ast.Call) and (called := _last_two(node.func)) in CLOCKS
    ]


def _last_two(node: ast.expr) -> str:
    return ".".join(ast.unparse(node).split(".")[-2:]) if isinstance(node, ast.Attribute) else ""
