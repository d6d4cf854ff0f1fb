"""The server's HTTP API as an outsider uses it: GET and POST of JSON with a bearer token."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

_TIMEOUT_S = 5.0


class ApiError(Exception):
    """The server is away, or refused; `status` is its HTTP status, None when it is away."""

    def __init__(self, status: int | None, text: str) -> None:
        super().__init__(text)
        self.status = status


class ServerApi:
    """Blocking; run it in a thread from a loop."""

    def __init__(self, url: str, token_file: Path) -> None:
        self.url = url
        self._token_file = token_file

    def get(self, path: str) -> Any:
        """The JSON at `path`. Raises ApiError."""
        return self._call("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """What the server answers. Raises ApiError."""
        return self._call("POST", path, json.dumps(body).encode())

    def put(self, path: str, body: dict[str, Any]) -> Any:
        """What the server answers. Raises ApiError."""
        return self._call("PUT", path, json.dumps(body).encode())

    def delete(self, path: str) -> Any:
        """What the server answers. Raises ApiError."""
        return self._call("DELETE", path, None)

    def is_ready(self) -> bool:
        try:
            self.get("/readyz")
        except ApiError:
            return False
        return True

    def _call(self, method: str, path: str, body: bytes | None) -> Any:
        headers = {"Content-Type": "application/json"}
        if self._token_file.exists():
            headers["Authorization"] = f"Bearer {self._token_file.read_text().strip()}"
        request = urllib.request.Request(  # noqa: S310 - http on loopback, made by us
            self.url + path, data=body, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - http or https, as its URL was made
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode(errors="replace")
            raise ApiError(error.code, f"{method} {path}: {error.code} {text[:300]}") from error
        except (OSError, ValueError) as error:
            raise ApiError(None, f"{method} {path}: {error}") from error
