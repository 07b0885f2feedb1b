"""Java's memory of the classes a program loads: kept at the first clean end, it halves the work of each later start."""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from o2d.local.java import Java

QUIET = ("-Xlog:cds=off", "-Xlog:cds+dynamic=off")


@dataclass(frozen=True, slots=True)
class Archive:
    """One file of the cache, for one program on one runtime; a runtime that does not like it goes without.

    `ground` is the archive of Java's own classes below it, where the runtime has none in itself.
    """

    file: Path
    draft: Path
    ground: Path | None = None

    def flags(self) -> list[str]:
        """Use it where it is there, else make it when the program ends."""
        layers = [str(one) for one in (self.ground, self.file) if one and one.exists()]
        shared = [f"-XX:SharedArchiveFile={os.pathsep.join(layers)}"] if layers else []
        made = [] if self.file.exists() else [f"-XX:ArchiveClassesAtExit={self.draft}"]
        return [*shared, *made, *QUIET]

    def keep(self) -> None:
        """After a clean end: what was made gets its name, so that nobody ever uses half of one."""
        if self.draft.exists():
            self.draft.replace(self.file)


def of(java: Java, class_path: str, cache: Path, writer: str) -> Archive:
    """The archive for a runtime and a class path; `writer` keeps two that make it at a time apart."""
    home = java.program.resolve().parent.parent
    release = home / "release"
    runtime = release.read_bytes() if release.exists() else str(home).encode()
    key = hashlib.sha256(runtime + class_path.encode()).hexdigest()[:12]
    file = cache / f"classes-{key}.jsa"
    ground = None if any(home.glob("lib/*/classes*.jsa")) else _ground(java, runtime, cache, writer)
    return Archive(file, file.with_name(f"{file.name}.{writer}"), ground)


def _ground(java: Java, runtime: bytes, cache: Path, writer: str) -> Path | None:
    """The packaged runtime comes without an archive of its own classes: it makes one in a second, once."""
    ground = cache / f"classes-of-java-{hashlib.sha256(runtime).hexdigest()[:12]}.jsa"
    if not ground.exists():
        draft = ground.with_name(f"{ground.name}.{writer}")
        words = [str(java.program), "-Xshare:dump", f"-XX:SharedArchiveFile={draft}", "-XX:+UseSerialGC"]
        made = subprocess.run(words, capture_output=True, timeout=60, check=False)
        if made.returncode != 0 or not draft.exists():
            return None  # slower, not broken
        draft.replace(ground)
    return ground
