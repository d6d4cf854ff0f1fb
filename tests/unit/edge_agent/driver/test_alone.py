"""One frame by itself: what it does not contain is not held against it, and is named."""

from device_profiles.encoding import Table
from device_profiles.transport import Stream
from edge_agent.driver.alone import Alone, Unknown, frame_alone, words_alone
from edge_agent.driver.decode import Decoded
from edge_agent.driver.frame import Frame
from edge_agent.driver.request_plan import read_of
from tests.shipped import PROFILES
from wire.quality import GOOD, Limit, Reason, bad, uncertain

HOLDING = Table.HOLDING_REGISTERS


def told(profile: str, address: int, *words: int, table: Table = HOLDING) -> dict[str, Alone]:
    known = PROFILES[profile]
    read = read_of(known.points, table, address, len(words))
    return {one.point.id: one for one in words_alone(known, read, words)}


def framed(profile: str, code: str, data: str) -> dict[str, Alone]:
    known = PROFILES[profile]
    assert isinstance(known.transport, Stream)
    frame = Frame(code, bytes.fromhex(data), known.transport.layouts[0])
    return {one.point.id: one for one in frame_alone(known, frame)}


def test_a_level_stands_without_its_ceiling() -> None:
    level = told("dfrobot_sen0676", 3, 350)["level"]
    assert (level.decoded, level.unknown) == (Decoded(0.35), (Unknown.CEILING,))
    assert level.raw is not None
    assert level.raw.number == 350


def test_a_ceiling_in_the_same_reply_counts() -> None:
    level = told("dfrobot_sen0676", 3, 2501, 0, 250)["level"]
    assert (level.decoded, level.unknown) == (
        Decoded(None, bad(Reason.OUT_OF_RANGE, Limit.HIGH)),
        (),
    )


def test_who_answers_is_named_when_it_is_not_told() -> None:
    words = (0, 3, 0, 0, 0, 0, 0, 0)
    active = told("honeywell_sensepoint_xcd", 13, *words, table=Table.INPUT_REGISTERS)
    assert active["alarm_2_active"].decoded == Decoded(value=True)
    assert active["alarm_2_active"].unknown == (Unknown.IDENTITY,)


def test_another_device_makes_everything_bad_as_the_driver_does() -> None:
    found = told("honeywell_sensepoint_xcd", 0, 0x2601, *(0,) * 12)
    assert {one.decoded for one in found.values()} == {Decoded(None, bad(Reason.CONFIGURATION))}


def test_a_gate_in_the_frame_shuts_and_one_that_is_not_there_is_named() -> None:
    warming = told("honeywell_sensepoint_xcd", 2, 0x4148, 0, 0, 0, 2)["lel"]
    assert warming.decoded == Decoded(None, bad(Reason.WARM_UP))
    alone = told("honeywell_sensepoint_xcd", 2, 0x4148, 0)["lel"]
    assert alone.decoded == Decoded(0.125)
    assert Unknown.GATE in alone.unknown


def test_a_tilt_is_against_a_sensor_that_lies_flat() -> None:
    tilt = told("witmotion_485", 0x34, 0, 0, 2048)["tilt"]
    assert tilt.decoded == Decoded(0.0, uncertain(Reason.CONFIGURATION))
    assert (tilt.raw, tilt.unknown) == (None, (Unknown.BASELINE,))


def test_a_scale_that_is_not_read_is_the_settings_default() -> None:
    level = told("qdy30a", 4, 0xFFFB)["level"]
    assert level.decoded == Decoded(-0.005, uncertain(Reason.CONFIGURATION))
    assert level.unknown == (Unknown.SCALE,)
    whole = told("qdy30a", 0, 1, 3, 18, 2, 123, 0, 500)["level"]
    assert (whole.decoded, whole.unknown) == (Decoded(1.23), ())


def test_a_frame_of_a_stream_tells_its_points_and_no_others() -> None:
    assert {
        name: one.decoded for name, one in framed("micradar_r60afd1", "83 01", "01").items()
    } == {"fall": Decoded(value=True)}
    assert framed("micradar_r60afd1", "7F 7F", "01") == {}


def test_a_frame_of_the_wrong_length_has_no_raw_value() -> None:
    fall = framed("micradar_r60afd1", "83 01", "01 01")["fall"]
    assert (fall.raw, fall.decoded) == (None, Decoded(None, bad(Reason.CONFIGURATION)))


def test_a_gate_within_a_frame_of_a_stream() -> None:
    flagged = framed("seeed_mr60bha2", "0A 16", "00000000 713D9542")
    assert flagged["distance"].decoded.value is None
    valid = framed("seeed_mr60bha2", "0A 16", "01000000 713D9542")
    assert valid["distance"].decoded == Decoded(0.7462, GOOD)
