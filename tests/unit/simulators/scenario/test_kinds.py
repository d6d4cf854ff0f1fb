"""Every simulated kind can be in a scenario, and the catalogue has its profile."""

from simulators.device_kinds import KINDS
from simulators.scenario.kinds import MODBUS, PROFILES, SPEAKS_LATER, STREAM, TWO_DEVICES
from simulators.stream_kinds import STREAMS
from tests import shipped


def test_every_kind_but_the_double_one_has_a_profile() -> None:
    names = {one.name for one in KINDS} | {one.name for one in STREAMS}
    assert set(PROFILES) == names - {TWO_DEVICES} == set(MODBUS) | set(STREAM)
    assert not SPEAKS_LATER - set(PROFILES)


def test_the_catalogue_has_each_profile_once() -> None:
    assert set(PROFILES.values()) == set(shipped.PROFILES)
    assert len(set(PROFILES.values())) == len(PROFILES)
