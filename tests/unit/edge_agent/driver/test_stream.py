from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from alarm_rules.rule import Words
from device_profiles.model import Condition, Held, Point, ValueKind
from device_profiles.transport import Serial, Stream
from edge_agent.driver.frame import Frame, FrameReader, Refused, encode_frame
from edge_agent.driver.stream import StreamDriver
from edge_agent.exchange import Failure, Fault, Sample
from edge_agent.link_count import LinkCount
from tests.shipped import PROFILES
from wire.quality import GOOD, Reason, bad, uncertain

SECOND = 1_000_000
RADAR = PROFILES["micradar_r60afd1"]
assert isinstance(RADAR.transport, Stream)
LAYOUTS = RADAR.transport.layouts
RESYNC = {"83 81", "83 85", "80 81", "80 82"}
SETTINGS = {"83 80", "83 8B", "83 8D", "06 82", "80 80", "83 8A", "83 8C"}
SETTINGS |= {"02 A1", "02 A2", "02 A3", "02 A4"}


def frame(code: str, *data: int) -> bytes:
    return encode_frame(LAYOUTS[0], code, bytes(data))


def make() -> StreamDriver:
    return StreamDriver(RADAR)


def asked(driver: StreamDriver, from_us: int, until_us: int) -> list[str]:
    return [code for _, code in queries(driver, from_us, until_us)]


def queries(driver: StreamDriver, from_us: int, until_us: int) -> Iterator[tuple[int, str]]:
    for now_us in range(from_us, until_us, 50_000):
        query = driver.due(now_us)
        if query is not None:
            (one,) = FrameReader(LAYOUTS).feed(query)
            assert isinstance(one, Frame)
            assert one.data == b"\x0f"
            yield now_us, one.code


def answer_all(driver: StreamDriver, now_us: int, fall: int = 0) -> list[Sample]:
    replies = frame("83 81", fall) + frame("83 85", 0) + frame("80 81", 1) + frame("80 82", 1)
    settings = frame("83 80", 1) + frame("83 8B", 1) + frame("83 8D", 3) + frame("06 82", 1, 4)
    settings += frame("80 80", 1) + frame("83 8A", 0, 0, 1, 44) + frame("83 8C", 0, 0, 0, 5)
    settings += frame("02 A1", *b"R60AFD1") + frame("02 A2", *b"0") + frame("02 A3", *b"G60FD1")
    settings += frame("02 A4", *b"G60FD1SYv010104")
    return driver.received(replies + settings, now_us)


def settled(now_us: int = SECOND) -> StreamDriver:
    """A driver that has asked everything and had every answer."""
    driver = make()
    driver.received(b"", 0)
    asked(driver, 0, now_us)
    answer_all(driver, now_us)
    return driver


def test_on_open_it_asks_for_what_is_reported_on_change_first_and_then_for_the_settings() -> None:
    driver = make()
    assert driver.due(0) is None
    driver.received(b"", 0)
    codes = asked(driver, 0, SECOND)
    assert set(codes[:4]) == RESYNC
    assert codes[0] == "83 81"
    assert set(codes) == RESYNC | SETTINGS


def test_answers_are_values() -> None:
    driver = make()
    told = {sample.point: sample.value for sample in answer_all(driver, 5, fall=1)}
    assert told == {
        "fall": True,
        "still": False,
        "presence": True,
        "motion": "static",
        "fall_switch": True,
        "still_switch": True,
        "sensitivity": 3.0,
        "height": 2.6,
        "presence_switch": True,
        "still_after": 300.0,
        "fall_after": 5.0,
        "model": "R60AFD1",
        "module_id": "0",
        "hardware": "G60FD1",
        "firmware": "G60FD1SYv010104",
    }


def test_it_asks_again_every_period_and_no_more() -> None:
    driver = settled()
    assert asked(driver, SECOND, 15 * SECOND) == []
    assert set(asked(driver, 15 * SECOND, 16 * SECOND)) == RESYNC
    answer_all(driver, 16 * SECOND)
    assert asked(driver, 16 * SECOND, 30 * SECOND) == []


