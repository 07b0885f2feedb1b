"""Tokens: the right one is taken, every tampered one is refused."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest

from backbone.auth import LOGIN_TYPE, Unauthenticated, on_behalf_of, signed_in
from backbone.errors import Forbidden
from backbone.policy import NotInPolicy, check, demand
from backbone.testing_issuer import Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


def part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def test_a_right_token_names_its_principal(issuer: Issuer) -> None:
    principal = issuer.verifier().principal(f"Bearer {issuer.token('customer', 'c1')}")
    assert (principal.role, principal.party, principal.subject) == ("customer", "c1", "a-customer")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "somebody"},
        {"aud": "elsewhere"},
        {"exp": int(time.time()) - 60},
        {"nbf": int(time.time()) + 86_400},
        {"role": "king"},
        {"role": None},
        {"party": "c1"},
        {"party": 7},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": True},
        {"iat": int(time.time()) + 86_400},
        {"aud": ["elsewhere"]},
        {"iss": ["tests"]},
        {"sub": None},
        {"sub": 7},
        {"sub": ""},
        {"sub": "a\x00b"},
        {"sub": "x" * 129},
        {"role": ["admin"]},
        {"role": "customer", "party": "a\x00b"},
        {"role": "customer", "party": ""},
        {"role": "link", "party": "c1"},
        {"stands_in": True},
        {"role": "system", "stands_in": "yes"},
    ],
)
def test_a_token_with_wrong_claims_is_refused(issuer: Issuer, claims: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        issuer.verifier().of_token(issuer.token("sales", claims=claims))


@pytest.mark.parametrize("role", ["customer", "vendor"])
def test_a_party_role_without_its_party_is_refused(issuer: Issuer, role: str) -> None:
    with pytest.raises(Unauthenticated):
        issuer.verifier().of_token(issuer.token(role))


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"kid": "another"},
        {"crit": ["exp"], "exp": 1},
        {"jku": "https://example.org/keys.json"},
        {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}},
        {"x5u": "https://example.org/chain.pem"},
        {"kid": 7},
        {"kid": None},
        {"kid": "../keys.json"},
    ],
)
def test_a_token_with_a_wrong_header_is_refused(issuer: Issuer, header: dict[str, Any]) -> None:
    head = {"alg": "Ed25519", "typ": "at+jwt", "kid": issuer.key.kid, **header}
    _, claims, signature = issuer.token("sales").split(".")
    with pytest.raises(Unauthenticated):
        issuer.verifier().of_token(f"{part(head)}.{claims}.{signature}")


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256"])
def test_another_algorithm_is_refused(issuer: Issuer, algorithm: str) -> None:
    head = part({"alg": algorithm, "typ": "at+jwt", "kid": issuer.key.kid})
    _, claims, signature = issuer.token("sales").split(".")
    for end in ("", signature):
        with pytest.raises(Unauthenticated):
            issuer.verifier().of_token(f"{head}.{claims}.{end}")


def test_a_changed_claim_or_signature_is_refused(issuer: Issuer) -> None:
    head, claims, signature = issuer.token("sales").split(".")
    content = json.loads(base64.urlsafe_b64decode(claims + "=="))
    verifier = issuer.verifier()
    for token in (
        f"{head}.{part({**content, 'role': 'admin'})}.{signature}",
        f"{head}.{claims}.{signature[:-4]}AAAA",
        f"{head}.{claims}",
        f"{head}.{claims}.{signature}.more",
        "x" * 5_000,
        "",
        "a.b.c",
        "é.é.é",
    ):
        with pytest.raises(Unauthenticated):
            verifier.of_token(token)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic abc", "Bearer "])
def test_a_request_without_a_bearer_token_is_refused(issuer: Issuer, header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        issuer.verifier().principal(header)


def test_an_operation_without_a_row_stops_the_start() -> None:
    with pytest.raises(NotInPolicy, match=r"orders\.new"):
        check({"orders.old": frozenset({"sales"})}, {"orders.new"})
    with pytest.raises(NotInPolicy, match="king"):
        check({"orders.old": frozenset({"king"})}, {"orders.old"})


def test_a_role_without_right_is_refused() -> None:
    with pytest.raises(Forbidden):
        demand({"orders.old": frozenset({"sales"})}, "orders.old", "customer")


def test_who_stands_in_may_what_the_person_may_and_no_more(issuer: Issuer) -> None:
    tower = issuer.verifier().of_token(issuer.stand_in())
    person = on_behalf_of(tower, "quality:ada")
    assert (person.name, person.party) == ("quality:ada", None)
    with pytest.raises(Unauthenticated):
        on_behalf_of(person, "approver:ada")


@pytest.mark.parametrize(
    "named",
    ["", "ada", "king:ada", "system:ada", "customer:c1", "vendor:v1", "link:l1", "quality:", "quality:a b"],
)
def test_nobody_stands_in_for_whom_there_is_not_or_for_an_outsider(issuer: Issuer, named: str) -> None:
    tower = issuer.verifier().of_token(issuer.stand_in())
    with pytest.raises(Unauthenticated):
        on_behalf_of(tower, named)


def test_a_token_that_does_not_say_so_stands_in_for_nobody(issuer: Issuer) -> None:
    for role in ("system", "admin"):
        with pytest.raises(Unauthenticated):
            on_behalf_of(issuer.verifier().of_token(issuer.token(role)), "quality:ada")


async def test_a_login_proves_for_one_act_who_a_person_is_and_that_alone(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    person = on_behalf_of(verifier.of_token(issuer.stand_in()), "quality:ada")
    assert (person.signed_in_at, person.login) == (None, None)

    def login(role: str, subject: str, **claims: object) -> str:
        return issuer.token(
            role, header={"typ": LOGIN_TYPE}, claims={"jti": "once-1", "sub": subject, **claims}
        )

    proved = await signed_in(verifier, person, login("quality", "ada", iat=1_700_000_000))
    assert (proved.name, proved.signed_in_at) == ("quality:ada", 1_700_000_000.0)
    assert proved.login is not None
    assert proved.login.mark == "once-1"
    for other in (login("quality", "eve"), login("approver", "ada"), issuer.token("quality"), "", "a.b.c"):
        with pytest.raises(Unauthenticated):
            await signed_in(verifier, person, other)
