"""What a machine does not say is not known, rather than nought."""

from edge_agent.own_health import LocalActionHealth, MachineHealth


def test_nothing_is_known() -> None:
    said = MachineHealth()
    assert {said.memory, said.disk_free, said.temperature} == {None}


def test_a_local_action_that_never_acted() -> None:
    assert LocalActionHealth("siren", "siren-01", "sound", "idle", "no_alarm").since_us is None
