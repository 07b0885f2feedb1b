"""The secrets of an installation as an environment file, and the public half of its issuer; what is there stays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from o2d import issuer
from o2d.deployment.parts import PACKAGES
from o2d.home import Home, write_private

FILE: Final = ".env"
HOME: Final = ".o2d"
KEYS: Final = "jwks.json"
SCRAPER: Final = "metrics.token"
# The superuser in the words of a Kubernetes secret of type basic-auth.
SUPERUSER: Final = "postgres.env"
DAY_S: Final = 24 * 3600
# A month, and a day for whoever renews them: they are signed anew each time the file is written.
TOKEN_S: Final = 31 * DAY_S


def names() -> dict[str, str]:
    """Each random secret by its name in the file, and the name under which the home keeps it."""
    found = {
        "POSTGRES_PASSWORD": "postgres",
        "KAFKA_PASSWORD": "kafka",
        "LINK_SECRET": "link",
        "GRAFANA_PASSWORD": "grafana",
    }
    for service, package in PACKAGES.items():
        found[f"{package.upper()}_DATABASE_PASSWORD"] = f"role {service}"
        found[f"{package.upper()}_KAFKA_PASSWORD"] = f"kafka {service}"
    return found


def write(folder: Path) -> list[Path]:
    """Write the files of an installation into a folder, closed to others; the answer names them.

    The issuer is for an installation that has no identity provider: its private half stays in the home inside.
    Raises CannotStart where the folder cannot be written.
    """
    home = Home(folder / HOME)
    home.prepare()
    issuer.make_keys(home)
    said = {name: home.secret(kept) for name, kept in names().items()}
    said["TOWER_TOKEN"] = issuer.sign(
        home, "system", subject="control-tower", lifetime_s=TOKEN_S, stands_in=True
    )
    scraper = issuer.sign(home, "system", subject="prometheus", lifetime_s=TOKEN_S)
    write_private(folder / FILE, _lines(said))
    write_private(folder / KEYS, home.jwks.read_text(), mode=0o644)
    write_private(folder / SCRAPER, scraper, mode=0o644)
    write_private(folder / SUPERUSER, _lines({"username": "postgres", "password": said["POSTGRES_PASSWORD"]}))
    return [folder / name for name in (FILE, KEYS, SCRAPER, SUPERUSER)]


def _lines(said: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in said.items())
