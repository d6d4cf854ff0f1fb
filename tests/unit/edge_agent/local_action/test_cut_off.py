"""Cut off: no connection for a second, or connected and no receipt for half a minute."""

from edge_agent.local_action.cut_off import PATIENCE_US, SILENCE_US, CutOff

T0 = 50_000_000


def test_a_connection_that_is_gone_for_a_second() -> None:
    cut_off = CutOff(T0)
    assert not cut_off.judge(T0, None, is_connected=False)
    assert cut_off.judge(T0 + PATIENCE_US, None, is_connected=False)
    assert not cut_off.judge(T0 + PATIENCE_US, None, is_connected=True)
    assert not cut_off.judge(T0 + PATIENCE_US + 1, None, is_connected=False)


def test_a_server_that_gives_no_receipts() -> None:
    cut_off = CutOff(T0)
    assert cut_off.judge(T0 + SILENCE_US, None, is_connected=True)
    assert not cut_off.judge(T0 + SILENCE_US, T0 + 1, is_connected=True)
    assert cut_off.judge(T0 + SILENCE_US + 1, T0 + 1, is_connected=True)


def test_a_connection_that_was_away_between_two_looks_was_never_away() -> None:
    cut_off = CutOff(T0)
    assert not cut_off.judge(T0, None, is_connected=True)
    assert not cut_off.judge(T0 + PATIENCE_US, None, is_connected=False)  # since when is not known
    assert not cut_off.judge(T0 + 2 * PATIENCE_US - 1, None, is_connected=False)
    assert cut_off.judge(T0 + 2 * PATIENCE_US, None, is_connected=False)
