"""Who tells what, and who hears it: the map of the road, made from the code of the five services.

`python -m tests.contracts.choreography --write` writes docs/events/README.md.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Final

from contracts.topic import Topic, type_name
from contracts.topics import TOPICS
from tests.contracts.registry import EVENTS, OWNERS, ROOT

PAGE: Final = EVENTS / "README.md"
Hearers = Mapping[type, tuple[str, ...]]


def hearers() -> dict[type, tuple[str, ...]]:
    """The services that subscribe to each fact, in the order of the stages."""
    found: dict[type, tuple[str, ...]] = {}
    for owner in OWNERS:
        rooms = importlib.import_module(f"{owner.replace('-', '_')}.subscriptions")
        for fact in dict.fromkeys(subscription.fact for subscription in rooms.SUBSCRIPTIONS):
            found[fact] = (*found.get(fact, ()), owner)
    return found


def faults(topics: tuple[Topic, ...], heard: Hearers) -> list[str]:
    """What contradicts the marks: a fact that nobody hears and is not for outside, or the reverse."""
    found = []
    for topic in topics:
        for fact in topic.facts:
            if fact not in heard and fact not in topic.outside:
                found.append(f"nobody hears {fact.__name__}: subscribe to it, or mark it as for outside")
            elif fact in heard and fact in topic.outside:
                found.append(
                    f"{fact.__name__} is heard by {', '.join(heard[fact])}: it is not for outside alone"
                )
    return found


def page() -> str:
    """The map as a page of Markdown: a table for each service that tells."""
    heard = hearers()
    lines = [
        "# Facts: who tells them and who hears them",
        "",
        "Generated from the topics and the subscriptions (`python -m tests.contracts.choreography --write`); a test",
        "fails when it is stale. Each fact has its JSON Schema in [schemas](schemas) and a sample in",
        "[samples](samples); [asyncapi.json](asyncapi.json) describes all topics, `asyncapi-<service>.json` those",
        "of one.",
        "A fact without a hearer is for subscribers outside and for the control tower, which hears all of them.",
        "",
    ]
    for owner in OWNERS:
        lines += [f"## {owner}", "", "| topic (key) | fact | heard by | what it says |", "|---|---|---|---|"]
        for topic in TOPICS:
            for number, fact in enumerate(topic.facts if topic.owner == owner else ()):
                place = f"`{topic.name}` ({topic.key})" if not number else ""
                who = ", ".join(heard.get(fact, ())) or "outside"
                said = (fact.__doc__ or "").splitlines()[0]
                schema = f"[{fact.__name__}](schemas/{type_name(fact)}.json)"
                lines.append(f"| {place} | {schema} | {who} | {said} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__" and "--write" in sys.argv:
    PAGE.write_text(page())
    print(PAGE.relative_to(ROOT))
