"""Secrets from a file or a variable, and each way in which they can not be had."""

from pathlib import Path

import pytest

from edge_agent.config.secret import SecretError, read_secret


def test_none_is_named() -> None:
    assert read_secret(None, None, {"X": "y"}) is None


@pytest.mark.parametrize("text", ["s3cret", "s3cret\n", "s3cret\r\n"])
def test_the_one_line_of_a_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "password"
    file.write_bytes(text.encode())
    assert read_secret(file, None, {}) == "s3cret"


def test_a_variable() -> None:
    assert read_secret(None, "X", {"X": "s3cret"}) == "s3cret"


@pytest.mark.parametrize("environ", [{}, {"X": ""}])
def test_a_variable_that_is_not_set(environ: dict[str, str]) -> None:
    with pytest.raises(SecretError, match="X is not set: set it"):
        read_secret(None, "X", environ)


@pytest.mark.parametrize("content", [b"", b"\n", b"s3cret\nmore\n", b"s3cret\xff"])
def test_a_file_that_holds_no_password_is_refused_without_showing_it(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    with pytest.raises(SecretError, match="one line") as refused:
        read_secret(file, None, {})
    assert "s3cret" not in str(refused.value)


def test_a_file_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="can not be read: Is a directory"):
        read_secret(tmp_path, None, {})
