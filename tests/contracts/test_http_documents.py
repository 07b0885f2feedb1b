"""The OpenAPI documents: valid by an independent validator, and every operation says what it is, reads and refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing.exceptions import Unresolvable

from backbone.samples import sample_of
from backbone.wire import encode
from tests.contracts.http_house import DOCUMENTS, HOUSES, PACKAGES, SERVICES, House

houses: Final = pytest.mark.parametrize("package", HOUSES)
PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
# What any operation may answer, whatever it does; those that act have more.
REFUSED: Final = {"400", "401", "403", "404", "414", "422", "431", "503"}
ACTS_REFUSED: Final = REFUSED | {"409", "412", "413", "415", "428"}
# What takes a file on from a byte that it names can do that once only.
FOLLOWS: Final = ("patch", {"If-Match"})


def faults(document: dict[str, Any]) -> list[str]:
    """What the independent validator says."""
    try:
        return [str(fault.message) for fault in OpenAPIV31SpecValidator(document).iter_errors()]
    except Unresolvable as loose:
        return [f"{loose.ref} leads nowhere"]


def gaps(document: dict[str, Any]) -> list[str]:
    """Where an operation does not say what it is, what it reads by an example, or how it refuses."""
    return [
        f"{operation.get('operationId')}: {gap}"
        for operations in document["paths"].values()
        for method, operation in operations.items()
        for gap in _gaps(document, method, operation)
    ]


def _gaps(document: dict[str, Any], method: str, operation: dict[str, Any]) -> list[str]:
    heads = {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}
    refused = ACTS_REFUSED if method != "get" else REFUSED
    problems = {status: answer.get("content") for status, answer in operation["responses"].items()}
    said = {
        "no summary": bool(operation.get("summary")) and bool(operation.get("description")),
        "needs no token": operation.get("security") == [{"token": []}],
        "acts without a key": method == "get" or "Idempotency-Key" in heads or (method, heads) == FOLLOWS,
        "does not say its refusals": all(problems.get(status) == PROBLEM for status in refused),
        "refuses what nobody knows": set(problems) - refused in ({"200"}, {"201"}, {"202"}),
    }
    return [gap for gap, whole in said.items() if not whole] + _of_body(document, operation)


def _of_body(document: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    if "requestBody" not in operation:
        return []
    contents = operation["requestBody"]["content"]
    if not all("example" in content for content in contents.values()):
        return ["no example"]
    return [fault for content in contents.values() for fault in _of_content(document, content)]


def _of_content(document: dict[str, Any], content: dict[str, Any]) -> list[str]:
    schema = {**content["schema"], "components": document["components"]}
    return [
        f"example: {fault.message}" for fault in Draft202012Validator(schema).iter_errors(content["example"])
    ]


@houses
def test_a_document_is_valid(package: str) -> None:
    assert DOCUMENTS[package]["openapi"].startswith("3.1")
    assert faults(DOCUMENTS[package]) == []


@houses
def test_every_operation_says_what_it_is_reads_and_refuses(package: str) -> None:
    assert gaps(DOCUMENTS[package]) == []


@houses
def test_what_is_served_is_what_is_checked(package: str, house: House) -> None:
    served = house.send("GET", "/openapi.json", {})
    assert served.status_code == 200
    assert served.json() == DOCUMENTS[package]
    page = house.send("GET", "/docs", {})
    assert all(path in page.text for path in DOCUMENTS[package]["paths"])
    assert "://" not in page.text.replace("http://www.w3.org", "")


@houses
def test_a_document_describes_the_message_of_each_fact_that_is_sent(package: str) -> None:
    document, service = DOCUMENTS[package], SERVICES[package]
    assert set(document.get("webhooks", {})) == set(service.types_sent)
    assert bool(service.types_sent) == (package in PACKAGES)
    for kind, item in document.get("webhooks", {}).items():
        schema = item["post"]["requestBody"]["content"]["application/cloudevents+json"]["schema"]
        fact = json.loads(encode(sample_of(service.types_sent[kind])))
        event = {"specversion": "1.0", "id": "x", "source": "/x", "type": kind, "subject": "x", "data": fact}
        event |= {"time": "2026-03-02T08:00:00Z", "sequence": "0" * 19 + "1"}
        whole = Draft202012Validator({**schema, "components": document["components"]})
        assert [fault.message for fault in whole.iter_errors(event)] == []
        assert list(whole.iter_errors({**event, "data": {}}))


def _with_an_empty_answer(document: dict[str, Any]) -> None:
    document["paths"]["/v1/orders"]["get"]["responses"]["200"] = {}


def _with_a_loose_end(document: dict[str, Any]) -> None:
    answer = document["paths"]["/v1/orders"]["get"]["responses"]["404"]
    answer["content"]["application/problem+json"]["schema"]["$ref"] = "#/components/schemas/Nothing"


def _with_an_unknown_parameter(document: dict[str, Any]) -> None:
    document["paths"]["/v1/orders/{order_id}"]["get"]["parameters"] = []


@pytest.mark.parametrize("harm", [_with_an_empty_answer, _with_a_loose_end, _with_an_unknown_parameter])
def test_a_document_that_is_not_valid_is_told(harm: Callable[[dict[str, Any]], None]) -> None:
    document = deepcopy(DOCUMENTS["orders"])
    harm(document)
    assert faults(document)


def test_a_gap_in_a_description_is_told() -> None:
    for package in PACKAGES:
        document = deepcopy(DOCUMENTS[package])
        operation = next(
            each["post"] for each in document["paths"].values() if "requestBody" in each.get("post", {})
        )
        content = operation["requestBody"]["content"]["application/json"]
        operation["summary"], operation["security"], operation["parameters"] = "", [], []
        operation["responses"].pop("412")
        content["example"] = 7
        told = {gap.partition(": ")[2].partition(":")[0] for gap in gaps(document)}
        assert {
            "no summary",
            "needs no token",
            "acts without a key",
            "does not say its refusals",
            "example",
        } <= told
        del content["example"]
        assert any(gap.endswith("no example") for gap in gaps(document))
