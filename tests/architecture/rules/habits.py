"""What no line may do: sleep in tests, swallow exceptions, skip, leave work undone, test nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.rules.sizes import Function, functions
from tests.architecture.rules.source import Source, SourceTree, Violation

# Written in halves, so that this file does not report itself.
UNDONE = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
UNDONE_WORD = re.compile(r"\b(?:stu" r"bs?|stu" r"bbed|place" r"holder implementation)\b", re.IGNORECASE)
PROOFS = ("assert", "expect", "prove", "must", "refuse", "validate", "call_and_validate", "check", "verify")
STAND_INS = ("unittest.mock", "mock", "sqlite3", "aiosqlite", "respx", "fakeredis")
SKIPS = frozenset(
    {"skip", "skipif", "skipIf", "skipUnless", "xfail", "importorskip", "expectedFailure", "SkipTest"}
)


def sleeps(tree: SourceTree) -> list[Violation]:
    """A test waits for a condition, never for time to pass."""
    return [
        Violation(source.path, call.lineno, "sleep in a test: wait for the condition itself, with a limit")
        for source in tree.tests
        for call in source.nodes
        if isinstance(call, ast.Call) and _is_sleep(source, call) and not _is_zero(call)
    ]


def _is_sleep(source: Source, call: ast.Call) -> bool:
    called = ast.unparse(call.func)
    if called in {"asyncio.sleep", "time.sleep", "anyio.sleep", "trio.sleep"}:
        return True
    return called == "sleep" and any(
        isinstance(node, ast.ImportFrom) and any(alias.name == "sleep" for alias in node.names)
        for node in source.nodes
    )


def _is_zero(call: ast.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0


def swallowed(tree: SourceTree) -> list[Violation]:
    """No exception is swallowed."""
    mend = "an exception is swallowed: suppress the one that may come and say why, or let it rise"
    found = []
    for source in tree.python:
        for node in source.nodes:
            if isinstance(node, ast.ExceptHandler) and all(_does_nothing(one) for one in node.body):
                found.append(Violation(source.path, node.lineno, mend))
            if isinstance(node, ast.Call) and _suppresses_all(node):
                found.append(Violation(source.path, node.lineno, mend))
    return found


def _suppresses_all(call: ast.Call) -> bool:
    named = {ast.unparse(argument) for argument in call.args}
    return ast.unparse(call.func).endswith("suppress") and bool({"Exception", "BaseException"} & named)


def _does_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is ...
    )


def skips(tree: SourceTree) -> list[Violation]:
    """No test is skipped or expected to fail."""
    return [
        Violation(source.path, node.lineno, f"{node.attr}: a test runs and passes, or it is not there")
        for source in tree.tests
        for node in source.nodes
        if isinstance(node, ast.Attribute)
        and node.attr in SKIPS
        and re.search(r"\b(pytest|unittest|mark)\b", ast.unparse(node.value))
    ]


def assertions(tree: SourceTree) -> list[Violation]:
    """Every test states what it proves."""
    return [
        Violation(source.path, node.lineno, f"{node.name} asserts nothing: state what it proves")
        for source in tree.tests
        if source.parts[-1].startswith("test_")
        for node in _collected(source)
        if not any(_proves(one) for one in ast.walk(node))
    ]


def _collected(source: Source) -> Iterator[Function]:
    return (node for node in functions(source) if node.name.startswith("test_"))


def _proves(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return True
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    return called in {"pytest.raises", "pytest.warns", "pytest.fail"} or called.split(".")[-1].startswith(
        PROOFS
    )


def stand_ins(tree: SourceTree) -> list[Violation]:
    """Tests meet the real thing: no mocks, no other database than the one that is shipped."""
    return [
        Violation(
            source.path, node.lineno, f"{name} stands in for the real thing: use it, or patch one function"
        )
        for source in tree.tests
        for node in source.nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _imported(node)
        if name.startswith(STAND_INS)
    ]


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    above = f"{node.module}." if isinstance(node, ast.ImportFrom) and node.module else ""
    return [f"{above}{alias.name}" for alias in node.names]


def undone(tree: SourceTree) -> list[Violation]:
    """Nothing is left for later."""
    mend = "is work left for later: do it now or leave it out"
    found = []
    for source in tree.sources:
        if source.is_vendored or source.path.endswith(".lock"):
            continue
        for number, line in enumerate(source.text.splitlines(), start=1):
            if match := UNDONE.search(line):
                found.append(Violation(source.path, number, f"{match[0]} {mend}"))
    for source in tree.python:
        found += [Violation(source.path, line, f"{what} {mend}") for line, what in _unfinished(source)]
    return found


def _unfinished(source: Source) -> Iterator[tuple[int, str]]:
    for line, comment in source.comments:
        if match := UNDONE_WORD.search(comment):
            yield line, match[0]
    for node in source.nodes:
        if isinstance(node, ast.Name) and node.id == "NotImplementedError":
            yield node.lineno, node.id
    for scope in source.nodes:
        if isinstance(scope, ast.Module | ast.ClassDef) and not _is_protocol(scope):
            for function in scope.body:
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and _is_empty(function):
                    yield function.lineno, f"the empty body of {function.name}"


def _is_protocol(scope: ast.Module | ast.ClassDef) -> bool:
    return isinstance(scope, ast.ClassDef) and any("Protocol" in ast.unparse(one) for one in scope.bases)


def _is_empty(function: Function) -> bool:
    if any(re.search("overload|abstract", ast.unparse(one)) for one in function.decorator_list):
        return False
    return all(
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is ...
        for node in function.body
        if node is not function.body[0] or ast.get_docstring(function) is None
    ) and not (len(function.body) == 1 and ast.get_docstring(function))
