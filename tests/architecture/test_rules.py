"""The rules of the tree: each holds for what is committed, and each reports the breach planted for it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.architecture.planted import PLANTED, Planted
from tests.architecture.rules.source import SourceTree, read_tree
from tests.architecture.rules.table import RULES

ROOT = Path(__file__).parents[2]
# Innocent neighbours of every planted breach: what the rules must not report.
CLEAN = {
    "services/orders/src/orders/__init__.py": "",
    "services/orders/src/orders/domain/promise.py": (
        '"""What a promise is."""\n\nfrom datetime import datetime\n\nfrom backbone.errors import Refusal\n'
        "from contracts.values import Money\n\nLINE_COUNT_MAX = 3\n\n\nclass TooLate(Refusal):\n"
        '    """The day has passed."""\n\n\ndef price(at: datetime) -> Money:\n    return Money(1, "EUR")\n'
    ),
    "services/materials/src/materials/domain/planning/net.py": (
        '"""Net needs."""\n\nimport numpy as np\n\nX = np.zeros(1)\n'
    ),
    "services/orders/tests/test_promise.py": (
        '"""Promises."""\n\n\ndef test_a_promise_has_a_price() -> None:\n    assert 1 + 1 == 2\n'
    ),
    "docs/page.md": "# A page about behaviour\n\nSee `/v1/work-centres` and ~/work/here.\n",
}


@cache
def committed() -> SourceTree:
    """The tree as git would commit it."""
    return read_tree(ROOT)


def write(folder: Path, files: dict[str, str]) -> SourceTree:
    """Write files below a folder and read them back as a tree."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return read_tree(folder)


@pytest.mark.parametrize("rule", RULES)
def test_the_committed_tree_keeps_the_rule(rule: str) -> None:
    violations = RULES[rule](committed())
    assert not violations, f"\n{RULES[rule].__doc__}\n" + "\n".join(map(str, sorted(violations)))


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted.rule}-{planted.path}")
def test_a_planted_breach_is_reported(planted: Planted, tmp_path: Path) -> None:
    tree = write(tmp_path, {**CLEAN, planted.path: planted.text})
    reported = RULES[planted.rule](tree)
    assert [one for one in reported if one.path == planted.path and planted.message in one.message], reported


@pytest.mark.parametrize("rule", RULES)
def test_a_clean_tree_is_not_reported(rule: str, tmp_path: Path) -> None:
    assert RULES[rule](write(tmp_path, CLEAN)) == []


def test_every_rule_has_a_planted_breach() -> None:
    assert {planted.rule for planted in PLANTED} == set(RULES)


def test_the_committed_tree_is_really_read() -> None:
    paths = {source.path for source in committed().sources}
    assert {"pyproject.toml", "requirements.lock", "shared/src/backbone/__init__.py"} <= paths
    assert not {path for path in paths if path.startswith((".venv", ".tools")) or path == "uv.lock"}
