"""What runs in a home, as the commands that ask it need it: addresses, databases, broker, and a token."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass

from o2d import issuer
from o2d.home import Home, home_folder, read_json
from o2d.trouble import CannotStart


@dataclass(frozen=True, slots=True)
class Running:
    """Services by name with their address and database, the broker, and a token that may ask all of them."""

    urls: Mapping[str, str]
    databases: Mapping[str, str]
    bootstrap: str
    token: str


def running(role: str = "admin", subject: str | None = None, party: str | None = None) -> Running:
    """What runs in this home, asked by somebody in a role, or what `O2D_SERVICE_URLS` and `O2D_TOKEN` name.

    Customers and vendors act for a party. Raises CannotStart for neither, ValueError for no such role or party.
    """
    given, token = os.environ.get("O2D_SERVICE_URLS"), os.environ.get("O2D_TOKEN")
    if given and token:
        return Running(_urls(given), {}, os.environ.get("O2D_KAFKA_BOOTSTRAP", ""), token)
    home = Home(home_folder())
    state = read_json(home.state)
    if not home.running() or not state:
        raise CannotStart(f"o2d does not run in {home.path}.", "`o2d up` starts it.")
    urls = {name: str(one["url"]) for name, one in state["services"].items()}
    return Running(
        urls, state["databases"], state["kafka"]["bootstrap"], issuer.sign(home, role, party, subject=subject)
    )


def _urls(text: str) -> dict[str, str]:
    try:
        return {str(name): str(address) for name, address in json.loads(text).items()}
    except (ValueError, AttributeError) as broken:
        raise CannotStart(
            "O2D_SERVICE_URLS is no JSON object.", 'It looks like {"orders": "http://127.0.0.1:8700"}.'
        ) from broken


def chosen(names: Mapping[str, str], wanted: str | None) -> list[str]:
    """The services that are meant: the one that is named, else all. Raises CannotStart for a name that is none."""
    if wanted is None:
        return list(names)
    if wanted not in names:
        raise CannotStart(f"There is no service {wanted}.", f"Choose of {', '.join(names)}.")
    return [wanted]
