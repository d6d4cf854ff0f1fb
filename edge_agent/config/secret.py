"""A password from a file or an environment variable, never from the configuration itself."""

from collections.abc import Mapping
from pathlib import Path


class SecretError(ValueError):
    """The secret can not be had; the text says why and what would be right, never the secret."""


def read_secret(file: Path | None, variable: str | None, environ: Mapping[str, str]) -> str | None:
    """The secret, None if neither place is named; the file's one line, without its line break."""
    if file is not None:
        return _from_file(file)
    if variable is None:
        return None
    secret = environ.get(variable)
    if not secret:
        raise SecretError(f"the variable {variable} is not set: set it, or use password_file")
    return secret


def _from_file(file: Path) -> str:
    try:
        secret = file.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        reason = f"{file} can not be read: {error.strerror}"
        raise SecretError(f"{reason}; make it, readable for the agent alone") from error
    except UnicodeDecodeError as error:
        raise SecretError(f"{file} is not text: write the password as one line") from error
    if not secret or "\n" in secret:
        raise SecretError(f"{file} should hold the password as its one line")
    return secret
