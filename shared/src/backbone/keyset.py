"""The keys that tokens are signed with: read from a file or fetched from an issuer, and looked at again."""

from __future__ import annotations

import asyncio
import json
import math
import os
import time
import urllib.request
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

RELOAD_SECONDS_MIN: Final = 5.0
AGE_SECONDS_MAX: Final = 300.0
KEYS_COUNT_MAX: Final = 100
SET_BYTES_MAX: Final = 256 * 1024
FETCH_SECONDS: Final = 5.0
# What a key set may hold that could sign a token of ours; anything else in it is left alone.
_CURVES: Final = frozenset({("OKP", "Ed25519"), ("EC", "P-256")})

Fetch = Callable[[], Awaitable[bytes]]

log = structlog.get_logger(__name__)


class Keys(Protocol):
    """A set of public keys by their id; `find` is on the road of every request and never waits."""

    def find(self, kid: str) -> Any | None:
        """The key of that id, None when the set has none."""
        ...

    async def refresh(self) -> None:
        """Look again where the keys come from, unless that was done a moment ago."""
        ...


def parsed(raw: bytes | str) -> dict[str, Any]:
    """The usable keys of a JWK set, by key id. Raises `ValueError` for what is no key set."""
    try:
        content = json.loads(raw)
        given = content["keys"] if isinstance(content, dict) else None
        if not isinstance(given, list) or len(given) > KEYS_COUNT_MAX:
            raise ValueError("a key set has a list of keys")
        usable = [key for key in given if _usable(key)]
        found = KeySet.import_key_set({"keys": usable}).keys if usable else []
    except (JoseError, ValueError, KeyError, TypeError, RecursionError) as broken:
        raise ValueError(f"the key set cannot be read: {broken}") from broken
    return {key.kid: key for key in found if key.kid}


def _usable(key: Any) -> bool:
    return (
        isinstance(key, Mapping)
        and isinstance(key.get("kid"), str)
        and (key.get("kty"), key.get("crv")) in _CURVES
        and key.get("use", "sig") == "sig"
    )


class KeyFile:
    """The keys in a file; read again once the file has changed, so that a withdrawn key is forgotten, too."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._keys: dict[str, Any] = {}
        self._seen: tuple[int, int] | None = None
        self._looked_at = -math.inf

    def find(self, kid: str) -> Any | None:
        """The key of that id; looks at the file at most every few seconds."""
        if time.monotonic() - self._looked_at >= RELOAD_SECONDS_MIN:
            self._look()
        return self._keys.get(kid)

    async def refresh(self) -> None:
        """Nothing to wait for: `find` looks by itself."""

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        try:
            state = self._file.stat()
            if (state.st_mtime_ns, state.st_size) != self._seen:
                self._keys = parsed(self._file.read_bytes())
                self._seen = (state.st_mtime_ns, state.st_size)
        except (OSError, ValueError) as broken:
            log.warning("keys.unreadable", file=str(self._file), cause=str(broken))


class KeyAddress:
    """The keys at an address; fetched anew for an unknown key and when they are old, never more often than a brake."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._keys: dict[str, Any] = {}
        self._fetched_at = -math.inf
        self._tried_at = -math.inf
        self._fetching = asyncio.Lock()

    def find(self, kid: str) -> Any | None:
        """The key of that id, None when it is unknown or the keys are too old to trust."""
        if time.monotonic() - self._fetched_at >= AGE_SECONDS_MAX:
            return None
        return self._keys.get(kid)

    async def refresh(self) -> None:
        """Fetch the keys; what is known stays in force where the issuer does not answer or answers nonsense."""
        # Whoever comes while they are fetched waits, and finds them fetched a moment ago.
        async with self._fetching:
            if time.monotonic() - self._tried_at < RELOAD_SECONDS_MIN:
                return
            self._tried_at = time.monotonic()
            try:
                self._keys = parsed(await self._fetch())
            except (OSError, TimeoutError, ValueError) as broken:
                log.warning("keys.unreadable", cause=str(broken))
                if not self._keys:
                    return
            self._fetched_at = time.monotonic()


def keys_of(setting: str) -> Keys:
    """The keys that a setting names, by file or by address; raises `ValueError` for a file that is not there."""
    if setting.startswith(("https://", "http://")):
        return KeyAddress(lambda: asyncio.to_thread(_read_address, setting))
    return KeyFile(keys_file_of(setting))


def _read_address(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=FETCH_SECONDS) as answer:  # noqa: S310  (http and https alone)
        content: bytes = answer.read(SET_BYTES_MAX + 1)
    if len(content) > SET_BYTES_MAX:
        raise ValueError(f"a key set has at most {SET_BYTES_MAX} bytes")
    return content


def keys_file_of(setting: str) -> Path:
    """The key set file that a setting names; raises `ValueError` when there is none."""
    if not setting:
        raise ValueError("it names no key set: a file or an address")
    path = Path(os.path.expanduser(setting))
    if not path.is_file():
        raise ValueError(f"the key set file {path} does not exist")
    return path
