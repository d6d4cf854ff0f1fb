import pytest
from msgspec.structs import replace

from device_profiles.check_layouts import check_layouts
from device_profiles.framing import BinaryFrame, Checksum, Layout
from device_profiles.model import Profile
from device_profiles.transport import Stream
from tests.shipped import PROFILES
from tests.stream_profile import BINARY, LINE, TEXT

STREAMS = [one for one in PROFILES.values() if isinstance(one.transport, Stream)]
TINY = BinaryFrame(
    name="tiny",
    sync="01",
    length_at=3,
    code_at=5,
    data_at=8,
    header_checksum=Checksum.XOR8_INVERTED,
    checksum=Checksum.XOR8_INVERTED,
    checksum_from=8,
    zero_length_has_no_trailer=True,
)
CODE_IN_DATA = BinaryFrame(
    name="targets", sync="F4 F3", length_at=2, code_at=4, data_at=4, tail="F8 F7"
)
FIXED = BinaryFrame(name="fixed", sync="FF", code="level", fixed_length=2, data_at=1, tail="00")


def told(*layouts: Layout, command: str | None = None) -> list[str]:
    return [str(one) for one in check_layouts(Stream(layouts=layouts, command=command))]


def test_every_kind_is_sound() -> None:
    assert told(BINARY, LINE, TEXT, command="frame") == []
    assert told(TINY, CODE_IN_DATA, FIXED) == []


@pytest.mark.parametrize("profile", STREAMS, ids=lambda profile: profile.id)
def test_the_shipped_ones_are_sound(profile: Profile) -> None:
    assert isinstance(profile.transport, Stream)
    assert list(check_layouts(profile.transport)) == []


@pytest.mark.parametrize(
    ("layout", "first"),
    [
        (replace(BINARY, code="a"), "code_at: or code: one of them, and not both"),
        (replace(BINARY, code_at=None), "code_at: or code: one of them, and not both"),
        (
            replace(FIXED, codes=("01 02",)),
            "codes: does nothing without code_at: all frames are of one kind",
        ),
        (replace(BINARY, codes=("01",)), "codes[0]: '01' is not of 2 bytes, as code_size says"),
        (replace(BINARY, fixed_length=2), "length_at: or fixed_length: one of them, and not both"),
        (replace(BINARY, length_at=None), "length_at: or fixed_length: one of them, and not both"),
        (replace(BINARY, data_at=5), "data_at: is 5, within bytes 4 to 5 (length_at)"),
        (replace(BINARY, code_at=5), "data_at: is 6, within bytes 5 to 6 (code_at)"),
        (
            replace(BINARY, code_at=1),
            "code_at: puts bytes 1 to 2 (code_at) over bytes 0 to 1 (sync)",
        ),
        (
            replace(BINARY, length_at=3),
            "length_at: puts bytes 3 to 4 (length_at) over bytes 2 to 3 (code_at)",
        ),
        (
            replace(TINY, data_at=7),
            "header_checksum: puts bytes 6 to 6 (header_checksum) over bytes 5 to 6 (code_at)",
        ),
        (replace(BINARY, checksum_from=7), "checksum_from: is after data_at: it covers all of the"),
        (
            replace(BINARY, checksum=Checksum.NONE, tail=None),
            "checksum: and tail are missing: nothing proves a frame; say how a frame ends",
        ),
        (
            replace(BINARY, checksum=Checksum.NONE, checksum_from=1),
            "checksum_from: does nothing without a checksum",
        ),
        (
            replace(FIXED, zero_length_has_no_trailer=True),
            "zero_length_has_no_trailer: does nothing with fixed_length",
        ),
        (replace(FIXED, length_extra=2), "length_extra: does nothing with fixed_length"),
        (
            replace(FIXED, code=None, code_at=2),
            "code_at: puts bytes 2 to 3 (code_at) after the data of 2 bytes",
        ),
        (replace(LINE, blanks=(8, 42)), "blanks[1]: is 42, in sync or tail or beyond them"),
        (replace(LINE, length=2), "length: is 2: sync and tail alone are longer"),
        (replace(LINE, checksum=Checksum.NONE), "checksum: is missing, but its place is given"),
        (replace(LINE, checksum_to=43), "checksum_to: is 43, not between checksum_from and the"),
        (replace(LINE, checksum_from=39), "checksum_to: is 39, not between checksum_from and the"),
        (
            replace(LINE, checksum_at=41),
            "checksum_at: puts bytes 41 to 42 (checksum_at) into the tail",
        ),
        (
            replace(LINE, checksum_at=38),
            "checksum_at: puts bytes 38 to 39 (checksum_at) into what it is the checksum of",
        ),
        (replace(TEXT, max_length=4), "max_length: is 4: sync and tail alone are 4"),
    ],
)
def test_a_contradiction_is_named(layout: Layout, first: str) -> None:
    found = told(layout)
    assert any(one.startswith(f"transport.layouts[0].{first}") for one in found), found


def test_names_and_constant_codes_are_told_once() -> None:
    assert told(LINE, replace(LINE, sync="42")) == [
        "transport.layouts[1].name: 'line' is that of layouts[0] too: give it another",
        "transport.layouts[1].code: 'gas' is that of layouts[0] too: give it another",
    ]


def test_a_device_is_spoken_to_in_a_binary_layout() -> None:
    assert told(BINARY, LINE, command="line") == [
        "transport.command: 'line' is not a binary layout; one of frame"
    ]
    assert told(TEXT, command="frame") == [
        "transport.command: 'frame' is not a binary layout; leave it out: none of them is binary"
    ]
