"""Keys of tokens: both algorithms, rotation and withdrawal, an issuer that is asked over HTTP, what is remembered."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import threading
import time
import warnings
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from backbone import auth, keyset
from backbone.auth import Unauthenticated, Verifier
from backbone.keyset import KeyAddress, keys_of, parsed
from backbone.testing_issuer import NAME, Issuer


def curve(name: str = "P-256") -> ECKey:
    return ECKey.generate_key(name, {"use": "sig"}, private=True, auto_kid=True)


def signed(key: Any, algorithm: str, right: str) -> str:
    """The claims of a right token under another key and algorithm."""
    _, claims, _ = right.split(".")
    content = json.loads(auth._canonical(claims))
    with warnings.catch_warnings(action="ignore"):
        return jwt.encode(
            {"alg": algorithm, "typ": "at+jwt", "kid": key.kid}, content, key, algorithms=[algorithm]
        )


def written(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are looked at anew each time."""
    monkeypatch.setattr(keyset, "RELOAD_SECONDS_MIN", 0.0)


def test_a_token_of_either_algorithm_is_taken(tmp_path: Path) -> None:
    for key in (None, curve()):
        issuer = Issuer(tmp_path, key)
        assert issuer.verifier().of_token(issuer.token("sales")).role == "sales"


def test_the_older_name_of_an_algorithm_is_taken_without_a_warning(tmp_path: Path) -> None:
    key = OKPKey.generate_key("Ed25519", {"use": "sig"}, private=True, auto_kid=True)
    issuer = Issuer(tmp_path, key)
    old = signed(key, "EdDSA", issuer.token("sales"))
    with warnings.catch_warnings(action="error"):
        assert issuer.verifier().of_token(old).role == "sales"


