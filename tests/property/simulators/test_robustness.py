"""Whatever bytes come, in whatever pieces: simulators answer or stay silent, never crash."""

from hypothesis import given
from hypothesis import strategies as st

from simulators.care_radar import CareRadar
from simulators.cover_motion import CoverMotion
from simulators.gas_model import XRL
from simulators.gas_monitor import GasMonitor
from simulators.manhole_cover import PitContacts, TiltSensor
from simulators.mbap import pack
from simulators.r60_frame import FrameReader, RadarFrame, encode
from simulators.rtu import RequestReader, is_sealed, opened, seal
from simulators.slave_line import SlaveLine
from simulators.smoke_detector import SmokeDetector
from simulators.submersible_gauge import SubmersibleGauge
from simulators.tcp_units import Parcel, TcpUnits
from simulators.ultrasonic_gauge import SEN0754, UltrasonicGauge
from simulators.water_gauge import WaterRadar, WaterRuler
from simulators.water_level import WaterLevel
from simulators.wire_time import WireFormat

FRAMES = st.builds(RadarFrame, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=20))


@given(st.binary(min_size=1, max_size=80))
def test_any_pdu_gets_a_reply_of_its_function(pdu: bytes) -> None:
    for device in (
        SmokeDetector(),
        WaterRuler(WaterLevel(0.3)),
        WaterRadar(WaterLevel(0.3)),
        TiltSensor(CoverMotion()),
        PitContacts(CoverMotion()),
        GasMonitor(),
        GasMonitor(model=XRL),
        SubmersibleGauge(WaterLevel(0.3)),
    ):
        reply = device.answer(pdu, 0)
        assert reply[0] & 0x7F == pdu[0] & 0x7F


@given(st.lists(FRAMES, max_size=5), st.data())
def test_radar_frames_survive_any_cut(frames: list[RadarFrame], data: st.DataObject) -> None:
    stream = b"".join(encode(frame) for frame in frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    reader = FrameReader()
    found: list[RadarFrame] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += reader.feed(stream[start:end])
    assert found == frames


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_the_radar_bears_any_input(chunks: list[bytes]) -> None:
    radar = CareRadar(boot_us=0)
    for now, chunk in enumerate(chunks):
        radar.due(now)
        radar.received(chunk, now)


@given(st.lists(st.tuples(st.binary(max_size=20), st.integers(0, 50_000)), max_size=8))
def test_the_line_recovers_from_any_noise(noise: list[tuple[bytes, int]]) -> None:
    line = SlaveLine([SmokeDetector()], WireFormat(9600, "N", 2))
    now = 1_000_000
    for chunk, pause in noise:
        line.received(chunk, now)
        now += pause
        line.due(now)
    now += 10_000_000
    while line.wake_us(now) is not None:
        line.due(now)
        now += 10_000_000
    line.received(seal(1, bytes.fromhex("02 00 00 00 04")), now)
    reply = b""
    while (wake := line.wake_us(now)) is not None:
        now = max(now, wake)
        reply += line.due(now)
    assert is_sealed(reply)
    assert opened(reply)[1][0] == 2


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_a_tcp_port_answers_a_new_connection_after_any_noise(noise: list[bytes]) -> None:
    served = TcpUnits([SmokeDetector()])
    served.joined(1)
    for now, chunk in enumerate(noise):
        served.received(1, chunk, now)
    served.due(10_000_000)
    served.left(1)
    served.joined(2)
    served.received(2, pack(9, 1, bytes.fromhex("02 00 00 00 04")), 20_000_000)
    reply = Parcel(2, pack(9, 1, bytes.fromhex("02 01 01")))
    assert reply in served.due(30_000_000)


PDUS = st.sampled_from([bytes.fromhex("03 02 28 00 01"), bytes.fromhex("06 02 28 00 05")])


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_the_gauge_bears_any_input(chunks: list[bytes]) -> None:
    gauge = UltrasonicGauge(WaterLevel(0.3), SEN0754)
    for now, chunk in enumerate(chunks):
        gauge.due(now)
        gauge.received(chunk, now)
    gauge.received(b"", 1_000_000)
    read = seal(1, bytes.fromhex("03 02 28 00 01"))
    assert gauge.received(read, 2_000_000).startswith(bytes.fromhex("01 03 02 00"))


@given(st.lists(PDUS, max_size=5), st.binary(max_size=40), st.data())
def test_requests_are_found_after_any_garbage(
    pdus: list[bytes], garbage: bytes, data: st.DataObject
) -> None:
    reader = RequestReader(1)
    reader.feed(garbage)
    reader.forget()
    stream = b"".join(seal(1, pdu) for pdu in pdus)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    found: list[bytes] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += reader.feed(stream[start:end])
    assert found == pdus