@pytest.mark.parametrize("place", range(10))
def test_a_fall_lost_to_one_wrong_byte_is_asked_for_at_once(place: int) -> None:
    driver = settled()
    broken = bytearray(frame("83 01", 1))
    broken[place] ^= 0x21
    driver.received(bytes(broken), 2 * SECOND)
    driver.received(b"", 2 * SECOND + 100_000)
    assert sum(driver.refused.values()) > 0
    assert set(asked(driver, 2 * SECOND + 100_000, 3 * SECOND)) == RESYNC
    samples = driver.received(frame("83 81", 1), 3 * SECOND)
    assert samples == [Sample("fall", value=True, mono_us=3 * SECOND)]


def test_an_overrun_is_damage_too() -> None:
    driver = settled()
    assert driver.failed(Failure(Fault.CRC, 2 * SECOND, detail="overrun"), 2 * SECOND) == []
    assert set(asked(driver, 2 * SECOND, 3 * SECOND)) == RESYNC


@pytest.mark.parametrize("report", [frame("05 01", 0x0F), frame("05 03", 0, 0, 0, 1)])
def test_a_restart_asks_for_everything(report: bytes) -> None:
    driver = settled()
    driver.received(frame("05 03", 0, 0, 1, 0), 2 * SECOND)
    assert asked(driver, 2 * SECOND, 3 * SECOND) == []
    driver.received(report, 3 * SECOND)
    assert set(asked(driver, 3 * SECOND, 4 * SECOND)) == RESYNC | SETTINGS


def test_an_unanswered_query_is_repeated_then_left_for_the_next_round() -> None:
    driver = make()
    driver.received(b"", 0)
    codes = asked(driver, 0, 15 * SECOND)
    assert codes.count("83 81") == 3


def test_ten_seconds_without_a_frame_make_every_point_bad_once_per_keep_alive() -> None:
    driver = settled()
    assert driver.received(b"", 11 * SECOND - 1) == []
    samples = driver.received(b"", 11 * SECOND)
    assert {sample.quality for sample in samples} == {bad(Reason.COMM_FAILURE)}
    assert len(samples) == len(RADAR.points)
    assert driver.is_offline
    assert driver.received(b"", 12 * SECOND) == []
    assert len(driver.received(b"", 21 * SECOND)) == len(RADAR.points)


def test_noise_is_no_sign_of_life() -> None:
    driver = settled()
    for second in range(2, 11):
        driver.received(b"\x00\x53\x59\xff", second * SECOND)
    assert driver.received(b"\x00", 11 * SECOND)[0].quality == bad(Reason.COMM_FAILURE)


def test_the_first_frame_ends_the_silence_and_everything_is_asked() -> None:
    driver = settled()
    driver.received(b"", 20 * SECOND)
    samples = driver.received(frame("80 03", 37), 21 * SECOND)
    assert samples[-1] == Sample("body_movement", 37.0, 21 * SECOND)
    assert {sample.quality for sample in samples[:-1]} == {bad(Reason.NEVER_READ)}
    assert "fall" not in {sample.point for sample in samples}
    assert set(asked(driver, 21 * SECOND, 22 * SECOND)) == RESYNC | SETTINGS


def test_a_port_that_is_gone_says_so_and_asks_everything_when_it_is_back() -> None:
    driver = settled()
    gone = Failure(Fault.PORT_GONE, 2 * SECOND)
    samples = driver.failed(gone, 2 * SECOND)
    assert {sample.quality for sample in samples} == {bad(Reason.NOT_CONNECTED)}
    assert driver.failed(gone, 3 * SECOND) == []
    assert driver.due(3 * SECOND) is None
    driver.received(b"", 4 * SECOND)
    assert set(asked(driver, 4 * SECOND, 5 * SECOND)) == RESYNC | SETTINGS


def test_a_heartbeat_that_stays_out_while_others_come_is_told() -> None:
    driver = settled()
    told = []
    for second in range(2, 170):
        told += driver.received(frame("80 03", 0) + frame("83 81", 0), second * SECOND)
    lost = [sample for sample in told if sample.point == "heartbeat"]
    assert lost[0] == Sample("heartbeat", value=False, mono_us=150 * SECOND)
    assert len(lost) == 2
    back = driver.received(frame("01 01", 0x0F), 171 * SECOND)
    assert back[0] == Sample("heartbeat", value=True, mono_us=171 * SECOND)
    assert [sample.point for sample in back].count("heartbeat") == 1


