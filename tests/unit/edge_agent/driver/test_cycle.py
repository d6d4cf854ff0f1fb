from edge_agent.driver.cycle import Cycle

SECOND = 1_000_000


def go(cycle: Cycle, now_us: int) -> list[int]:
    """Do all that is due."""
    done = []
    while (read := cycle.due(now_us)) is not None:
        assert cycle.due(now_us) == read
        cycle.done(now_us, was_told=True)
        done.append(read)
    return done


def test_all_reads_of_a_cycle_come_one_after_another_and_then_none() -> None:
    cycle = Cycle([(4, 0), (7, 0)], SECOND)
    assert go(cycle, 0) == [4, 7]
    assert go(cycle, SECOND - 150_000) == []
    assert go(cycle, SECOND - 50_000) == [4, 7]


def test_the_grid_does_not_drift_with_a_late_poller() -> None:
    cycle = Cycle([(0, 0)], SECOND)
    for turn in range(5):
        assert go(cycle, turn * SECOND + 30_000 * (turn % 2)) == [0]
        assert cycle.next_us == (turn + 1) * SECOND


def test_missed_periods_are_skipped() -> None:
    cycle = Cycle([(0, 0)], SECOND)
    go(cycle, 0)
    go(cycle, 7 * SECOND + 300_000)
    assert cycle.next_us == 8 * SECOND + 300_000


def test_what_is_wanted_now_and_then_is_left_out_between() -> None:
    cycle = Cycle([(0, 0), (1, 60 * SECOND)], SECOND)
    done = [go(cycle, second * SECOND) for second in range(62)]
    assert [n for n, reads in enumerate(done) if reads == [0, 1]] == [0, 60]
    assert all(reads == [0] for n, reads in enumerate(done) if n not in {0, 60})


def test_a_read_that_failed_is_wanted_again_and_all_of_them_after_a_silence() -> None:
    cycle = Cycle([(0, 0), (1, 60 * SECOND)], SECOND)
    cycle.due(0)
    cycle.done(0, was_told=True)
    cycle.done(0, was_told=False)
    assert go(cycle, SECOND) == [0, 1]
    assert go(cycle, 2 * SECOND) == [0]
    cycle.all_anew(2 * SECOND)
    assert go(cycle, 3 * SECOND) == [0, 1]


def test_a_cycle_in_which_nothing_is_wanted_reads_its_first_all_the_same() -> None:
    cycle = Cycle([(3, 60 * SECOND)], SECOND)
    assert [go(cycle, second * SECOND) for second in range(3)] == [[3], [3], [3]]
