"""The map of the XCD: every register at its place, strings and singles as they lie."""

import struct

from simulators.gas_model import XRL
from simulators.gas_registers import Shown, holding_of, inputs_of


def test_holding_registers() -> None:
    words = holding_of(Shown(unit=7, reading=12.5, peak=40.0, celsius=-5, mode=3))
    assert sorted(words) == list(range(62))
    assert words[0] == words[1] == 0x2507
    assert words[2] << 16 | words[3] == struct.unpack(">I", struct.pack(">f", 12.5))[0]
    assert (words[6], words[10], words[16]) == (3, 5, 0xFFFB)
    assert words[45] << 16 | words[46] == int.from_bytes(b"METH", "big")
    assert words[56] << 16 | words[57] == struct.unpack(">I", struct.pack(">f", 24_000.0))[0]


def test_the_newer_map_has_its_own_places() -> None:
    """Instruction manual 3017M5023, pages 58 and 59."""
    words = holding_of(Shown(model=XRL, calibration_due_days=30.0, active=1, latched=2, beats=9))
    assert sorted(words) == list(range(100, 162))
    assert (words[100], words[107], words[131]) == (0x2601, 9, 1)
    assert words[108] << 16 | words[109] == struct.unpack(">I", struct.pack(">f", 30.0))[0]
    assert words[145] << 16 | words[146] == int.from_bytes(b"METH", "big")
    assert words[154] == 30, "days as a number of 16 bits too"
    assert words[155] == 0x11, "relay 2 in the high nibble, relay 1 in the low one"
    assert holding_of(Shown(model=XRL, active=1))[155] == 0x01


def test_the_other_word_order() -> None:
    high, low = (
        holding_of(Shown(reading=12.34)),
        holding_of(Shown(reading=12.34), low_word_first=True),
    )
    assert (high[2], high[3]) == (low[3], low[2])


def test_input_registers() -> None:
    words = inputs_of(Shown(unit=7, location="WELL 12", mode=2, active=3, latched=2, trouble=0x40))
    assert sorted(words) == list(range(21))
    assert (words[9], words[10]) == (7, 2)
    assert words[3] == int.from_bytes(b"WE", "big")
    assert [words[n] for n in range(13, 21)] == [0, 3, 0, 2, 0, 0x40, 0, 0]


def test_codes_of_troubles() -> None:
    assert Shown().trouble_code == 0
    assert Shown(trouble=0b10).trouble_code == 2
    assert Shown(trouble=0b1_0000_0010).trouble_code == 1103, "a fault goes before a warning"
    assert Shown(trouble=0b1_0000_0010, active=1, latched=2).status == 0b11_0011
