"""Frames of a line as a person and as Wireshark read them."""

from edge_agent.frames.report import as_pcapng, as_text, line_frames
from edge_agent.health import FrameRecord

FRAMES = (
    FrameRecord(1_000_000, "sent", bytes.fromhex("0102000000047a09")[:8]),
    FrameRecord(1_020_500, "crc", b"\x01\x02\xff"),
    FrameRecord(1_500_000, "silence", b""),
)
OFFSET_US = 1_795_251_846_000_000


def test_text_with_the_time_of_day() -> None:
    said = line_frames("shed", "modbus-rtu", OFFSET_US, FRAMES, "device_dead smoke-01")
    head, sent, came, nothing = as_text(said)
    assert head == "line shed (modbus-rtu): device_dead smoke-01; 3 frames, times UTC"
    assert sent == "2026-11-21T09:04:07.000000Z       +0.0 ms → 01 02 00 00 00 04 7A 09"
    assert came == "2026-11-21T09:04:07.020500Z      +20.5 ms ← 01 02 FF  crc"
    assert nothing.endswith("← (nothing)  silence")


def test_text_without_a_clock() -> None:
    head, sent, *_ = as_text(line_frames("shed", "uart", None, FRAMES))
    assert head.endswith("times since the boot, the clock is not set")
    assert sent.startswith("1.000000 ")


def test_packets_are_those_that_have_bytes() -> None:
    serial = as_pcapng(line_frames("shed", "modbus-rtu", OFFSET_US, FRAMES))
    network = as_pcapng(line_frames("hall", "modbus-tcp", None, FRAMES))
    assert serial.count(b"\x06\x00\x00\x00") >= 2
    assert (250).to_bytes(2, "little") in serial[:200]
    assert (101).to_bytes(2, "little") in network[:200]
