from ingest_server.alarm.hearing import Hearing

S = 1_000_000


def test_a_gateway_is_silent_after_the_patience_and_back_with_its_next_word() -> None:
    hearing = Hearing(30 * S)
    hearing.listen({"gw-1": 100, "gw-2": 100}, 1, 0)
    assert list(hearing.silent(30 * S)) == []
    hearing.listen({"gw-1": 100, "gw-2": 101}, 1, 20 * S)
    assert list(hearing.silent(31 * S)) == ["gw-1"]
    hearing.listen({"gw-1": 99, "gw-2": 101}, 1, 40 * S)
    assert list(hearing.silent(45 * S)) == []


def test_a_new_session_gives_everybody_the_patience_again() -> None:
    hearing = Hearing(30 * S)
    hearing.listen({"gw-1": 100}, 1, 0)
    hearing.listen({"gw-1": 100}, 2, 25 * S)
    assert list(hearing.silent(50 * S)) == []
    assert list(hearing.silent(56 * S)) == ["gw-1"]


def test_while_the_broker_is_away_only_that_is_said() -> None:
    hearing = Hearing(30 * S)
    hearing.listen({"gw-1": 100}, None, 0)
    assert not hearing.is_broker_away(30 * S)
    assert hearing.is_broker_away(31 * S)
    assert list(hearing.silent(100 * S)) == []


def test_the_broker_is_back_with_a_session() -> None:
    hearing = Hearing(30 * S)
    hearing.listen({"gw-1": 100}, None, 0)
    hearing.listen({"gw-1": 100}, 5, 101 * S)
    assert hearing.is_broker_here
    assert not hearing.is_broker_away(200 * S)
