"""Settings stay over a reboot, unless the memory fails."""

from simulators.kept_settings import KeptSettings


def test_what_is_set_stays() -> None:
    settings = KeptSettings({"height": 270, "fall": 1}, {"height": 250})
    settings["fall"] = 0
    settings.restart()
    assert settings == {"height": 250, "fall": 0}
    settings.restore_factory()
    assert settings == {"height": 270, "fall": 1}


def test_a_memory_that_fails_loses_what_was_set_since() -> None:
    settings = KeptSettings({"height": 270, "fall": 1}, {})
    settings["height"] = 260
    settings.forget()
    settings["fall"] = 0
    settings.restart()
    assert settings == {"height": 260, "fall": 1}
    settings.save()
    settings["fall"] = 0
    settings.restart()
    assert settings == {"height": 260, "fall": 0}
