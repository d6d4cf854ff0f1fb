import pytest
from msgspec.structs import replace

from device_profiles.frame_codes import carriers, command_of, kinds_of, unsayable
from device_profiles.transport import Stream
from tests.stream_profile import BINARY, LINE, TEXT

FIXED = replace(BINARY, name="fixed", length_at=None, fixed_length=2)
STREAM = Stream(layouts=(BINARY, LINE, TEXT), command="frame")


def test_a_code_is_carried_by_the_layouts_that_can_have_it() -> None:
    assert carriers("80 01", STREAM.layouts) == [BINARY]
    assert carriers("gas", STREAM.layouts) == [LINE]
    assert carriers("event", STREAM.layouts) == [TEXT]
    assert carriers("80 01", (BINARY, FIXED)) == [BINARY, FIXED]
    assert carriers("80 01 02", STREAM.layouts) == []
    assert carriers("gas", (BINARY,)) == []


def test_what_a_code_looks_like_is_told_once() -> None:
    assert kinds_of((BINARY, FIXED, LINE)) == "2 bytes such as '0A 0A' or 'gas'"


def test_a_device_is_spoken_to_in_its_binary_layout() -> None:
    assert command_of(STREAM) == BINARY
    assert command_of(Stream(layouts=(BINARY,))) is None
    assert command_of(Stream(layouts=(LINE,), command="line")) is None


@pytest.mark.parametrize(
    ("transport", "code", "data", "why"),
    [
        (STREAM, "80 81", "0F", None),
        (Stream(layouts=(FIXED,), command="fixed"), "80 81", "00 00", None),
        (
            Stream(layouts=(FIXED,), command="fixed"),
            "80 81",
            "00",
            "carries 1 bytes of data, frames of 'fixed' 2",
        ),
        (
            STREAM,
            "80 81",
            " ".join(["00"] * 65),
            "carries 65 bytes of data, frames of 'frame' at most 64",
        ),
        (
            STREAM,
            "80",
            "",
            "'80' is no code of layout 'frame': it takes 2 bytes such as '0A 0A'",
        ),
        (
            Stream(layouts=(BINARY,)),
            "80 81",
            "",
            "can not be sent: transport.command names no binary layout",
        ),
    ],
)
def test_what_can_not_be_said(transport: Stream, code: str, data: str, why: str | None) -> None:
    assert unsayable(transport, code, data) == why
