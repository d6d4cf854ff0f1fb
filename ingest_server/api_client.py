"""The command line as a client of the running server's API, with the standard library's urllib."""

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from ingest_server.api.token import read
from ingest_server.config import Config

_TIMEOUT_S = 10.0
_REFUSAL_BYTES = 16 * 1024


class ApiClientError(Exception):
    """The server can not be asked, or refuses; the text says which and what to do."""


class ApiClient:
    """Blocking. Trusts the server's own certificate, or one that the system trusts."""

    def __init__(self, config: Config) -> None:
        self._url = config.api.url
        self._token = config.api.token or read(config.api.token_file)
        self._tls = ssl.create_default_context()
        if config.api.tls_certificate is not None:
            self._tls.load_verify_locations(config.api.tls_certificate)
        if self._token is None:
            raise ApiClientError(
                f"{config.api.token_file} does not exist: the server has not been started yet"
            )

    def pages(self, path: str) -> list[Any]:
        """All items of a list, page by page; `path` has its question mark already."""
        items: list[Any] = []
        after = ""
        while True:
            page = self.get(f"{path}&limit=500{after}")
            items += page["items"]
            if page["next"] is None:
                return items
            after = f"&after={page['next']}"

    def get(self, path: str) -> Any:
        """What the server answers; raise ApiClientError."""
        return self._ask(path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """What the server answers; raise ApiClientError, also when it refuses."""
        return self._ask(path, json.dumps(body).encode())

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """What the server answers; raise ApiClientError, also when it refuses."""
        return self._ask(path, json.dumps(body).encode(), "PUT")

    def delete(self, path: str) -> Any:
        """What the server answers; raise ApiClientError, also when it refuses."""
        return self._ask(path, None, "DELETE")

    def _ask(self, path: str, body: bytes | None, method: str | None = None) -> Any:
        headers = {"authorization": f"Bearer {self._token}"}
        if body is not None:
            headers["content-type"] = "application/json"
        request = urllib.request.Request(  # noqa: S310 - the configuration allows http and https
            self._url + path, data=body, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(  # noqa: S310 - as above
                request, timeout=_TIMEOUT_S, context=self._tls
            ) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                said = _said(error.read(_REFUSAL_BYTES))
            raise ApiClientError(f"{self._url}{path}: {error.code} {said}") from error
        except (OSError, ValueError) as error:
            text = f"{self._url} does not answer ({error}): is the server running?"
            raise ApiClientError(text) from error


def _said(body: bytes) -> str:
    """Why, in a sentence; what is no problem document as it is."""
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if isinstance(said, dict) and "detail" in said:
        reason = f" ({said['reason']})" if said.get("reason") else ""
        return f"{said['detail']}{reason}"
    return body.decode(errors="replace")[:500]
