"""What the words may not say: paths of one machine, hosts of registries, American spelling."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.rules.source import Source, SourceTree, Violation

# Each is written in halves, so that this file does not report itself.
MACHINE_PATH = re.compile(r"(?<![\w.~}\])*-])/(?:wo" r"rk|ro" r"ot|ho" r"me)(?=[/\s\"'`),;:]|$)")
REGISTRIES = tuple(
    "".join(halves)
    for halves in (
        ("://py", "pi"), ("files.python", "hosted"), ("repo.ma", "ven"), ("repo1.ma", "ven"),
        ("registry.npm", "js"), ("index.crates", ".io"), ("proxy.gol", "ang"),
    )
)  # fmt: skip
AMERICAN = {
    "".join(halves): british
    for *halves, british in (
        ("behav", "ior", "behaviour"), ("col", "or", "colour"), ("cen", "ter", "centre"),
        ("fav", "or", "favour"), ("lab", "or", "labour"), ("cancel", "ed", "cancelled"),
        ("cancel", "ing", "cancelling"),
        ("catal", "og", "catalogue"), ("fulf", "ill", "fulfil"), ("fulf", "illment", "fulfilment"),
        ("neigh", "bor", "neighbour"), ("gr", "ay", "grey"), ("defen", "se", "defence"),
        ("lab", "eled", "labelled"),
        ("mod", "eling", "modelling"), ("travel", "ed", "travelled"), ("analy", "ze", "analyse"),
        ("hon", "or", "honour"), ("judg", "ment", "judgement"), ("ar", "tifact", "artefact"),
    )
}  # fmt: skip
WORD = re.compile(r"\b[A-Z]?[a-z]+\b")
WORD_OF_NAME = re.compile(r"[A-Z]?[a-z]+")


def machine_paths(tree: SourceTree) -> list[Violation]:
    """No file names a folder of the machine it was written on."""
    return [
        Violation(
            source.path, number, f"'{match[0]}' is a path of one machine: use a setting or a relative path"
        )
        for source, number, line in _lines(tree)
        if (match := MACHINE_PATH.search(line))
    ]


def registry_hosts(tree: SourceTree) -> list[Violation]:
    """No file names a registry: where packages come from is a matter of the machine."""
    return [
        Violation(
            source.path, number, f"'{host}' names a registry: leave the address to the machine's settings"
        )
        for source, number, line in _lines(tree)
        for host in REGISTRIES
        if host in line
    ]


def _lines(tree: SourceTree) -> Iterator[tuple[Source, int, str]]:
    for source in tree.sources:
        if not source.is_vendored:
            for number, line in enumerate(source.text.splitlines(), start=1):
                yield source, number, line


def spelling(tree: SourceTree) -> list[Violation]:
    """We write British English in names, comments and pages of text."""
    return [
        Violation(source.path, line, f"'{word}': we write '{AMERICAN[word.lower()]}'")
        for source in tree.sources
        if not source.is_vendored
        for line, text in _prose(source)
        for word in WORD.findall(text)
        if word.lower() in AMERICAN
    ]


def _prose(source: Source) -> Iterator[tuple[int, str]]:
    if source.path.endswith(".md"):
        yield from _outside_code(source.text)
    elif source.is_python:
        yield from source.comments
        for node in source.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield node.lineno, " ".join(WORD_OF_NAME.findall(node.name))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
                yield getattr(node, "lineno", 1), ast.get_docstring(node) or ""


def _outside_code(text: str) -> Iterator[tuple[int, str]]:
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, re.sub(r"`[^`]*`", "", line)
