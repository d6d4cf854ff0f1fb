"""Frames end where their header says; what is no frame is found out."""

import pytest

from simulators.mbap import FramingError, TcpRequest, pack, take_requests

READ = bytes.fromhex("03 00 00 00 01")
FRAME = bytes.fromhex("00 07 00 00 00 06 11") + READ


def test_packs_as_the_guide_shows() -> None:
    assert pack(7, 0x11, READ) == FRAME


@pytest.mark.parametrize("cut", range(len(FRAME) + 1))
def test_takes_frames_at_any_cut(cut: int) -> None:
    heard = bytearray(FRAME + FRAME[:cut])
    wanted = [TcpRequest(7, 0x11, READ)] * (1 + (cut == len(FRAME)))
    assert take_requests(heard) == wanted
    heard += FRAME[cut:]
    assert len(take_requests(heard)) == 2 - len(wanted)
    assert not heard


@pytest.mark.parametrize(
    "header", ["00 07 00 01 00 06 11", "00 07 00 00 00 01 11", "00 07 00 00 00 FF 11"]
)
def test_what_is_no_frame(header: str) -> None:
    with pytest.raises(FramingError, match="protocol"):
        take_requests(bytearray(bytes.fromhex(header) + READ))
