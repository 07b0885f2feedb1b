"""The secrets that messages are signed with: made here, kept hidden, shown to whoever made them once."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from standardwebhooks import Webhook as Signer

from backbone.seals import Broken, Seals

SECRET_BYTES: Final = 32
KIND: Final = "webhook"


def new_secret() -> str:
    """A fresh secret in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def hidden(seals: Seals, secret: str) -> str:
    """A secret as it is kept."""
    return seals.hide(KIND, secret)


def shown(seals: Seals, kept: str) -> str:
    """A secret that was kept. Raises `Broken`."""
    return seals.shown(KIND, kept)


def hidden_anew(seals: Seals, kept: str) -> str | None:
    """A kept secret hidden by the service's newest secret; None where it is so, or nobody can read it any more."""
    if seals.is_newest(KIND, kept):
        return None
    try:
        return hidden(seals, shown(seals, kept))
    except Broken:
        return None


def signatures(secrets_shown: Sequence[str], message_id: str, at: datetime, body: bytes) -> str:
    """The signatures of a message by each of the secrets, as its `webhook-signature` carries them."""
    text = body.decode()
    return " ".join(Signer(secret).sign(message_id, at, text) for secret in secrets_shown)
