"""The API's bootstrap token: made at the first start, kept with the data, shown once."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from ingest_server.config_api import TOKEN_CHARACTERS, ApiConfig

_BYTES = 32
_PRIVATE = 0o600


class TokenError(Exception):
    """The token file can not be used; the text says what to do."""


def obtain(config: ApiConfig, tell: Callable[[str], None], *, is_kept: bool = False) -> str:
    """The token that requests must carry. A new one is given to `tell`, that once.

    `is_kept`: what is told ends in a log, which must not hold it; then only its file is named.

    Raises TokenError, OSError.
    """
    if config.token is not None:
        return config.token
    known = read(config.token_file)
    if known is not None:
        return known
    token = secrets.token_urlsafe(_BYTES)
    _write(config.token_file, token)
    if is_kept:
        tell(f"API token: made, and kept in {config.token_file}")
    else:
        tell(f"API token (shown this once, kept in {config.token_file}): {token}")
    return token


def read(path: Path) -> str | None:
    """The token in a file that a server has made; None when there is none yet."""
    try:
        token = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        token = ""
    if len(token) < TOKEN_CHARACTERS:
        raise TokenError(f"{path} holds no token: delete it, and the next start makes a new one")
    return token


def _write(path: Path, token: str) -> None:
    """Whole or not at all, whatever happens meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(_PRIVATE, exist_ok=False)
    with draft.open("w", encoding="ascii") as file:
        file.write(f"{token}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
