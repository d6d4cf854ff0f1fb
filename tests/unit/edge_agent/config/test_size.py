"""Sizes as people write them."""

import pytest

from edge_agent.config.size import parse_size, size_text


@pytest.mark.parametrize(
    ("text", "size"),
    [("0B", 0), ("512KiB", 524_288), ("64MiB", 67_108_864), ("1 GiB", 1_073_741_824)],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "64", "64MB", "-1MiB", "1.5MiB", "MiB", "64MiB "])
def test_what_is_no_size_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(ValueError, match="write 512KiB, 64MiB or 1GiB"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (64 << 20, "64.0 MiB"), (3 << 30, "3.0 GiB")],
)
def test_sizes_for_people(size: int, text: str) -> None:
    assert size_text(size) == text
