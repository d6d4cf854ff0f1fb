"""Units behind a TCP port answer in their time; every fault reaches the stream."""

import pytest

from simulators.fault import (
    Fault,
    connection_reset,
    exception,
    half_frame,
    late,
    noise,
    silence,
    wrong_function,
    wrong_length,
    wrong_transaction,
    wrong_unit,
)
from simulators.mbap import pack
from simulators.modbus_fault import twin
from simulators.rtu import seal
from simulators.slave_line import SlaveLine
from simulators.smoke_detector import SmokeDetector
from simulators.tcp_units import Parcel, RtuTunnel, TcpUnits
from simulators.wire_time import WireFormat

READ = bytes.fromhex("02 00 00 00 04")
NORMAL = bytes.fromhex("02 01 01")
TURNAROUND = 3000


def units(*detectors: SmokeDetector) -> TcpUnits:
    served = TcpUnits(detectors or [SmokeDetector()], keep_exchanges=True)
    served.joined(1)
    return served


def test_a_reply_after_the_turnaround() -> None:
    served = units()
    served.received(1, pack(7, 1, READ), 1000)
    assert served.wake_us(1000) == 1000 + TURNAROUND
    assert served.due(1000 + TURNAROUND - 1) == []
    assert served.due(1000 + TURNAROUND) == [Parcel(1, pack(7, 1, NORMAL))]
    assert served.wake_us(9999) is None
    assert (served.counts.requests, served.counts.replies) == (1, 1)


def test_requests_in_any_pieces_and_several_at_once() -> None:
    served = units(SmokeDetector(1), SmokeDetector(2))
    stream = pack(1, 1, READ) + pack(2, 2, READ)
    for place in range(len(stream)):
        served.received(1, stream[place : place + 1], 0)
    assert [p.data for p in served.due(10**6)] == [pack(1, 1, NORMAL), pack(2, 2, NORMAL)]


@pytest.mark.parametrize(
    ("fault", "reply"),
    [
        (exception(4, 1), pack(7, 1, b"\x82\x04")),
        (wrong_unit(9, 1), pack(7, 9, NORMAL)),
        (wrong_function(3, 1), pack(7, 1, b"\x03\x01\x01")),
        (wrong_length(1), pack(7, 1, b"\x02\x02\x01\x00")),
        (wrong_transaction(1), pack(8, 1, NORMAL)),
        (half_frame(1), pack(7, 1, NORMAL)[:5]),
        (noise(1, before=b"\xff"), b"\xff" + pack(7, 1, NORMAL)),
    ],
)
def test_faults_reach_the_stream(fault: Fault, reply: bytes) -> None:
    detector = SmokeDetector()
    detector.faults.add(fault)
    served = units(detector)
    served.received(1, pack(7, 1, READ), 0)
    assert served.due(10**6) == [Parcel(1, reply)]
    assert served.exchanges[0].faults == (fault.kind.name.lower(),)


def test_silence_late_and_reset() -> None:
    detector = SmokeDetector()
    served = units(detector)
    detector.faults.add(silence(1))
    served.received(1, pack(1, 1, READ), 0)
    assert served.wake_us(0) is None
    detector.faults.add(late(0.8, 1))
    served.received(1, pack(2, 1, READ), 0)
    served.received(1, pack(3, 1, READ), 0)
    assert served.due(800_000) == []
    in_order = [pack(2, 1, NORMAL), pack(3, 1, NORMAL)]
    assert [p.data for p in served.due(900_000)] == in_order
    detector.faults.add(connection_reset(1))
    served.received(1, pack(4, 1, READ), 10**6)
    assert served.due(2 * 10**6) == [Parcel(1, b"", reset=True)]


def test_two_units_of_one_address_behind_a_gateway() -> None:
    other = SmokeDetector()
    other.set_smoke(True)
    detector = SmokeDetector()
    served = units(detector)
    detector.faults.add(twin(other.answer, 0.0, 1))
    served.received(1, pack(1, 1, READ), 0)
    assert served.due(400_000) == []
    assert served.due(500_000) == [Parcel(1, pack(1, 1, b"\x82\x0b"))]
    detector.faults.add(twin(other.answer, 0.3, 1))
    served.received(1, pack(2, 1, READ), 0)
    assert served.due(TURNAROUND) == [Parcel(1, pack(2, 1, NORMAL))]
    served.received(1, pack(3, 1, READ), TURNAROUND)
    assert served.due(2 * TURNAROUND) == [Parcel(1, pack(3, 1, NORMAL))]
    assert served.due(TURNAROUND + 300_000) == [Parcel(1, pack(2, 1, b"\x02\x01\x0d"))]


def test_the_last_transaction_id_wraps() -> None:
    detector = SmokeDetector()
    detector.faults.add(wrong_transaction(1))
    served = units(detector)
    served.received(1, pack(0xFFFF, 1, READ), 0)
    assert served.due(10**6) == [Parcel(1, pack(0, 1, NORMAL))]


def test_an_absent_unit_is_refused_after_a_while() -> None:
    served = units()
    served.received(1, pack(7, 5, READ), 0)
    assert served.due(499_999) == []
    assert served.due(500_000) == [Parcel(1, pack(7, 5, b"\x82\x0b"))]


def test_what_is_no_modbus_is_reset() -> None:
    served = units()
    served.received(1, b"GET / HTTP/1.1\r\n\r\n", 5)
    assert served.due(5) == [Parcel(1, b"", reset=True)]
    assert served.counts.bad_frames == 1


def test_who_has_left_gets_nothing() -> None:
    served = units()
    served.received(1, pack(7, 1, READ), 0)
    served.left(1)
    assert served.due(10**6) == []


def test_a_flood_is_refused_as_busy_and_bounded() -> None:
    served = units()
    served.received(1, b"".join(pack(n, 1, READ) for n in range(500)), 0)
    replies = served.due(10**6)
    assert len(replies) == 128
    assert sum(parcel.data.endswith(b"\x82\x06") for parcel in replies) == 64


def test_a_line_behind_a_converter_speaks_to_all() -> None:
    detector = SmokeDetector()
    wire = WireFormat(9600, "N", 2)
    tunnel = RtuTunnel(SlaveLine([detector], wire))
    for connection in (1, 2):
        tunnel.joined(connection)
    tunnel.received(1, seal(1, READ), 10**6)
    now, heard = 10**6, {1: b"", 2: b""}
    while (wake := tunnel.wake_us(now)) is not None:
        now = wake
        for parcel in tunnel.due(now):
            heard[parcel.connection] += parcel.data
    assert heard == dict.fromkeys((1, 2), seal(1, NORMAL))
    tunnel.left(2)
    detector.faults.add(connection_reset(1))
    tunnel.received(1, seal(1, READ), 2 * 10**6)
    assert tunnel.due(3 * 10**6) == [Parcel(1, b"", reset=True)]
    assert tunnel.due(3 * 10**6) == []
