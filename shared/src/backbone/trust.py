"""Whom the processes of this machine trust when they call others by TLS."""

from __future__ import annotations

import ssl
from functools import cache

import httpcore


@cache
def authorities() -> ssl.SSLContext:
    """The machine's authorities and those that come with the library, read once: that takes longer than most calls."""
    return httpcore.default_ssl_context()
