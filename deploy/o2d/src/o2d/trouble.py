"""What went wrong, said in a sentence a person can act on."""

from __future__ import annotations

import errno
from pathlib import Path


class CannotStart(Exception):
    """A start that is refused: `sentence` says what is the case, `mend` what to do about it (may be empty)."""

    def __init__(self, sentence: str, mend: str = "") -> None:
        super().__init__(f"{sentence} {mend}".strip())
        self.sentence = sentence
        self.mend = mend


def of_file(error: OSError, folder: Path) -> CannotStart:
    """The sentence for an operating system's error about files below `folder`."""
    where = error.filename or folder
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return CannotStart(
            f"There is no space left for {where}.", "Free some, or set O2D_HOME to a larger disk."
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return CannotStart(
            f"{where} cannot be written.", "Set O2D_HOME to a folder of yours, or mend its permissions."
        )
    return CannotStart(f"{where} cannot be used: {error.strerror or error}.")


def last_lines(path: Path, lines: int = 8, bytes_max: int = 131_072) -> str:
    """The end of a log, for a sentence about the process that wrote it; empty when there is none."""
    try:
        with path.open("rb") as log:
            skipped = max(0, path.stat().st_size - bytes_max)
            log.seek(skipped)
            if skipped:
                log.readline()  # the rest of a line whose head is not here
            text = log.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
