"""A small service for the tests of the start-up: notes each step in the home, serves its health, ends when asked."""

from __future__ import annotations

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

NAME, STEP = sys.argv[1], sys.argv[-1]
HOME = Path(os.environ["O2D_HOME"])


def note(what: str) -> None:
    with (HOME / "events").open("a") as events:
        events.write(f"{NAME} {what}\n")


class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503 if "deaf" in sys.argv else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


def end(_number: int, _frame: object) -> None:
    note("end")
    sys.exit(0)


if STEP == "run" and "fails-run" not in sys.argv:
    signal.signal(signal.SIGTERM, end)
    server = HTTPServer((os.environ["O2D_HTTP_HOST"], int(os.environ["O2D_HTTP_PORT"])), Health)
    note("run")
    print(json.dumps({"event": "listening", "level": "info", "clock": os.environ["O2D_CLOCK"]}), flush=True)
    server.serve_forever()
note(STEP)
if f"fails-{STEP}" in sys.argv:
    sys.exit("the table is in the way")
