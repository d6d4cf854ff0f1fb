"""Conditions change once, obey the hand before the eye, and can be stuck."""

import pytest

from simulators.radar_conditions import Conditions


def test_a_change_is_told_once() -> None:
    conditions = Conditions({"fall": 0, "presence": 1})
    conditions.put("fall", 1)
    conditions.put("fall", 1)
    conditions.put("fall", 0)
    assert conditions.take_changes() == [("fall", 1), ("fall", 0)]
    assert not conditions.have_changed
    assert conditions.names == ("fall", "presence")


def test_yes_and_no_are_numbers() -> None:
    conditions = Conditions({"fall": 0})
    conditions.sense("fall", True)
    assert repr(conditions["fall"]) == "1"


def test_the_hand_goes_before_the_eye_until_it_follows() -> None:
    conditions = Conditions({"breath": 0, "heart": 0})
    conditions.put("breath", 8)
    conditions.sense("breath", 15)
    conditions.sense("heart", 70)
    assert (conditions["breath"], conditions["heart"]) == (8, 70)
    conditions.follow()
    conditions.sense("breath", 15)
    assert conditions["breath"] == 15


def test_a_stuck_name_tells_the_old_value_and_changes_when_it_comes_loose() -> None:
    conditions = Conditions({"fall": 0, "presence": 1})
    conditions.stick("fall")
    conditions.stick("presence")
    conditions.put("fall", 1)
    assert conditions["fall"] == 0
    assert conditions.take_changes() == []
    conditions.loosen()
    assert conditions["fall"] == 1
    assert conditions.take_changes() == [("fall", 1)]


def test_unknown_names() -> None:
    conditions = Conditions({"fall": 0})
    for act in (lambda: conditions["rain"], lambda: conditions.stick("rain")):
        with pytest.raises(KeyError):
            act()
    with pytest.raises(KeyError):
        conditions.put("rain", 1)
