"""The bootstrap token: made once, for its owner alone, shown once; and never a weak one."""

from dataclasses import replace
from pathlib import Path

import pytest

from ingest_server.api.token import TokenError, obtain, read
from ingest_server.config_api import ApiConfig


@pytest.fixture
def config(tmp_path: Path) -> ApiConfig:
    return ApiConfig(
        host="127.0.0.1",
        port=0,
        url="http://127.0.0.1:0",
        token=None,
        token_file=tmp_path / "data" / "api.token",
        tls_certificate=None,
        tls_key=None,
    )


def test_the_first_start_makes_one_and_shows_it_once(config: ApiConfig) -> None:
    shown: list[str] = []
    token = obtain(config, shown.append)
    assert len(token) >= 40
    assert token in shown[0]
    assert str(config.token_file) in shown[0]
    assert config.token_file.stat().st_mode & 0o777 == 0o600
    assert obtain(config, shown.append) == token
    assert len(shown) == 1


def test_a_log_never_holds_it(config: ApiConfig) -> None:
    shown: list[str] = []
    token = obtain(config, shown.append, is_kept=True)
    assert token not in shown[0]
    assert str(config.token_file) in shown[0]


def test_a_given_one_is_not_shown(config: ApiConfig) -> None:
    shown: list[str] = []
    assert obtain(replace(config, token="g" * 40), shown.append) == "g" * 40
    assert shown == []
    assert not config.token_file.exists()


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 50])
def test_a_file_without_a_token_is_told(config: ApiConfig, content: bytes) -> None:
    config.token_file.parent.mkdir()
    config.token_file.write_bytes(content)
    with pytest.raises(TokenError, match="delete it"):
        obtain(config, print)


def test_half_a_token_of_a_crash_is_no_token(config: ApiConfig) -> None:
    config.token_file.parent.mkdir()
    config.token_file.with_suffix(".new").write_text("half")
    assert len(obtain(config, lambda _: None)) >= 40


def test_none_yet(tmp_path: Path) -> None:
    assert read(tmp_path / "none") is None
