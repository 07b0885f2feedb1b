"""The local issuer: one key pair of the home, the public half as a key set file, and the tokens it signs."""

from __future__ import annotations

import json
import time
from typing import Any

from backbone import policy
from backbone.ids import new_id
from o2d.home import Home, read_json, write_private
from o2d.trouble import CannotStart

NAME = "o2d-local"
AUDIENCE = "o2d"
ALGORITHM = "Ed25519"
LIFETIME_S = 12 * 3600
# A link's token is signed by the service whose link it is.
ROLES = tuple(sorted(policy.ROLES - {"link"}))
PARTY_ROLES = policy.PARTY_ROLES


def make_keys(home: Home) -> None:
    """Make the key pair at the first start; later starts keep it, and with it the tokens that are out."""
    from joserfc.jwk import OKPKey

    if not home.issuer_key.exists():
        key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
        write_private(home.issuer_key, json.dumps(key.as_dict(private=True)))
    public = OKPKey.import_key(_private(home)).as_dict(private=False)
    write_private(home.jwks, json.dumps({"keys": [public]}, indent=1), mode=0o644)


def _private(home: Home) -> dict[str, Any]:
    key = read_json(home.issuer_key)
    if not key:
        raise CannotStart(f"There is no issuer in {home.path} yet.", "`o2d up` makes it.")
    return key


def sign(
    home: Home,
    role: str,
    party: str | None = None,
    subject: str | None = None,
    lifetime_s: int = LIFETIME_S,
    *,
    login: bool = False,
    stands_in: bool = False,
) -> str:
    """A bearer token for a role; with `login` one that is good for signing in at a page, once.

    With `stands_in` its bearer may ask for people who signed in with it, under their names.

    Raises CannotStart without a key, ValueError for an unknown role or a missing party.
    """
    from joserfc import jwt
    from joserfc.jwk import OKPKey

    if role not in ROLES:
        raise ValueError(f"there is no role {role}; the roles are {', '.join(ROLES)}")
    if role in PARTY_ROLES and not party:
        raise ValueError(f"a {role} acts for a party: name its id with --party")
    if party and role not in PARTY_ROLES:
        raise ValueError(f"a {role} acts for no party")
    key = OKPKey.import_key(_private(home))
    now = int(time.time())
    claims: dict[str, Any] = {"iss": NAME, "sub": subject or f"local-{role}", "aud": AUDIENCE}
    claims |= {"iat": now, "exp": now + lifetime_s, "role": role}
    if party:
        claims["party"] = party
    if stands_in:
        claims["stands_in"] = True
    if login:
        claims["jti"] = new_id()
    header = {"alg": ALGORITHM, "typ": "login+jwt" if login else "at+jwt", "kid": key.kid}
    return jwt.encode(header, claims, key, algorithms=[ALGORITHM])
