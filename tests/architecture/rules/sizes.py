"""How long a file and a function may be, and how a module and a public name introduce themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.rules.source import Source, SourceTree, Violation

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40
SIZED_SUFFIXES = (".py", ".js", ".sh")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(source: Source) -> Iterator[Function]:
    """Every function and method of a module, inner ones too."""
    return (node for node in source.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def file_lines(tree: SourceTree) -> list[Violation]:
    """A file has at most 300 lines."""
    return [
        Violation(
            source.path,
            0,
            f"{count} lines, {FILE_LINES_MAX} is the limit: let the module grow into a folder "
            "of the same name, one file a noun",
        )
        for source in tree.sources
        if source.path.endswith(SIZED_SUFFIXES) and not source.is_vendored
        if (count := len(source.text.splitlines())) > FILE_LINES_MAX
    ]


def function_lines(tree: SourceTree) -> list[Violation]:
    """A function has at most 40 lines."""
    return [
        Violation(
            source.path,
            node.lineno,
            f"{node.name} has {count} lines, {FUNCTION_LINES_MAX} is the limit: name its steps and move each "
            "into a function of its own",
        )
        for source in tree.python
        for node in functions(source)
        if (count := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]


def module_docstring(tree: SourceTree) -> list[Violation]:
    """A module opens with one line that says what lives there."""
    return [
        Violation(source.path, 1, "open with a docstring of one line that says what lives here")
        for source in tree.python
        if source.text.strip() and not _opens_with_a_line(source)
    ]


def _opens_with_a_line(source: Source) -> bool:
    text = ast.get_docstring(source.tree, clean=False) or ""
    first, _, rest = text.partition("\n")
    return bool(first.strip()) and (not rest.strip() or not rest.partition("\n")[0].strip())


def public_docstrings(tree: SourceTree) -> list[Violation]:
    """Every public class, function and method of backbone and contracts says what it is."""
    return [
        Violation(
            source.path,
            node.lineno,
            f"{node.name} is public and has no docstring: shapes, units, errors raised",
        )
        for source in tree.of_package("backbone", "contracts")
        for node in _public(source.tree)
        if not ast.get_docstring(node)
    ]


def _public(scope: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    for node in scope.body:
        if not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ) or node.name.startswith("_"):
            continue
        if not any("overload" in ast.unparse(one) for one in node.decorator_list):
            yield node
        # What a Protocol asks for is said once, by the Protocol.
        if isinstance(node, ast.ClassDef) and not any("Protocol" in ast.unparse(one) for one in node.bases):
            yield from _public(node)
