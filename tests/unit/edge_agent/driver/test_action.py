"""Actions of the catalogue as requests and frames."""

import pytest

from edge_agent.bus.modbus import encode
from edge_agent.driver.action import frame_steps, write_steps
from tests.shipped import PROFILES

SMOKE, RADAR = PROFILES["calectro_ug3"], PROFILES["micradar_r60afd1"]


def test_the_reset_of_a_detector_is_the_makers_frame() -> None:
    (step,) = write_steps(SMOKE, "reset", 1)
    assert encode(step.write).hex(" ") == "01 06 00 00 00 ea 08 45"  # maker's manual, computed


def test_the_restart_of_a_radar_is_the_makers_frame() -> None:
    (step,) = frame_steps(RADAR, "restart")
    assert step.frame.hex(" ") == "53 59 01 02 00 01 0f bf 54 43"  # manual V1.6, reset command


def test_what_can_not_be_spoken_to_has_no_frames() -> None:
    with pytest.raises(TypeError, match="calectro_ug3"):
        frame_steps(SMOKE, "reset")


def test_what_the_profile_does_not_allow_has_no_steps() -> None:
    with pytest.raises(KeyError, match="self_destruct"):
        write_steps(SMOKE, "self_destruct", 1)
