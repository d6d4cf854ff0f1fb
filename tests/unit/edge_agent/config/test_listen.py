"""Addresses as a person writes them."""

import pytest

from edge_agent.config.listen import parse_place


def test_right_ones() -> None:
    assert parse_place("127.0.0.1:9464") == ("127.0.0.1", 9464)
    assert parse_place("[::1]:80") == ("::1", 80)
    assert parse_place("localhost:65535") == ("localhost", 65_535)


@pytest.mark.parametrize("text", ["", "9464", "127.0.0.1", ":9464", "h:0", "h:65536", "h:x", "h:²"])
def test_wrong_ones(text: str) -> None:
    with pytest.raises(ValueError, match="write address and port"):
        parse_place(text)
