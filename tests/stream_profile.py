"""A profile that no device has, with a layout of every kind and a point in each."""

from alarm_rules.rule import Words
from device_profiles.encoding import Field, NumberType
from device_profiles.framing import BinaryFrame, Checksum, LineFrame, TextFrame
from device_profiles.model import DeviceKind, Evidence, Grade, Point, Profile, ValueKind
from device_profiles.transport import Stream
from tests.shipped import PROFILES

S = 1_000_000
BINARY = BinaryFrame(
    name="frame",
    sync="53 59",
    code_at=2,
    length_at=4,
    data_at=6,
    checksum=Checksum.SUM8,
    tail="54 43",
)
LINE = LineFrame(
    name="line",
    code="gas",
    sync="41",
    length=44,
    checksum=Checksum.XOR8,
    checksum_to=39,
    checksum_at=40,
)
TEXT = TextFrame(name="record", code="event", sync="1B 36", tail="0A 0A")
WORDS = Words("Test", "测试")


def stream_profile() -> Profile:
    """`test_stream`: asked for `80 81`, reports `80 01`, sends lines and records of text."""
    return Profile(
        schema=PROFILES["calectro_ug3"].schema,
        id="test_stream",
        version=1,
        kind=DeviceKind.RADAR,
        maker="Nobody",
        model="None",
        title=WORDS,
        evidence=Evidence(grade=Grade.A, source="for tests only"),
        transport=Stream(
            layouts=(BINARY, LINE, TEXT),
            command="frame",
            liveness=10 * S,
            resync=("80 81",),
            ignored=("05 07",),
            query_data="0F",
        ),
        points=(
            Point(
                id="presence",
                value=ValueKind.STATE,
                title=WORDS,
                field=Field(frames=("80 01", "80 81"), type=NumberType.U8),
            ),
            Point(
                id="height",
                value=ValueKind.NUMBER,
                unit="m",
                title=WORDS,
                field=Field(frames=("06 82",), length=2, type=NumberType.U16, scale=0.01),
            ),
            Point(
                id="lel",
                value=ValueKind.NUMBER,
                unit="/",
                title=WORDS,
                field=Field(
                    frames=("gas",), length=44, at=1, width=7, type=NumberType.DECIMAL, scale=0.01
                ),
            ),
            Point(
                id="event",
                value=ValueKind.TEXT,
                title=WORDS,
                field=Field(
                    frames=("event",), longer=True, type=NumberType.TEXT, pattern=r"\x1b9(.+)\n"
                ),
            ),
        ),
    )
