"""An issuer of tokens for tests: a key pair in a folder, and tokens as right or as wrong as a test wants them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

from backbone.auth import ALGORITHMS, AUDIENCE, Verifier

NAME: Final = "tests"


class Issuer:
    """Signs tokens whose public key lies in `folder`."""

    def __init__(self, folder: Path, key: OKPKey | ECKey | None = None) -> None:
        self.key = key or OKPKey.generate_key(
            "Ed25519", {"use": "sig", "alg": "Ed25519"}, private=True, auto_kid=True
        )
        self.file = folder / "keys.json"
        self.file.write_text(json.dumps({"keys": [self.key.as_dict(private=False)]}))

    def verifier(self) -> Verifier:
        """A verifier that trusts this issuer."""
        return Verifier(self.file, NAME)

    def token(
        self,
        role: str,
        party: str | None = None,
        *,
        header: dict[str, Any] | None = None,
        claims: dict[str, Any] | None = None,
    ) -> str:
        """A token for a role; `header` and `claims` replace what would be right."""
        now = int(time.time())
        right = {"iss": NAME, "aud": AUDIENCE, "sub": f"a-{role}", "iat": now, "exp": now + 600, "role": role}
        if party is not None:
            right["party"] = party
        algorithm = "ES256" if isinstance(self.key, ECKey) else "Ed25519"
        head = {"alg": algorithm, "typ": "at+jwt", "kid": self.key.kid, **(header or {})}
        return jwt.encode(head, {**right, **(claims or {})}, self.key, algorithms=list(ALGORITHMS))

    def stand_in(self) -> str:
        """The token of a service that asks for the people who signed in with it."""
        return self.token("system", claims={"stands_in": True})

    def headers(self, role: str, party: str | None = None) -> dict[str, str]:
        """The Authorization header of a role."""
        return {"authorization": f"Bearer {self.token(role, party)}"}
