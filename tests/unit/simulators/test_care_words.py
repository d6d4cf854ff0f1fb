"""The fall radar's words do not collide, and its settings keep within their ranges."""

from simulators.care_words import WORDS


def test_no_two_things_share_a_word() -> None:
    assert len(WORDS.set_by) == len(WORDS.settings)
    assert not set(WORDS.set_by) & set(WORDS.reports.values())
    assert not set(WORDS.asked_by) & set(WORDS.queries)


def test_every_default_is_allowed() -> None:
    assert all(setting.allows(setting.default) for setting in WORDS.settings.values())


def test_durations_are_the_manual_s() -> None:
    assert WORDS.factory["absence_s"] == 30
    assert WORDS.factory["still_duration_s"] == 300
    assert WORDS.factory["fall_duration_s"] == 5
