"""What things are called: modules, tables, refusals, store and query functions, topics, limits, tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.architecture.rules.sizes import functions
from tests.architecture.rules.source import Source, SourceTree, Violation

EMPTY_WORDS = frozenset(
    {
        "util", "utils", "helper", "helpers", "common", "manager", "managers", "base", "misc", "stuff"
    }
)  # fmt: skip
STORE_VERBS = ("load_", "lock_", "add_", "save_")
QUERY_VERBS = ("list_", "find_", "page_")
TEST_WORDS_MIN = 3
TOPIC = re.compile(r"[a-z]+(?:[_-][a-z]+)*\.[a-z]+(?:[_-][a-z]+)*\.v[1-9][0-9]*")


def empty_words(tree: SourceTree) -> list[Violation]:
    """No module, folder or class is called by a word that says nothing."""
    found = []
    for source in tree.python:
        for part in source.parts:
            if word := EMPTY_WORDS & set(part.removesuffix(".py").replace("-", "_").split("_")):
                found.append(
                    Violation(source.path, 0, f"'{min(word)}' says nothing: call it by what lives there")
                )
        for node in source.nodes:
            if isinstance(node, ast.ClassDef) and (word := EMPTY_WORDS & _camel_words(node.name)):
                found.append(
                    Violation(
                        source.path, node.lineno, f"{node.name}: '{min(word)}' says nothing: name what it is"
                    )
                )
    return found


def _camel_words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z][a-z0-9]*", name)}


def _calls(source: Source, name: str) -> Iterator[ast.Call]:
    for node in source.nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name:
            yield node


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def refusal_names(tree: SourceTree) -> list[Violation]:
    """What a house raises says what is the case, without an Error suffix."""
    return [
        Violation(
            source.path, node.lineno, f"{node.name}: a refusal says what is the case, without that suffix"
        )
        for source in tree.python
        if source.house
        for node in source.nodes
        if isinstance(node, ast.ClassDef)
        and (node.name.endswith(("Error", "Exception")) or (node.name.endswith("Refusal") and node.bases))
    ]


def store_verbs(tree: SourceTree) -> list[Violation]:
    """The store loads, locks, adds and saves."""
    return list(_verbs(tree, "store", STORE_VERBS))


def query_verbs(tree: SourceTree) -> list[Violation]:
    """Queries list, find and page."""
    return list(_verbs(tree, "queries", QUERY_VERBS))


def _verbs(tree: SourceTree, room: str, verbs: tuple[str, ...]) -> Iterator[Violation]:
    for source in tree.in_rooms(room):
        for node in source.tree.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
                continue
            if not node.name.startswith(verbs):
                yield Violation(
                    source.path, node.lineno, f"{node.name}: {room} functions are {' '.join(verbs)}"
                )


def topic_names(tree: SourceTree) -> list[Violation]:
    """A topic is owner.noun.vN."""
    found = []
    for source in tree.of_package("contracts"):
        for call in _calls(source, "Topic"):
            given = {keyword.arg: _text(keyword.value) for keyword in call.keywords}
            name, owner = given.get("name", ""), given.get("owner", "")
            if not name:
                continue
            if not TOPIC.fullmatch(name):
                found.append(Violation(source.path, call.lineno, f"topic '{name}': topics are owner.noun.v1"))
            elif owner and name.split(".")[0].replace("-", "_") != owner.replace("-", "_"):
                found.append(
                    Violation(source.path, call.lineno, f"topic '{name}' does not begin with '{owner}'")
                )
    return found


def limit_names(tree: SourceTree) -> list[Violation]:
    """A limit is NOUN_UNIT_MAX (or _MIN): the unit and the direction come last."""
    return [
        Violation(source.path, line, f"{name}: limits are NOUN_UNIT_MAX, direction last")
        for source in tree.python
        for line, name in _constants(source)
        if (words := set(name.strip("_").split("_"))) & {"MAX", "MIN", "LIMIT", "MAXIMUM", "MINIMUM"}
        if words & {"LIMIT", "MAXIMUM", "MINIMUM"} or not re.search(r"[A-Z0-9]_(MAX|MIN)$", name)
    ]


def _constants(source: Source) -> Iterator[tuple[int, str]]:
    for node in source.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id.isupper():
            yield node.lineno, node.id


def test_names(tree: SourceTree) -> list[Violation]:
    """A test's name is the sentence it proves."""
    return [
        Violation(source.path, node.lineno, f"{node.name}: a test's name is the sentence it proves")
        for source in tree.tests
        if PurePosixPath(source.path).name.startswith("test_")
        for node in functions(source)
        if node.name.startswith("test_") and len(node.name.split("_")) <= TEST_WORDS_MIN
    ]
