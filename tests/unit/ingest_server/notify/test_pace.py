"""The promised pace, should nobody say otherwise."""

from ingest_server.notify.pace import Pace


def test_a_heartbeat_each_30_s_and_a_look_twice_a_second() -> None:
    assert (Pace().heartbeat_s, Pace().look_s) == (30.0, 0.5)
