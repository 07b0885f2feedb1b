"""Where the committed descriptions of facts lie, and how they are made again.

`python -m tests.contracts.registry --write` writes what is missing or has changed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from backbone.asyncapi import asyncapi, schemas_of
from backbone.samples import sample_of
from backbone.wire import Catalogue, encode
from contracts.topics import TOPICS, type_name

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "docs" / "events"
SCHEMAS = EVENTS / "schemas"
SAMPLES = EVENTS / "samples"
CATALOGUE = Catalogue(TOPICS, type_name)
OWNERS = ("orders", "materials", "production", "vendors", "service-desk")
FACTS = tuple(fact for topic in TOPICS for fact in topic.facts)


def text_of(value: Any) -> str:
    """JSON as it is committed: sorted, indented, ending with a line feed."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def documents() -> dict[Path, str]:
    """Every generated file and what it should hold today."""
    made = {SCHEMAS / f"{name}.json": text_of(schema) for name, schema in schemas_of(CATALOGUE).items()}
    made[EVENTS / "asyncapi.json"] = text_of(asyncapi(CATALOGUE, "o2d", OWNERS))
    for owner in OWNERS:
        made[EVENTS / f"asyncapi-{owner}.json"] = text_of(asyncapi(CATALOGUE, f"o2d {owner}", [owner]))
    return made


def write() -> list[Path]:
    """Write what differs; a golden sample is written once and never changed. The answer lists the files written."""
    written = []
    wanted = documents()
    for fact in FACTS:
        sample = SAMPLES / f"{type_name(fact)}.json"
        if not sample.exists():
            wanted[sample] = text_of(json.loads(encode(sample_of(fact))))
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            written.append(path)
    return written


if __name__ == "__main__" and "--write" in sys.argv:
    for path in write():
        print(path.relative_to(ROOT))
