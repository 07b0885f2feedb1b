"""Lists that can be read from either end: by time-ordered ids, the oldest in front or the newest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sqlalchemy import TextClause, text

End = Literal["oldest", "newest"]


def page_from_either_end(narrowed: str, key: str) -> Mapping[End, TextClause]:
    """The statement of a page for each end; `narrowed` ends in a condition, `key` is the column that it is cut by."""
    return {
        "oldest": text(f"{narrowed} AND {key} > :after ORDER BY {key} LIMIT :limit"),
        "newest": text(f"{narrowed} AND (:after = '' OR {key} < :after) ORDER BY {key} DESC LIMIT :limit"),
    }
