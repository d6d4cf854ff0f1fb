"""The bounds are part of the contract: changing one needs a version."""

from wire import bounds


def test_the_bounds_of_wire_version_1() -> None:
    stated = {name: value for name, value in vars(bounds).items() if name.isupper()}
    assert stated == {
        "SENT_BYTES": 65_536,
        "INFLATED_BYTES": 524_288,
        "PROPERTY_BYTES": 65_535,
        "RECORDS": 5_000,
        "EPOCHS_STATED": 32,
        "RANGES": 32,
        "ANCHORS": 32,
        "COVERS": 2_000,
        "COUNT": 2**53 - 1,
        "MONO": 316_224_000_000,
        "TEXT": 4_096,
        "RESULT_TEXT": 32_768,
        "WORD": 128,
        "BOOT": 64,
        "DEVICES": 2_000,
        "DROP_REASONS": 32,
        "OVERRIDES": 64,
        "WISHES": 16,
        "RELATIVE_SECONDS": 268_435_456,
        "EARLIEST_US": 1_577_836_800_000_000,
        "LATEST_US": 4_102_444_800_000_000,
    }
