"""Bearer tokens: who asks, in which role, for which party."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from backbone.errors import Refusal
from backbone.policy import PARTY_ROLES, ROLES

AUDIENCE: Final = "o2d"
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105  (a media type, not a secret)
ALGORITHMS: Final = ["EdDSA", "Ed25519", "ES256"]
TOKEN_CHARS_MAX: Final = 4_096
VERIFIED_COUNT_MAX: Final = 10_000
RELOAD_SECONDS_MIN: Final = 5.0
LEEWAY_SECONDS: Final = 5


class Unauthenticated(Refusal):
    """The request carries no token that can be trusted."""

    status = 401


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a subject in a role; `party` is the customer or vendor whose things it may see, None for staff."""

    subject: str
    role: str
    party: str | None
    expires_at: float


class Verifier:
    """Checks tokens against a key set file; a verified token is remembered until it expires.

    The file is read again when a token names an unknown key, at most every few seconds.
    """

    def __init__(self, keys_file: Path, issuer: str) -> None:
        self._file = keys_file
        self._issuer = issuer
        self._keys: dict[str, Any] = {}
        self._read_at = -RELOAD_SECONDS_MIN
        self._verified: OrderedDict[bytes, Principal] = OrderedDict()

    def principal(self, authorization: str | None) -> Principal:
        """The principal of an Authorization header; raises `Unauthenticated`."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > TOKEN_CHARS_MAX:
            raise Unauthenticated("send a bearer token")
        return self.of_token(token)

    def of_token(self, token: str) -> Principal:
        """The principal of a token; raises `Unauthenticated`."""
        mark = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        known = self._verified.get(mark)
        if known is not None and known.expires_at > time.time():
            return known
        principal = self._check(token)
        self._verified[mark] = principal
        if len(self._verified) > VERIFIED_COUNT_MAX:
            self._verified.popitem(last=False)
        return principal

    def _check(self, token: str) -> Principal:
        try:
            header = _header_of(token)
            decoded = jwt.decode(token, self._key(header), algorithms=ALGORITHMS)
            claims = decoded.claims
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": self._issuer},
                aud={"essential": True, "value": AUDIENCE},
                exp={"essential": True},
                sub={"essential": True},
            ).validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as broken:
            raise Unauthenticated("the token is not valid") from broken
        return _principal_of(claims)

    def _key(self, header: Mapping[str, Any]) -> Any:
        if header.get("typ") != TOKEN_TYPE or header.get("alg") not in ALGORITHMS or "crit" in header:
            raise ValueError("not a token of ours")
        kid = header["kid"]
        if kid not in self._keys and time.monotonic() - self._read_at >= RELOAD_SECONDS_MIN:
            self._read_at = time.monotonic()
            found = KeySet.import_key_set(json.loads(self._file.read_text()))
            self._keys = {key.kid: key for key in found.keys if key.kid}
        return self._keys[kid]


def _header_of(token: str) -> Mapping[str, Any]:
    import base64

    head, _, _ = token.partition(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    if not isinstance(header, dict) or not isinstance(header.get("kid"), str):
        raise ValueError("the token names no key")
    return header


def _principal_of(claims: Mapping[str, Any]) -> Principal:
    role, party = claims.get("role"), claims.get("party")
    if role not in ROLES or (party is not None and not isinstance(party, str)):
        raise Unauthenticated("the token names no role that exists")
    if (role in PARTY_ROLES) != (party is not None):
        raise Unauthenticated("a token of this role names its party, and of no other")
    return Principal(str(claims["sub"]), role, party, float(claims["exp"]))


def keys_file_of(setting: str) -> Path:
    """The key set file that a setting names; raises `ValueError` when there is none."""
    path = Path(os.path.expanduser(setting))
    if not path.is_file():
        raise ValueError(f"the key set file {path} does not exist")
    return path
