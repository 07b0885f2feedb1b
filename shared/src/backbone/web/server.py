"""uvicorn inside our own loop, with a bound on the head of a request and a graceful end."""

from __future__ import annotations

import socket
from typing import Any, Final

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from backbone.web.live import Listeners

GRACE_SECONDS: Final = 8
HEAD_BYTES_MAX: Final = 64 * 1024

_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)


class BoundedProtocol(HttpToolsProtocol):
    """httptools keeps a head of any size in memory; this one closes the connection above a limit."""

    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Count what arrives before the headers are complete."""
        if self.cycle is None or self.cycle.response_complete:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX and b"\r\n\r\n" not in data:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """The head is over; the next one is counted from zero."""
        self._head_bytes = 0
        super().on_headers_complete()


class Server(uvicorn.Server):
    """A uvicorn server that leaves signals to the process that runs it, and ends streams before it waits for them."""

    def __init__(self, config: uvicorn.Config, listeners: Listeners) -> None:
        super().__init__(config)
        self._listeners = listeners

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more requests, end the streams, finish what is being answered."""
        self._listeners.close()
        await super().shutdown(sockets)

    def install_signal_handlers(self) -> None:
        """Signals belong to the runner."""

    def capture_signals(self) -> Any:
        """Signals belong to the runner."""
        from contextlib import nullcontext

        return nullcontext()


def server(app: FastAPI, host: str, port: int) -> Server:
    """A server for `app`; `await server.serve()` runs it, `server.should_exit = True` ends it gracefully."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedProtocol,
        loop="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=HEAD_BYTES_MAX,
    )
    return Server(config, app.state.listeners)
