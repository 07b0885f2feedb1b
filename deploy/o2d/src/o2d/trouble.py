"""What went wrong, said in a sentence a person can act on."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path


class CannotStart(Exception):
    """A start that is refused: `sentence` says what is the case, `mend` what to do about it (may be empty)."""

    def __init__(self, sentence: str, mend: str = "") -> None:
        super().__init__(f"{sentence} {mend}".strip())
        self.sentence = sentence
        self.mend = mend


LINES = 8
LARGER_DISK = "Free some, or set O2D_HOME to a larger disk."
NO_SPACE = ("No space left on device", "Disk quota exceeded")


def of_file(error: OSError, folder: Path) -> CannotStart:
    """The sentence for an operating system's error about files below `folder`."""
    where = error.filename or folder
    if isinstance(error, shutil.Error) and error.args:
        # A copied tree has a list of what failed; its first says enough.
        *_, first = error.args[0][0]
        error, where = OSError(errno.ENOSPC if any(sign in first for sign in NO_SPACE) else 0, first), folder
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return CannotStart(f"There is no space left for {where}.", LARGER_DISK)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return CannotStart(
            f"{where} cannot be written.", "Set O2D_HOME to a folder of yours, or mend its permissions."
        )
    return CannotStart(f"{where} cannot be used: {error.strerror or error}.")


def last_lines(path: Path, lines: int = LINES, bytes_max: int = 131_072) -> str:
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


def of_words(sentence: str, log: Path, folder: Path) -> CannotStart:
    """`sentence` about a process that works in `folder`, with the last words of its log and, if known, the mend."""
    # The frames of a Java trace would push out the line that says what it is about.
    said = [line for line in last_lines(log, 400).splitlines() if not line.startswith("\tat ")]
    words = "\n".join(said[-LINES:])
    if any(sign in words for sign in NO_SPACE):
        return CannotStart(
            f"{sentence}; it says:\n{words}\nThere is no space left for {folder}.", LARGER_DISK
        )
    return CannotStart(f"{sentence}; it says:\n{words}", f"All that it said is in {log}.")