def test_a_value_that_nothing_confirms_becomes_stale() -> None:
    driver = settled()
    told: list[Sample] = []
    for second in range(2, 62):
        told += driver.received(frame("80 03", 0), second * SECOND)
    stale = {sample.point: sample for sample in told if sample.quality != GOOD}
    assert stale["fall"] == Sample("fall", False, 61 * SECOND, uncertain(Reason.STALE))
    assert set(stale) == {"fall", "still", "presence", "motion"}


def test_a_frame_of_another_length_is_a_wrong_device_not_a_value() -> None:
    samples = make().received(frame("83 01", 0, 1), 0)
    assert samples == [Sample("fall", None, 0, bad(Reason.CONFIGURATION))]


def test_a_value_outside_its_words_is_bad() -> None:
    assert make().received(frame("83 01", 7), 0)[0].quality == bad(Reason.OUT_OF_RANGE)


def test_unknown_and_ignored_frames_say_nothing_but_that_it_lives() -> None:
    driver = settled()
    assert driver.received(frame("83 90", 1, 4) + frame("AA BB", 1), 5 * SECOND) == []
    assert driver.received(b"", 14 * SECOND) == []


def test_a_broken_beginning_is_given_up_when_the_stream_pauses() -> None:
    driver = settled()
    driver.received(bytes.fromhex("53 59 80 03 00 30"), 2 * SECOND)
    fall = driver.received(frame("83 01", 1), 2 * SECOND + 10_000)
    assert fall == []
    fall = driver.received(b"", 2 * SECOND + 110_000)
    assert fall == [Sample("fall", value=True, mono_us=2 * SECOND + 110_000)]
    assert driver.refused[Refused.CUT_SHORT] == 1


def test_only_a_stream_profile_is_taken() -> None:
    with pytest.raises(TypeError, match="calectro_ug3"):
        StreamDriver(PROFILES["calectro_ug3"])


def changed(**changes: object) -> StreamDriver:
    assert isinstance(RADAR.transport, Stream)
    return StreamDriver(replace(RADAR, transport=replace(RADAR.transport, **changes)))


def test_an_answer_may_have_another_code_than_its_query() -> None:
    driver = changed(resync=("83 8E",), settings=(), answers={"83 8E": "83 0E"})
    driver.received(b"", 0)
    assert asked(driver, 0, SECOND) == ["83 8E"]
    driver.received(frame("83 8E", 1), SECOND)
    assert asked(driver, SECOND, 2 * SECOND) == ["83 8E"]
    driver.received(frame("83 0E", 0, 100, 70, 20, 10, 0), 2 * SECOND)
    assert asked(driver, 2 * SECOND, 15 * SECOND) == []


def test_what_can_not_be_spoken_to_is_never_asked() -> None:
    driver = changed(command=None)
    driver.received(frame("83 01", 7)[:-1] + b"\x00" + frame("83 01", 1), 0)
    assert driver.refused[Refused.TAIL] == 1
    assert [driver.due(now_us) for now_us in range(0, 20 * SECOND, 50_000)] == [None] * 400


def test_a_regular_frame_that_stays_out_makes_its_points_stale() -> None:
    driver = changed(resync=(), settings=(), regular=("80 03",))
    driver.received(frame("80 03", 5) + frame("83 01", 0), 0)
    told: list[Sample] = []
    for second in range(1, 62):
        told += driver.received(frame("83 01", 0), second * SECOND)
    stale = {sample.point: sample for sample in told if sample.quality != GOOD}
    assert stale == {
        "body_movement": Sample("body_movement", 5.0, 60 * SECOND, uncertain(Reason.STALE))
    }


def silent_for_ever() -> StreamDriver:
    mute = {"command": None, "resync": (), "settings": ()}
    return changed(liveness=None, heartbeat_frame=None, heartbeat_point=None, **mute)


def test_without_liveness_silence_proves_nothing() -> None:
    driver = silent_for_ever()
    driver.received(frame("83 01", 1), 0)
    assert driver.received(b"", 3_600 * SECOND) == []
    assert not driver.is_offline


