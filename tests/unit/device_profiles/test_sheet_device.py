from msgspec.structs import replace

from alarm_rules.rule import Words
from device_profiles.framing import Checksum
from device_profiles.handbook import Installation, Switch
from device_profiles.model import Profile
from device_profiles.sheet import Facts, Items, Table
from device_profiles.sheet_device import (
    connection_section,
    head_facts,
    installation_section,
    serial_text,
)
from tests.shipped import PROFILES
from tests.stream_profile import BINARY, stream_profile

UG3 = PROFILES["calectro_ug3"]
XCD = PROFILES["honeywell_sensepoint_xcd"]
STREAM = stream_profile()


def connection(profile: Profile, lang: str = "en") -> dict[str, str]:
    (told,) = connection_section(profile, lang).blocks
    assert isinstance(told, Facts)
    return dict(told.pairs)


def test_the_head_says_what_it_is_and_how_it_is_founded() -> None:
    head = dict(head_facts(UG3, "en", "0123456789abcdef").pairs)
    assert head["profile"] == f"calectro_ug3; version {UG3.version}; hash 0123456789abcdef"
    assert head["evidence"] == "A: maker's document or proven driver"
    assert "hash" not in dict(head_facts(UG3, "en", None).pairs)["profile"]


def test_modbus_says_how_it_is_set_and_asked() -> None:
    told = connection(XCD)
    assert told["serial settings"] == "19200 8E1 (unless agent.toml says otherwise)"
    assert told["address"] == "1 as shipped, 1 to 247 can be set"
    assert told["polling"] == "asked each 1 s; answers within 500 ms, up to 3 s late"
    assert told["reads"].startswith("FC03 0 (0x0000) × 13, FC04 13 (0x000D) × 8")
    assert told["told by"] == "40001, FC03 0 (0x0000) reads 0x2500 under mask 0xFF00"
    assert told["probe after a time-out"] == "FC04 0 (0x0000) × 1"
    assert serial_text(UG3.transport.serial) == "9600 8N2"


def test_a_stream_says_what_its_frames_are_and_what_silence_means() -> None:
    told = connection(STREAM)
    assert told["frames frame"] == "53 59 | code(2) | length(2 big) | data | sum8 | 54 43"
    assert told["frames line"] == "41 … 0D 0A, ASCII, 44, xor8"
    assert told["frames record"] == "1B 36 … 0A 0A, ascii"
    assert told["commands"] == "it is spoken to in frame"
    assert told["silence"] == "no frame for 10 s is a failure"
    assert told["asked each 15 s, and after any damage"] == "80 81"


def test_a_stream_that_is_never_spoken_to() -> None:
    fixed = replace(
        BINARY,
        length_at=None,
        fixed_length=4,
        header_checksum=Checksum.XOR8,
        checksum=Checksum.NONE,
        code_at=None,
        code="a",
    )
    transport = replace(
        STREAM.transport,
        layouts=(fixed,),
        command=None,
        liveness=None,
        heartbeat_frame="01 01",
        resync=(),
    )
    told = connection(replace(STREAM, transport=transport), "zh")
    assert told["帧 frame"] == "53 59 | xor8 | data(4) | 54 43"
    assert told["发送"] == "从不向它发送"
    assert told["静默判定"] == "静默不说明任何问题"
    assert told["心跳"] == "01 01，150 秒未到即丢失"


def test_the_installation_is_told_with_every_position() -> None:
    words = Words("A to A", "A接A")
    switch = Switch(
        title=Words("Address", "地址"),
        switches="1 to 6",
        positions={"00": "1", "11": Words("two", "二")},
        note=words,
    )
    installation = Installation(
        supply="24 V", wiring=(words,), switches=(switch,), mounting=(words,)
    )
    section = installation_section(replace(UG3, installation=installation), "zh")
    supply, wiring, switches, mounting = section.blocks
    assert supply == Facts((("供电", "24 V"),))
    assert wiring == Items(("A接A",), "接线")
    assert isinstance(switches, Table)
    assert switches.rows == (("1 to 6", "地址", "00 = 1；11 = 二；A接A"),)
    assert mounting == Items(("A接A",), "安装位置")
    assert installation_section(replace(UG3, installation=None), "en").blocks == ()
