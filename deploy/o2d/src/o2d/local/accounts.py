"""Who a local database runs as, and where its folder lies when that is not us."""

from __future__ import annotations

import os
import pwd
import tempfile
from pathlib import Path

from o2d.home import Home
from o2d.local.process import Account
from o2d.trouble import CannotStart

UNPRIVILEGED = ("postgres", "nobody")
STATE = Path("/var/lib")


def unprivileged() -> Account | None:
    """The account to drop to: None when we are nobody special, else the first of postgres and nobody that exists.

    PostgreSQL refuses to run as root. Raises CannotStart when there is no such account; none is ever made.
    """
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise CannotStart(
        "PostgreSQL does not run as root, and there is no account postgres or nobody to run it as.",
        "Start o2d as another user, or name a server in O2D_DATABASE_URL.",
    )


def database_folder(home: Home, account: Account | None) -> Path:
    """Where the database lives: in the home, or for another account in a folder of its own that it can reach.

    Such folders lie in `O2D_DATABASES`, in /var/lib where that is not set.
    """
    if account is None:
        folder = home.path / "postgres"
        folder.mkdir(mode=0o755, exist_ok=True)
        return folder
    places = (Path(os.environ.get("O2D_DATABASES") or STATE), Path(tempfile.gettempdir()))
    for place in places:
        folder = place / f"o2d-{home.hash}"
        try:
            folder.mkdir(mode=0o755, exist_ok=True)
            folder.chmod(0o755)
        except OSError:
            continue
        if (
            folder.stat().st_uid == os.geteuid()
        ):  # in a shared folder someone else may have made that name first
            return folder
    raise CannotStart(
        f"Neither {places[0]} nor {places[1]} takes a folder for the database.",
        "Make one of them writable, or name a server in O2D_DATABASE_URL.",
    )
