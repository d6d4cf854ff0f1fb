"""The status page for people: its files from the package, open to all, under a strict policy."""

from importlib.resources import files
from pathlib import PurePath

from fastapi import APIRouter, Response

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_START = "index.html"
_RULES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    # The browser itself then refuses to read any text as HTML or as a script.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)
_POLICY = "; ".join(_RULES)


def _load() -> dict[str, tuple[str, bytes]]:
    """Path → media type and content. They are few and small: memory holds them."""
    found = {}
    for file in (files("ingest_server") / "api" / "browser").iterdir():
        media_type = _TYPES.get(PurePath(file.name).suffix)
        if media_type is not None:
            path = "/" if file.name == _START else f"/page/{file.name}"
            found[path] = (media_type, file.read_bytes())
    return found


_FILES = _load()
PATHS = frozenset(_FILES)
"""They hold no secret: what they show is asked of the API, with the token."""


def router() -> APIRouter:
    """`/` and what it loads from `/page/`."""
    made = APIRouter(include_in_schema=False)
    for path, (media_type, content) in _FILES.items():
        _add(made, path, media_type, content)
    return made


def _add(made: APIRouter, path: str, media_type: str, content: bytes) -> None:
    @made.get(path)
    async def file() -> Response:
        answer = Response(content, media_type=media_type)
        answer.headers["content-security-policy"] = _POLICY
        return answer
