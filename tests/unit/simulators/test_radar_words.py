"""The radar's settings: ranges, widths, and words that do not collide."""

from simulators.radar_words import BY_QUERY, BY_SET, CONDITION_QUERIES, REPORTS, SETTINGS


def test_no_two_things_share_a_word() -> None:
    assert len(BY_SET) == len(SETTINGS)
    assert not set(BY_SET) & set(REPORTS.values())
    assert not set(BY_QUERY) & set(CONDITION_QUERIES)


def test_a_setting_knows_width_and_range() -> None:
    still = SETTINGS["still_duration_s"]
    assert still.decode(bytes.fromhex("00 00 01 2C")) == 300
    assert still.decode(bytes.fromhex("01 2C")) is None
    assert still.decode(bytes.fromhex("00 00 00 01")) is None
    assert still.encode(300) == bytes.fromhex("00 00 01 2C")


def test_every_default_is_allowed() -> None:
    assert all(setting.allows(setting.default) for setting in SETTINGS.values())
