"""A small program for the tests of the fork server: says how it was begun, then does what its first word says."""

from __future__ import annotations

import atexit
import json
import os
import signal
import sys

import psutil

from backbone.ids import new_id

WORD = sys.argv[1]
SAID = {
    "name": __name__,
    "words": sys.argv[1:],
    "environment": dict(os.environ),
    "folder": os.getcwd(),
    "session": os.getsid(0) == os.getpid(),
    "ids": [new_id() for _ in range(20)],
    "loaded": sorted({name.partition(".")[0] for name in sys.modules}),
    "threads": psutil.Process().num_threads(),
    "sockets": len(psutil.Process().net_connections("all")),
    "called": psutil.Process().name(),
}

print(json.dumps(SAID), flush=True)
if WORD == "breaks":
    raise ValueError("planted")
if WORD == "refuses":
    sys.exit(3)
if WORD == "waits":
    signal.pause()
if WORD == "tells":
    atexit.register(print, "good bye")
