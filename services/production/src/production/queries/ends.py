"""Lists that can be read from either end: by time-ordered ids, the oldest in front or the newest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from sqlalchemy import TextClause, text

End = Literal["oldest", "newest"]
ENDS: Final[tuple[End, ...]] = ("oldest", "newest")


def page_from_either_end(select: str, key: str, narrowed: str) -> Mapping[End, TextClause]:
    """The statement of a page for each end; `key` is the column that it is cut by, `narrowed` what else holds."""
    return {
        "oldest": text(f"{select} WHERE {key} > :after AND {narrowed} ORDER BY {key} LIMIT :limit"),
        "newest": text(
            f"{select} WHERE (:after = '' OR {key} < :after) AND {narrowed} ORDER BY {key} DESC LIMIT :limit"
        ),
    }
