"""Numbers and text lie in registers as Modbus devices lay them."""

from simulators.register_words import f32_words, placed, s16_word, text_words, u16_word, u32_words


def test_singles_in_both_orders() -> None:
    assert f32_words(-1.5) == (0xBFC0, 0)
    assert f32_words(12.5, low_word_first=True) == (0, 0x4148)


def test_whole_numbers_are_held_at_their_ends() -> None:
    assert u32_words(0x0001_0040) == (1, 0x40)
    assert [s16_word(v) for v in (-1, -40_000, 40_000, 1.6)] == [0xFFFF, 0x8000, 0x7FFF, 2]
    assert [u16_word(v) for v in (-1, 70_000, 1.4)] == [0, 0xFFFF, 1]


def test_text_and_places() -> None:
    assert text_words("CH4", 6) == [0x4348, 0x3400, 0]
    assert dict(placed(4, (7, 8))) == {4: 7, 5: 8}
