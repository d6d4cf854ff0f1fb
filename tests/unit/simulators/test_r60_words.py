"""Settings know width, range and query; words are found by what stands in a frame."""

import pytest

from simulators.r60_words import R60Setting, R60Words

STILL = R60Setting(0x83, 0x0A, 4, 60, 3600, 300)
MODE = R60Setting(0x84, 0x0F, 1, 0, 1, 1, asked=0x8C)
WORDS = R60Words({"fall": (0x83, 0x01)}, {(0x83, 0x81): "fall"}, {"still": STILL, "mode": MODE})


def test_a_setting_knows_width_and_range() -> None:
    assert STILL.decode(bytes.fromhex("00 00 01 2C")) == 300
    assert STILL.decode(bytes.fromhex("01 2C")) is None
    assert STILL.decode(bytes.fromhex("00 00 00 01")) is None
    assert STILL.encode(300) == bytes.fromhex("00 00 01 2C")


def test_a_query_has_bit_seven_unless_the_maker_chose_another() -> None:
    assert STILL.query == (0x83, 0x8A)
    assert MODE.query == (0x84, 0x8C)


def test_words_are_found_by_key() -> None:
    assert WORDS.name_of_report == {(0x83, 0x01): "fall"}
    assert WORDS.set_by == {(0x83, 0x0A): "still", (0x84, 0x0F): "mode"}
    assert WORDS.asked_by == {(0x83, 0x8A): "still", (0x84, 0x8C): "mode"}
    assert WORDS.factory == {"still": 300, "mode": 1}


def test_settings_that_can_not_be() -> None:
    assert WORDS.checked({"mode": 0}) == {"mode": 0}
    with pytest.raises(ValueError, match="no setting mode = 2"):
        WORDS.checked({"mode": 2})
    with pytest.raises(ValueError, match="no setting volume"):
        WORDS.checked({"volume": 2})
