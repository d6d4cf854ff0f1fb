import pytest

from device_profiles.framing import CHECKSUM_SIZES, Checksum
from edge_agent.driver.checksum import checksum_of


@pytest.mark.parametrize(
    ("kind", "data", "wanted"),
    [
        (Checksum.SUM8, "53 59 83 01 00 01 01", "32"),
        (Checksum.SUM8, "FF 07 A1", "A7"),
        (Checksum.XOR8_INVERTED, "01 00 00 00 01 0E 02", "F3"),
        (Checksum.XOR8_INVERTED, "66 66 A2 41", "1C"),
        (Checksum.XOR8, "66 66 A2 41", "E3"),
        (Checksum.XOR8, "07", "07"),
        (Checksum.XOR8, "", "00"),
        (Checksum.CRC16, "01 03 00 01 00 01", "D5 CA"),
        (Checksum.NONE, "01 03", ""),
    ],
)
def test_a_checksum_is_that_of_the_makers_examples(kind: Checksum, data: str, wanted: str) -> None:
    assert checksum_of(kind, bytes.fromhex(data)) == bytes.fromhex(wanted)


@pytest.mark.parametrize("kind", list(Checksum))
def test_every_checksum_has_the_size_that_the_schema_says(kind: Checksum) -> None:
    for size in range(40):
        assert len(checksum_of(kind, bytes(range(size)))) == CHECKSUM_SIZES[kind]
