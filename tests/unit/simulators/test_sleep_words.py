"""The sleep radar's words do not collide; its odd queries are the manual's."""

from simulators.sleep_words import WORDS


def test_no_two_things_share_a_word() -> None:
    assert len(WORDS.set_by) == len(WORDS.settings)
    assert len(WORDS.name_of_report) == len(WORDS.reports)
    assert not set(WORDS.set_by) & set(WORDS.reports.values())
    assert not set(WORDS.asked_by) & set(WORDS.queries)


def test_queries_that_do_not_follow_the_rule() -> None:
    assert WORDS.settings["mode"].query == (0x84, 0x8C)
    assert WORDS.queries[(0x84, 0x8D)] == "composite"
    assert WORDS.queries[(0x84, 0x8F)] == "night"
    assert WORDS.queries[(0x01, 0x80)] == "heartbeat"


def test_every_default_is_allowed() -> None:
    assert all(setting.allows(setting.default) for setting in WORDS.settings.values())
