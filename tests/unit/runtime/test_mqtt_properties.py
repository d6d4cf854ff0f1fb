"""Properties as bytes: read back by another implementation, refused when they can not travel."""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from runtime.mqtt_properties import publish_properties

TEXT = st.text(
    st.characters(exclude_characters="\x00\ufeff", exclude_categories=["Cs"]), max_size=300
)


def read_back(packed: bytes) -> dict[str, Any]:
    """As paho reads them; all bytes have to be theirs."""
    said = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho has no types here
    _, length = said.unpack(packed)  # type: ignore[no-untyped-call]  # paho has no types here
    assert length == len(packed)
    return {name: value for name, value in vars(said).items() if name[0].isupper()}


def test_nothing_stated_is_one_byte() -> None:
    stated = publish_properties((), content_type=None, utf8=False, expiry_s=None)
    assert stated.pack() == b"\x00"


@given(
    st.lists(st.tuples(TEXT, TEXT), max_size=8),
    st.none() | TEXT,
    st.booleans(),
    st.none() | st.integers(0, 2**32 - 1),
)
def test_another_implementation_reads_what_was_stated(
    pairs: list[tuple[str, str]], content_type: str | None, utf8: bool, expiry_s: int | None
) -> None:
    stated = publish_properties(pairs, content_type=content_type, utf8=utf8, expiry_s=expiry_s)
    expected: dict[str, Any] = {}
    if pairs:
        expected["UserProperty"] = pairs
    if content_type is not None:
        expected["ContentType"] = content_type
    if utf8:
        expected["PayloadFormatIndicator"] = 1
    if expiry_s is not None:
        expected["MessageExpiryInterval"] = expiry_s
    assert read_back(stated.pack()) == expected


def test_a_topic_alias_comes_on_top() -> None:
    stated = publish_properties([("a", "b")], content_type=None, utf8=False, expiry_s=None)
    assert read_back(stated.with_alias(7).pack()) == {"TopicAlias": 7, "UserProperty": [("a", "b")]}
    assert len(stated.with_alias(7).pack()) == len(stated.pack()) + 3


@pytest.mark.parametrize("size", [0, 127 - 5, 128 - 5, 16_383, 16_384, 65_535])
def test_every_length_of_the_length(size: int) -> None:
    stated = publish_properties([("", "x" * size)], content_type=None, utf8=False, expiry_s=None)
    assert read_back(stated.pack()) == {"UserProperty": [("", "x" * size)]}


@pytest.mark.parametrize("text", ["x" * 65_536, "\u00e9" * 32_768, "a\x00b", "\ud800"])
def test_a_text_that_mqtt_can_not_carry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"NUL|surrogates"):
        publish_properties([("name", text)], content_type=None, utf8=False, expiry_s=None)


@pytest.mark.parametrize("expiry_s", [-1, 2**32])
def test_an_expiry_beyond_four_bytes_is_refused(expiry_s: int) -> None:
    with pytest.raises(ValueError, match="expiry"):
        publish_properties((), content_type=None, utf8=False, expiry_s=expiry_s)