def test_a_key_of_another_kind_signs_nothing_even_where_the_set_holds_it(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    others: list[tuple[Any, str]] = [
        (OctKey.generate_key(256, {"kid": "shared"}), "HS256"),
        (RSAKey.generate_key(2048, {"kid": "rsa"}, private=True), "RS256"),
        (ECKey.generate_key("P-384", {"kid": "p384"}, private=True), "ES384"),
    ]
    given = [key.as_dict(private=isinstance(key, OctKey)) for key, _ in others]
    issuer.file.write_text(json.dumps({"keys": [issuer.key.as_dict(private=False), *given]}))
    verifier = issuer.verifier()
    for key, algorithm in others:
        with pytest.raises(Unauthenticated):
            verifier.of_token(signed(key, algorithm, issuer.token("sales")))
    assert verifier.of_token(issuer.token("sales")).role == "sales"


def test_the_public_key_is_no_shared_secret(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    _, claims, _ = issuer.token("sales").split(".")
    head = written(json.dumps({"alg": "HS256", "typ": "at+jwt", "kid": issuer.key.kid}).encode())
    public = issuer.key.as_dict(private=False)["x"]
    for secret in (issuer.key.as_bytes(private=False), auth._canonical(str(public))):
        forged = hmac.digest(secret, f"{head}.{claims}".encode(), "sha256")
        with pytest.raises(Unauthenticated):
            issuer.verifier().of_token(f"{head}.{claims}.{written(forged)}")


def test_a_token_has_one_way_to_be_written(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    verifier, token = issuer.verifier(), issuer.token("sales")
    head, claims, signature = token.split(".")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = letters.index(signature[-1])
    others = [
        f"{token}=", f"{token}==", f"{head}=.{claims}.{signature}", f"{head}.{claims}=.{signature}",
        f"{token}\n", f" {token}", f"{head}.{claims}.{signature[:9]}!{signature[9:]}",
        *(f"{token[:-1]}{letters[last ^ bits]}" for bits in (1, 2, 3)),
    ]  # fmt: skip
    for other in others:
        with pytest.raises(Unauthenticated):
            verifier.of_token(other)
    assert verifier.of_token(token).role == "sales"


@pytest.mark.usefixtures("eager")
def test_a_new_key_is_taken_up_and_a_withdrawn_one_forgotten_without_a_restart(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    verifier, early = issuer.verifier(), issuer.token("sales")
    verifier.of_token(early)
    later = Issuer(tmp_path)
    assert verifier.of_token(later.token("sales")).role == "sales"
    with pytest.raises(Unauthenticated):
        verifier.of_token(early)


@pytest.mark.usefixtures("eager")
def test_a_key_file_that_breaks_leaves_the_keys_in_force(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    verifier, token = issuer.verifier(), issuer.token("sales")
    verifier.of_token(token)
    issuer.file.write_text("{")
    assert verifier.of_token(token).role == "sales"
    issuer.file.unlink()
    assert verifier.of_token(token).role == "sales"


@pytest.mark.parametrize(
    "raw", ["{", "[]", "{}", '{"keys": 7}', '{"keys": [' + ",".join(["{}"] * 101) + "]}"]
)
def test_what_is_no_key_set_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="key set"):
        parsed(raw)


class Address:
    """An issuer that is asked for its keys; counts how often."""

    def __init__(self, issuer: Issuer) -> None:
        self.issuer, self.asked, self.away = issuer, 0, False

    async def fetch(self) -> bytes:
        self.asked += 1
        if self.away:
            raise OSError("away")
        return self.issuer.file.read_bytes()


async def test_keys_at_an_address_are_fetched_when_needed_and_never_more_often_than_the_brake(
    tmp_path: Path,
) -> None:
    issuer = Issuer(tmp_path)
    address = Address(issuer)
    verifier = Verifier(KeyAddress(address.fetch), NAME)
    for _ in range(3):
        assert (await verifier.authenticate(f"Bearer {issuer.token('sales')}")).role == "sales"
    stranger = Issuer(tmp_path / "..")
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            await verifier.authenticate(f"Bearer {stranger.token('sales')}")
    assert address.asked == 1
    stranger.file.unlink()


async def test_those_who_ask_while_the_keys_are_fetched_wait_for_them(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    address, answered = Address(issuer), asyncio.Event()

    async def slowly() -> bytes:
        await answered.wait()
        return await address.fetch()

    verifier = Verifier(KeyAddress(slowly), NAME)
    header = f"Bearer {issuer.token('sales')}"
    asking = [asyncio.create_task(verifier.authenticate(header)) for _ in range(3)]
    await asyncio.sleep(0)
    answered.set()
    assert [principal.role for principal in await asyncio.gather(*asking)] == ["sales"] * 3
    assert address.asked == 1


async def test_a_setting_may_name_an_address(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    served = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), served) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port}/keys.json"
            verifier = Verifier(keys_of(address), NAME)
            assert (await verifier.authenticate(f"Bearer {issuer.token('sales')}")).role == "sales"
            issuer.file.write_bytes(b" " * (keyset.SET_BYTES_MAX + 1))
            with pytest.raises(Unauthenticated):
                await Verifier(keys_of(address), NAME).authenticate(f"Bearer {issuer.token('sales')}")
        finally:
            server.shutdown()
            thread.join()
    with pytest.raises(ValueError, match="does not exist"):
        keys_of(str(tmp_path / "none.json"))


@pytest.mark.usefixtures("eager")
async def test_an_issuer_that_is_away_leaves_its_keys_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer = Issuer(tmp_path)
    address = Address(issuer)
    verifier = Verifier(KeyAddress(address.fetch), NAME)
    address.away = True
    with pytest.raises(Unauthenticated):
        await verifier.authenticate(f"Bearer {issuer.token('sales')}")
    address.away = False
    assert (await verifier.authenticate(f"Bearer {issuer.token('sales')}")).role == "sales"
    monkeypatch.setattr(keyset, "AGE_SECONDS_MAX", -1.0)
    address.away = True
    assert address.asked == 2
    with pytest.raises(Unauthenticated):
        verifier.principal(f"Bearer {issuer.token('sales')}")
    monkeypatch.setattr(keyset, "AGE_SECONDS_MAX", 300.0)
    assert (await verifier.authenticate(f"Bearer {issuer.token('sales')}")).role == "sales"


def test_verified_tokens_are_remembered_up_to_a_bound_and_the_least_used_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "VERIFIED_COUNT_MAX", 2)
    issuer = Issuer(tmp_path)
    verifier = issuer.verifier()
    one, two, three = (issuer.token("sales", claims={"sub": name}) for name in ("one", "two", "three"))
    first = verifier.of_token(one)
    second = verifier.of_token(two)
    assert verifier.of_token(one) is first
    verifier.of_token(three)
    assert verifier.of_token(one) is first
    assert verifier.of_token(two) is not second


def test_a_remembered_token_ends_with_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = Issuer(tmp_path)
    verifier, token = issuer.verifier(), issuer.token("sales")
    ends = verifier.of_token(token).expires_at
    monkeypatch.setattr(time, "time", lambda: ends + 60)
    with pytest.raises(Unauthenticated):
        verifier.of_token(token)


async def test_a_login_token_is_no_bearer_token_and_the_reverse(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    verifier = issuer.verifier()
    login = issuer.token("admin", header={"typ": "login+jwt"}, claims={"jti": "once-1"})
    principal, mark = await verifier.of_login(login)
    assert (principal.role, mark) == ("admin", "once-1")
    with pytest.raises(Unauthenticated):
        verifier.of_token(login)
    for other in (issuer.token("admin"), issuer.token("admin", header={"typ": "login+jwt"})):
        with pytest.raises(Unauthenticated):
            await verifier.of_login(other)
