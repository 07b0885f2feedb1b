"""The committed descriptions of facts are those of the code, old samples still decode, change only adds."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from pydantic import TypeAdapter, ValidationError

from backbone.asyncapi import asyncapi, lost, personal_fields, schema_of, schemas_of
from backbone.errors import Poison
from backbone.samples import sample_of
from backbone.wire import Incoming, encode
from contracts.topics import TOPICS, type_name
from tests.contracts.registry import CATALOGUE, FACTS, OWNERS, ROOT, SAMPLES, SCHEMAS, documents

OFFICIAL = json.loads((Path(__file__).parent / "vendor" / "asyncapi-3.0.0.schema.json").read_text())
names = pytest.mark.parametrize("fact", FACTS, ids=[type_name(fact) for fact in FACTS])


def decoded(fact: type, raw: bytes) -> Any:
    record = Incoming("t", 0, 0, "k", (("ce_type", type_name(fact)),), raw, 0)
    return CATALOGUE.decode(record)


def verdicts(fact: type, raw: bytes) -> tuple[bool, bool, bool]:
    """Whether msgspec, pydantic and the JSON Schema take a value."""
    try:
        by_msgspec = decoded(fact, raw) is not None
    except Poison:
        by_msgspec = False
    try:
        TypeAdapter(fact).validate_json(raw, strict=True)
        by_pydantic = True
    except ValidationError:
        by_pydantic = False
    schema = Draft202012Validator(schema_of(fact, type_name(fact)))
    return by_msgspec, by_pydantic, bool(schema.is_valid(json.loads(raw)))


def test_the_committed_descriptions_are_those_of_the_code() -> None:
    stale = [
        str(path.relative_to(ROOT))
        for path, text in documents().items()
        if not path.exists() or path.read_text() != text
    ]
    assert stale == [], "python -m tests.contracts.registry --write"


def test_no_description_is_left_of_a_fact_that_is_gone() -> None:
    assert {path.stem for path in SCHEMAS.glob("*.json")} == {type_name(fact) for fact in FACTS}


@names
def test_every_golden_sample_still_decodes_and_none_of_it_is_lost(fact: type) -> None:
    golden = json.loads((SAMPLES / f"{type_name(fact)}.json").read_text())
    again = json.loads(encode(decoded(fact, json.dumps(golden).encode())))
    assert _kept(golden, again)


def _kept(old: Any, new: Any) -> bool:
    if isinstance(old, dict):
        return all(name in new and _kept(value, new[name]) for name, value in old.items())
    if isinstance(old, list):
        return len(old) == len(new) and all(map(_kept, old, new))
    return bool(old == new)


@names
def test_three_readers_agree_about_good_and_bad_samples(fact: type) -> None:
    good = json.loads(encode(sample_of(fact)))
    assert verdicts(fact, json.dumps(good).encode()) == (True, True, True)
    required = schema_of(fact, "x").get("required", [])
    for member in required:
        less = {name: value for name, value in good.items() if name != member}
        assert verdicts(fact, json.dumps(less).encode()) == (False, False, False), f"without {member}"
    for member, value in good.items():
        wrong = {**good, member: {"no": "such form"} if not isinstance(value, dict) else 7}
        assert verdicts(fact, json.dumps(wrong).encode()) == (False, False, False), f"a wrong {member}"


@names
def test_an_unknown_member_is_no_trouble_for_a_reader(fact: type) -> None:
    more = {**json.loads(encode(sample_of(fact))), "added_later": [1, 2]}
    assert decoded(fact, json.dumps(more).encode()) == sample_of(fact)


def test_no_fact_but_the_contact_says_anything_about_a_person() -> None:
    marked = {fact.__name__ for fact in FACTS if personal_fields(fact)}
    assert marked == {"ContactChanged"}
    topic = next(topic for topic in TOPICS if "ContactChanged" in {fact.__name__ for fact in topic.facts})
    assert topic.compacted


def test_every_fact_has_one_topic_and_one_name() -> None:
    assert len(FACTS) == len(set(FACTS)) == len(schemas_of(CATALOGUE))


@pytest.mark.parametrize("owner", [*OWNERS, None])
def test_the_event_documents_keep_to_the_official_schema(owner: str | None) -> None:
    document = asyncapi(CATALOGUE, "o2d", [owner] if owner else OWNERS)
    faults = [
        fault.message for fault in Draft7Validator(OFFICIAL).iter_errors(json.loads(json.dumps(document)))
    ]
    assert faults == []


def test_the_official_schema_refuses_a_broken_document() -> None:
    broken = json.loads(json.dumps(asyncapi(CATALOGUE, "o2d", OWNERS)))
    del broken["info"]["title"]
    assert not Draft7Validator(OFFICIAL).is_valid(broken)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda schema: schema["properties"].pop("text"), "text is gone"),
        (lambda schema: schema["properties"].update(text={"type": "integer"}), "text has another form"),
        (lambda schema: schema["required"].remove("text"), "text is no longer certain"),
        (
            lambda schema: schema["$defs"]["WantedLine"]["properties"].pop("quantity"),
            "WantedLine.quantity is gone",
        ),
    ],
)
def test_a_change_that_takes_something_away_is_caught(change: Any, complaint: str) -> None:
    committed = json.loads((SCHEMAS / "o2d.need.stated.v1.json").read_text())
    changed = copy.deepcopy(committed)
    change(changed)
    assert complaint in lost(committed, changed)
    assert lost(committed, committed) == []
    changed = copy.deepcopy(committed)
    changed["properties"]["added"] = {"type": "string"}
    assert lost(committed, changed) == []


def test_a_quantity_is_a_text_of_digits_only() -> None:
    fact = next(fact for fact in FACTS if fact.__name__ == "SurplusOffered")
    good = json.loads(encode(sample_of(fact)))
    for wrong in (2, 2.5, "1e3", "1.1234567", "1234567890123", "", " 1", "NaN", None):
        assert verdicts(fact, json.dumps({**good, "quantity": wrong}).encode()) == (False, False, False), (
            wrong
        )
    assert isinstance(msgspec.json.decode(encode(sample_of(fact)))["quantity"], str)
