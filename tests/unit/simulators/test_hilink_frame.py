"""Commands are built and found byte for byte; a sign bit of 1 is positive."""

import pytest

from simulators.hilink_frame import CommandReader, HilinkCommand, acknowledge, encode, signed, u16

ENABLE = bytes.fromhex("FD FC FB FA 04 00 FF 00 01 00 04 03 02 01")
END = bytes.fromhex("FD FC FB FA 02 00 FE 00 04 03 02 01")


def test_published_command() -> None:
    command = HilinkCommand(0xFF, u16(1))
    assert encode(command) == ENABLE
    assert CommandReader().feed(ENABLE) == [command]


def test_acknowledgements() -> None:
    assert acknowledge(0xFE).hex(" ") == "fd fc fb fa 04 00 fe 01 00 00 04 03 02 01"
    assert acknowledge(0xFE, None).hex(" ") == "fd fc fb fa 04 00 fe 01 01 00 04 03 02 01"


@pytest.mark.parametrize(
    ("number", "raw"),
    [(-782, "0e 03"), (1713, "b1 86"), (-16, "10 00"), (0, "00 00"), (99_999, "ff ff")],
)
def test_signed_numbers(number: int, raw: str) -> None:
    assert signed(number).hex(" ") == raw


@pytest.mark.parametrize("cut", range(len(ENABLE) + 1))
def test_split_at_every_byte(cut: int) -> None:
    reader = CommandReader()
    found = reader.feed(ENABLE[:cut]) + reader.feed(ENABLE[cut:])
    assert found == [HilinkCommand(0xFF, u16(1))]
    assert reader.errors == 0


def test_glued_commands_with_noise_around() -> None:
    reader = CommandReader()
    found = reader.feed(b"\xfd\xfc\x00" + ENABLE + b"\xfd" + END + b"\xfd\xfc\xfb")
    assert [command.word for command in found] == [0xFF, 0xFE]
    assert [command.word for command in reader.feed(b"\xfa" + END[4:])] == [0xFE]


@pytest.mark.parametrize("length", ["00 00", "01 00", "FF FF"])
def test_an_absurd_length_does_not_swallow_what_follows(length: str) -> None:
    reader = CommandReader()
    found = reader.feed(bytes.fromhex(f"FD FC FB FA {length}") + END)
    assert [command.word for command in found] == [0xFE]
    assert reader.errors == 1


def test_a_wrong_tail_is_counted_and_the_next_command_found() -> None:
    reader = CommandReader()
    assert [one.word for one in reader.feed(ENABLE[:-1] + b"\x00" + END)] == [0xFE]
    assert reader.errors == 1


def test_forget_drops_an_unfinished_command() -> None:
    reader = CommandReader()
    reader.feed(ENABLE[:8])
    reader.forget()
    assert len(reader.feed(END)) == 1
