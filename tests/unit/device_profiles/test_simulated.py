from device_profiles.simulated import SIMULATORS
from simulators.device_kinds import KINDS
from simulators.stream_kinds import STREAMS
from tests.shipped import PROFILES


def test_every_shipped_profile_has_its_simulator() -> None:
    assert SIMULATORS.keys() == PROFILES.keys()


def test_every_simulator_is_a_sub_command() -> None:
    assert set(SIMULATORS.values()) <= {kind.name for kind in (*KINDS, *STREAMS)}
