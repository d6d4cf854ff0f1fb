"""Prometheus text: families, labels, escapes, and the figures of a process."""

import os

from runtime.exposition import Figure, Sort, by, figure, of_process, render, this_process

STAT = (
    "77 (a (strange) name) S 1 77 77 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 4 0 12345 99999 2000 0"
)


def test_families_with_labels() -> None:
    waiting = by("cursor", {"store": 3, "alarm": 0.5})
    text = render([figure("waiting", Sort.GAUGE, "What waits", waiting)])
    assert text == (
        "# HELP waiting What waits\n# TYPE waiting gauge\n"
        'waiting{cursor="store"} 3\nwaiting{cursor="alarm"} 0.5\n'
    )


def test_what_has_a_meaning_of_its_own_is_escaped() -> None:
    text = render([figure("x", Sort.COUNTER, "a\\b\nc", by("why", {'say "no"\n\\': 1}))])
    assert text.splitlines() == [
        "# HELP x a\\\\b\\nc",
        "# TYPE x counter",
        'x{why="say \\"no\\"\\n\\\\"} 1',
    ]


def test_a_summary_has_its_sum_and_count() -> None:
    one = Figure("t", Sort.SUMMARY, "took", (("", {"quantile": "0.5"}, 0.25), ("_count", {}, 4)))
    assert render([one]).splitlines()[2:] == ['t{quantile="0.5"} 0.25', "t_count 4"]


def test_a_process_by_what_the_kernel_says() -> None:
    cpu, memory, descriptors = of_process(STAT, 9)
    assert cpu.samples[0][2] == 300 / os.sysconf("SC_CLK_TCK")
    assert memory.samples[0][2] == 2000 * os.sysconf("SC_PAGE_SIZE")
    assert descriptors.samples[0][2] == 9


def test_this_process_uses_something() -> None:
    assert all(one.samples[0][2] > 0 for one in this_process())
