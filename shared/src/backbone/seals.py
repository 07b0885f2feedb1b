"""What a service signs or hides for itself: texts that it alone can write or read, by keys that are rotated."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

SECRET_BYTES_MIN: Final = 32
SEALED_CHARS_MAX: Final = 3_072

_HIDING: Final = ["dir", "A256GCM"]
_FORM: Final = re.compile(r"([a-z-]{1,16})\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})")


class Broken(Exception):
    """A text was not sealed here, or not for this use."""


class Seals:
    """Seals texts with the first of some secrets and opens what any of them sealed."""

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets or any(len(secret.encode()) < SECRET_BYTES_MIN for secret in secrets):
            raise ValueError(f"a secret has at least {SECRET_BYTES_MIN} bytes")
        self._secrets = [secret.encode() for secret in secrets]

    def seal(self, kind: str, content: Mapping[str, Any]) -> str:
        """The content as a text of a kind; raises `ValueError` when it would be too long to be opened again."""
        body = _written(json.dumps(content, separators=(",", ":"), sort_keys=True).encode())
        sealed = f"{kind}.{body}.{_written(_mark(self._secrets[0], kind, body))}"
        if len(sealed) > SEALED_CHARS_MAX:
            raise ValueError(f"a sealed text has at most {SEALED_CHARS_MAX} characters")
        return sealed

    def opened(self, kind: str, sealed: str) -> dict[str, Any]:
        """The content of a text of that kind; raises `Broken`."""
        form = _FORM.fullmatch(sealed) if len(sealed) <= SEALED_CHARS_MAX else None
        if form is None or form[1] != kind:
            raise Broken(f"no {kind}")
        body, mark = form[2], form[3]
        # Compared as written: only one way to write a mark is taken.
        if not any(
            hmac.compare_digest(_written(_mark(secret, kind, body)), mark) for secret in self._secrets
        ):
            raise Broken(f"this {kind} was not sealed here")
        content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return content

    def hide(self, kind: str, content: str) -> str:
        """The content as a text of a kind that nobody else can read (JWE, A256GCM, by the first secret)."""
        return jwe.encrypt_compact(
            {"alg": "dir", "enc": "A256GCM"}, content, _key(self._secrets[0], kind), algorithms=_HIDING
        )

    def shown(self, kind: str, hidden: str) -> str:
        """The content of a text that was hidden by any of the secrets for that kind; raises `Broken`."""
        for secret in self._secrets:
            content = _shown(secret, kind, hidden)
            if content is not None:
                return content
        raise Broken(f"this {kind} was not hidden here")

    def is_newest(self, kind: str, hidden: str) -> bool:
        """Whether a text was hidden by the first secret."""
        return _shown(self._secrets[0], kind, hidden) is not None


def kind_of(sealed: str) -> str:
    """The kind that a text says it is of, empty when it is no sealed text."""
    form = _FORM.fullmatch(sealed) if len(sealed) <= SEALED_CHARS_MAX else None
    return form[1] if form else ""


def _key(secret: bytes, kind: str) -> OctKey:
    # A key of its own for each kind, and for hiding: no text serves for another use.
    return OctKey.import_key(hmac.digest(secret, f"hide.{kind}".encode(), hashlib.sha256))


def _shown(secret: bytes, kind: str, hidden: str) -> str | None:
    try:
        found = jwe.decrypt_compact(hidden, _key(secret, kind), algorithms=_HIDING)
    except (JoseError, ValueError):
        return None
    return (found.plaintext or b"").decode()


def _mark(secret: bytes, kind: str, body: str) -> bytes:
    # The kind is in the text that is marked: what is sealed for one use opens for no other.
    return hmac.digest(secret, f"{kind}.{body}".encode(), hashlib.sha256)


def _written(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
