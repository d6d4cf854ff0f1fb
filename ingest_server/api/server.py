"""The HTTP server (uvicorn) inside the program's own loop: its port, its TLS, its quiet end."""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from ingest_server.config_api import ApiConfig

_GRACE_S = 2  # without it an open stream keeps uvicorn alive for ever
_log = logging.getLogger(__name__)


class BindError(Exception):
    """The port can not be had, or the certificate not be used; the text says which and why."""


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the program's business."""
        yield


class ApiServer:
    """Serves one application. `bind` comes first, so that a port that is taken stops the start."""

    def __init__(self, app: ASGIApp, config: ApiConfig) -> None:
        self._config = config
        self._socket: socket.socket | None = None
        self._port = config.port
        self._server = _Server(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                loop="none",
                lifespan="off",
                log_config=None,
                log_level=logging.WARNING,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=100,
                timeout_graceful_shutdown=_GRACE_S,
                ssl_certfile=config.tls_certificate,
                ssl_keyfile=config.tls_key,
            ),
        )

    @property
    def url(self) -> str:
        """Where it listens, with the port that 0 became."""
        scheme = "http" if self._config.tls_certificate is None else "https"
        host = f"[{self._config.host}]" if ":" in self._config.host else self._config.host
        return f"{scheme}://{host}:{self._port}"

    def bind(self) -> None:
        """Take the port; raise BindError."""
        where = f"{self._config.host}:{self._config.port}"
        try:
            self._server.config.load()
        except (OSError, ssl.SSLError) as error:
            raise BindError(f"[api] tls_certificate, tls_key: can not be used: {error}") from error
        try:
            family = socket.AF_INET6 if ":" in self._config.host else socket.AF_INET
            address = (self._config.host, self._config.port)
            self._socket = socket.create_server(address, family=family, backlog=128)
            self._port = self._socket.getsockname()[1]
        except OSError as error:
            text = f"[api] host, port: can not listen on {where}: {error.strerror or error}"
            raise BindError(f"{text}; stop what holds the port or choose another") from error

    def close(self) -> None:
        """Give the port back."""
        if self._socket is not None:
            self._socket.close()

    async def run(self) -> None:
        """Serve until cancelled; requests under way get two seconds more."""
        if self._socket is None:
            raise RuntimeError("bind() comes first")
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(self._server.serve([self._socket]))
            try:
                await asyncio.wait([serving])
            finally:
                self._server.should_exit = True
                await asyncio.wait([serving], timeout=_GRACE_S + 1.0)
