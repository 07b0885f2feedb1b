"""Random requests, right and wrong ones, at every operation: what comes back is what the description says."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config._checks import NEGATIVE_DATA_REJECTION_EXPECTED_STATUSES
from schemathesis.core.failures import AcceptedNegativeData, Failure, FailureGroup, ServerError
from schemathesis.openapi.checks import (
    JsonSchemaError,
    MissingHeaders,
    UndefinedContentType,
    UndefinedStatusCode,
)
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import orders.queries
from tests.contracts.http_house import DOCUMENTS, PACKAGES, SERVICES, House, may

CHECKS: Final[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
REFUSED: Final = [*NEGATIVE_DATA_REJECTION_EXPECTED_STATUSES, "412"]


def _schema(document: dict[str, Any]) -> Any:
    # Who asks is no part of what is made up here: every request carries a good token.
    schema = schemathesis.openapi.from_dict(document)
    schema.config.generation.update(with_security_parameters=False)
    # A tag that nothing has had may be told before another header that is wrong, too.
    schema.config.checks.negative_data_rejection.expected_statuses = REFUSED
    return schema


SCHEMAS: Final = {package: _schema(DOCUMENTS[package]) for package in PACKAGES}
EXAMPLES: Final = settings(
    max_examples=10,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def operations() -> list[Any]:
    """Every operation of every service; those that all have in common once."""
    return [
        pytest.param(
            package, operation, id=f"{SERVICES[package].name}.{operation.definition.raw['operationId']}"
        )
        for package in PACKAGES
        for operation in (each.ok() for each in SCHEMAS[package].get_all_operations())
        if package == "orders" or not operation.path.startswith(("/ops", "/v1/events", "/v1/webhooks"))
    ]


@pytest.mark.parametrize(("package", "operation"), operations())
def test_an_operation_answers_as_it_is_described(package: str, operation: Any, lasting_house: House) -> None:
    roles = sorted(may(package, operation.definition.raw["operationId"]) - {"link"})

    assert probe(lasting_house, operation, roles) > 0


def probe(house: House, operation: Any, roles: list[str], examples: settings = EXAMPLES) -> int:
    """How many random requests were answered as described; raises a `FailureGroup` where one was not."""
    checked = 0
    right, wrong = (
        operation.as_strategy(mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    )

    @examples
    @given(case=right | wrong, role=st.sampled_from(roles))
    def answered(case: Case[Any], role: str) -> None:
        nonlocal checked
        case.validate_response(sent(house, case, role), checks=CHECKS)
        checked += 1

    answered()
    return checked


def _without_not_found(operation: dict[str, Any]) -> None:
    del operation["responses"]["404"]


def _with_another_member(operation: dict[str, Any]) -> None:
    view = operation["responses"]["200"]["content"]["application/json"]["schema"]
    view["required"] = [*view["required"], "nobody_sends_this"]


def _with_another_kind_of_answer(operation: dict[str, Any]) -> None:
    operation["responses"]["200"]["content"] = {"text/plain": {}}


def _with_another_header(operation: dict[str, Any]) -> None:
    operation["responses"]["200"]["headers"] = {"X-Nobody": {"required": True, "schema": {"type": "string"}}}


def _with_fewer_filters(operation: dict[str, Any]) -> None:
    state = next(each for each in operation["parameters"] if each["name"] == "state")
    state["schema"] = {"type": "string", "enum": ["placed"]}


@pytest.mark.parametrize(
    ("path", "lie", "told"),
    [
        ("/v1/orders/{order_id}", _without_not_found, UndefinedStatusCode),
        ("/v1/orders", _with_another_member, JsonSchemaError),
        ("/v1/orders", _with_another_kind_of_answer, UndefinedContentType),
        ("/v1/orders", _with_another_header, MissingHeaders),
        ("/v1/orders", _with_fewer_filters, AcceptedNegativeData),
    ],
)
@pytest.mark.parametrize("package", ["orders"])
def test_a_description_that_is_not_true_is_told(
    path: str, lie: Callable[[dict[str, Any]], None], told: type[Failure], package: str, house: House
) -> None:
    document = deepcopy(DOCUMENTS[package])
    lie(document["paths"][path]["get"])
    with pytest.raises(FailureGroup) as failures:
        probe(house, _schema(document)[path]["GET"], ["admin"], settings(EXAMPLES, max_examples=60))
    assert told in {type(each) for each in failures.value.exceptions}


@pytest.mark.parametrize("package", ["orders"])
def test_an_operation_that_breaks_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(orders.queries, "page_orders", broken)
    with pytest.raises(FailureGroup) as failures:
        probe(house, SCHEMAS["orders"]["/v1/orders"]["GET"], ["admin"])
    assert ServerError in {type(each) for each in failures.value.exceptions}


def sent(house: House, case: Case[Any], role: str) -> Any:
    """The answer to a case in a role."""
    request = requests.Request(**case.as_transport_kwargs(base_url="http://house")).prepare()
    body = request.body.encode() if isinstance(request.body, str) else request.body
    assert request.method is not None
    assert request.url is not None
    assert body is None or isinstance(body, bytes)
    headers = {name: str(value) for name, value in request.headers.items()} | house.token(role)
    return house.send(request.method, request.url, headers, body)
