"""Every rule of the tree by name: a rule takes the tree and gives its violations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tests.architecture.rules import habits, names, pins, prose, rooms, sizes
from tests.architecture.rules.source import SourceTree, Violation

Rule = Callable[[SourceTree], list[Violation]]

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "own-tools": rooms.rooms,
        "entrance": rooms.entrance,
        "stray-rooms": rooms.stray,
        "meaning": rooms.meaning,
        "mechanism": rooms.mechanism,
        "empty-packages": rooms.empty_packages,
        "one-road": rooms.doors_only,
        "values-come-in": rooms.values_come_in,
        "file-lines": sizes.file_lines,
        "function-lines": sizes.function_lines,
        "module-docstring": sizes.module_docstring,
        "public-docstrings": sizes.public_docstrings,
        "empty-words": names.empty_words,
        "refusal-names": names.refusal_names,
        "store-verbs": names.store_verbs,
        "query-verbs": names.query_verbs,
        "topic-names": names.topic_names,
        "limit-names": names.limit_names,
        "test-names": names.test_names,
        "sleeps": habits.sleeps,
        "swallowed": habits.swallowed,
        "skips": habits.skips,
        "assertions": habits.assertions,
        "stand-ins": habits.stand_ins,
        "undone": habits.undone,
        "machine-paths": prose.machine_paths,
        "registry-hosts": prose.registry_hosts,
        "spelling": prose.spelling,
        "exact-pins": pins.exact_pins,
        "closed-lock": pins.lock_is_closed,
    }
)
