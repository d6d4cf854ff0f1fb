"""The layouts of every stream that is documented, and those of the shipped catalogue."""

from device_profiles.encoding import ByteOrder
from device_profiles.framing import (
    BinaryFrame,
    Checksum,
    Layout,
    LineFrame,
    TextEncoding,
    TextFrame,
)
from device_profiles.transport import Stream
from tests.shipped import PROFILES

R60 = BinaryFrame(
    sync="53 59",
    code_at=2,
    length_at=4,
    data_at=6,
    checksum=Checksum.SUM8,
    tail="54 43",
)
TINY = BinaryFrame(
    sync="01",
    code_at=5,
    length_at=3,
    data_at=8,
    header_checksum=Checksum.XOR8_INVERTED,
    checksum=Checksum.XOR8_INVERTED,
    checksum_from=8,
    zero_length_has_no_trailer=True,
    max_length=512,
    byte_order=ByteOrder.LITTLE,
)
REPORT = BinaryFrame(
    name="report",
    sync="F4 F3 F2 F1",
    code_at=6,
    length_at=4,
    length_order=ByteOrder.LITTLE,
    length_extra=4,
    data_at=8,
    tail="55 00 F8 F7 F6 F5",
)
COMMAND = BinaryFrame(
    name="command",
    sync="FD FC FB FA",
    code_at=6,
    length_at=4,
    length_order=ByteOrder.LITTLE,
    length_extra=2,
    data_at=8,
    tail="04 03 02 01",
)
TARGETS = BinaryFrame(
    name="targets", sync="AA FF 03 00", code="targets", data_at=4, fixed_length=24, tail="55 CC"
)
DISTANCE = BinaryFrame(
    sync="FF", code="distance", data_at=1, fixed_length=2, checksum=Checksum.SUM8
)
METHANE = LineFrame(
    code="reading",
    sync="41",
    length=44,
    checksum=Checksum.XOR8,
    checksum_to=39,
    checksum_at=40,
)
PRINTER = TextFrame(code="event", sync="1B 36", tail="0A 0A", encoding=TextEncoding.GBK)
SEALED = BinaryFrame(
    sync="7E",
    code_at=1,
    code_size=1,
    length_at=2,
    length_size=1,
    data_at=3,
    checksum=Checksum.CRC16,
)

SHIPPED: dict[str, tuple[Layout, ...]] = {
    name: profile.transport.layouts
    for name, profile in PROFILES.items()
    if isinstance(profile.transport, Stream)
}
