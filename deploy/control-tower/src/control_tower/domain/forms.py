"""What people write into forms, as services take it: moments, whole numbers, lists of values; wrong ones are named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

from backbone.errors import Invalid, Pointer

Form = Mapping[str, str]
MOMENT_CHARS: Final = len("2026-03-02T08:00")
WHOLE_DIGITS_MAX: Final = 18


def moment(given: str) -> str:
    """A moment as a field of date and time has it (UTC), as services read it; empty stays empty."""
    return f"{given}:00Z" if len(given) == MOMENT_CHARS else given


def moment_field(text: str | None) -> str:
    """A moment as a service writes it, for a field of date and time."""
    return (text or "")[:MOMENT_CHARS]


def whole(given: str, pointer: str, wrong: list[Pointer]) -> int:
    """A whole number; what is none is noted in `wrong` and counts as nothing."""
    digits = given.strip().removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= WHOLE_DIGITS_MAX:
        return int(given)
    wrong.append((pointer, "a whole number"))
    return 0


def login_token(given: str) -> str:
    """The login token that somebody shows: bare, or in the link that signs in."""
    return parse_qs(urlsplit(given).query).get("token", [given])[0].strip()


def number(given: str) -> str:
    """A number with a decimal comma or point, as services read it."""
    return given.strip().replace(",", ".")


def values(given: str) -> list[str]:
    """Numbers that stand apart by spaces or semicolons."""
    return [number(each) for each in given.replace(";", " ").split()]


def rows(form: Form, part: str, names: Iterable[str]) -> list[dict[str, str]]:
    """The rows `part.0.name` … of a form that are not empty, in their order."""
    numbers = sorted(
        {int(key.split(".")[1]) for key in form if key.startswith(f"{part}.") and key.split(".")[1].isdigit()}
    )
    found = [{name: form.get(f"{part}.{each}.{name}", "").strip() for name in names} for each in numbers]
    return [row for row in found if any(row.values())]


def demand(wrong: list[Pointer], detail: str) -> None:
    """Raise `Invalid` if anything is wrong."""
    if wrong:
        raise Invalid(detail, wrong)