def test_without_liveness_a_port_that_is_back_says_that_nothing_is_known() -> None:
    driver = silent_for_ever()
    driver.received(frame("83 01", 1), 0)
    driver.failed(Failure(Fault.PORT_GONE, SECOND), SECOND)
    assert driver.is_offline
    samples = driver.received(b"", 2 * SECOND)
    assert {sample.quality for sample in samples} == {bad(Reason.NEVER_READ)}
    assert len(samples) == len(RADAR.points)
    assert [driver.is_offline] == [False]
    assert driver.received(b"", 3 * SECOND) == []
    assert driver.received(frame("83 01", 0), 4 * SECOND) == [
        Sample("fall", value=False, mono_us=4 * SECOND)
    ]


def test_where_nothing_can_be_asked_and_nothing_is_due_damage_is_told_at_once() -> None:
    driver = silent_for_ever()
    driver.received(frame("83 01", 0), 0)
    for second in (1, 2):
        lost = driver.received(frame("83 01", 1)[:-1] + b"\x00", second * SECOND)
        lost += driver.received(b"", second * SECOND + 100_000)
        assert [sample.point for sample in lost].count("fall") == (second == 1)
        assert {sample.quality for sample in lost} <= {bad(Reason.SENSOR_FAULT)}
    assert driver.received(frame("83 01", 0), 3 * SECOND) == [
        Sample("fall", value=False, mono_us=3 * SECOND)
    ]
    assert driver.failed(Failure(Fault.CRC, 4 * SECOND, detail="overrun"), 4 * SECOND) != []


def test_the_frame_that_ends_the_silence_tells_its_own_points_once() -> None:
    driver = settled()
    driver.received(b"", 20 * SECOND)
    told = driver.received(frame("80 03", 37), 21 * SECOND)
    assert [sample.point for sample in told].count("body_movement") == 1


def test_a_slow_line_is_given_the_time_that_its_longest_frame_takes() -> None:
    slow = StreamDriver(RADAR, Serial(baud=1_200))  # 73 bytes take 608 ms
    whole = frame("83 01", 1)
    for place, byte in enumerate(whole[:-1]):
        assert slow.received(bytes([byte]), place * 50_000) == []
    samples = slow.received(whole[-1:], len(whole) * 50_000)
    assert [sample.point for sample in samples] == ["fall"]
    assert not any(slow.refused.values())


LYING = Point(
    id="lying",
    value=ValueKind.NUMBER,
    title=Words(en="Lying since", zh="静卧时长"),
    unit="s",
    held=Held(
        all=(
            Condition(point="presence", equals=True),
            Condition(point="motion", equals="static"),
        )
    ),
)


def test_derived_points_follow_their_sources_and_the_clock() -> None:
    driver = StreamDriver(replace(RADAR, points=(*RADAR.points, LYING)))

    def lying(samples: list[Sample]) -> object:
        (one,) = (sample for sample in samples if sample.point == "lying")
        return one.value if one.quality == GOOD else one.quality

    assert lying(driver.received(frame("80 01", 1), 0)) == bad(Reason.NEVER_READ)
    assert lying(driver.received(frame("80 02", 1), SECOND)) == 0.0
    assert driver.received(b"", SECOND + 900_000) == []
    assert lying(driver.received(b"", 2 * SECOND)) == 1.0
    assert lying(driver.received(frame("80 02", 2), 3 * SECOND)) == 0.0
    samples = driver.failed(Failure(Fault.PORT_GONE, 4 * SECOND), 4 * SECOND)
    assert lying(samples) == bad(Reason.NOT_CONNECTED)
    assert len(samples) == len(RADAR.points) + 1


def test_the_link_counts_frames_and_what_was_thrown_away() -> None:
    driver = make()
    assert driver.link == LinkCount()
    broken = bytearray(frame("80 01", 1))
    broken[-3] ^= 0x21  # its checksum
    driver.received(frame("80 01", 1) + bytes(broken) + frame("80 01", 0), SECOND)
    driver.received(b"", 2 * SECOND)
    link = driver.link
    assert (link.good, link.crc_errors) == (2, 1)
    assert link.polls == link.good + link.crc_errors + link.refused
