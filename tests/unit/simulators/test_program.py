"""A real child process: started, stopped in good order, killed, frozen, and quoted."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulators.program import Program
from tests.patience import PATIENCE_S, until_true

CHILD = """
import os, signal, sys, time
def stop(number, _):
    print("stopping", flush=True)
    sys.exit(int(os.environ.get("LEAVE_WITH", "0")))
signal.signal(signal.SIGTERM, stop)
print("arguments", *sys.argv[1:], flush=True)
print("up", file=sys.stderr, flush=True)
if "ends" in sys.argv:
    sys.exit(3)
while True:
    time.sleep(60)
"""
Make = Callable[..., Program]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """`make("argument", LEAVE_WITH="5")` → a Program that runs CHILD; all are killed afterwards."""
    (tmp_path / "child_of_the_test.py").write_text(CHILD)
    made: list[Program] = []

    def program(*arguments: str, **environment: str) -> Program:
        log = tmp_path / "logs" / f"{len(made)}.log"
        known = {"PYTHONPATH": str(tmp_path), **environment}
        made.append(Program("child_of_the_test", arguments, log, known))
        return made[-1]

    yield program
    for one in made:
        one.kill()


def is_up(program: Program) -> bool:
    return program.log.exists() and program.log.read_text().endswith("up\n")


def state(pid: int | None) -> str:
    """One letter: S sleeps, R runs, T is stopped (proc(5))."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_starts_with_its_arguments_and_logs_both_outputs(make: Make) -> None:
    program = make("run", "-c", "a file.toml")
    assert (program.pid, program.is_running, program.last_words()) == (None, False, "")
    program.start()
    until_true(lambda: is_up(program))
    assert program.is_running
    assert program.last_words().splitlines() == ["arguments run -c a file.toml", "up"]


def test_it_does_not_hear_the_ctrl_c_of_our_terminal(make: Make) -> None:
    program = make()
    program.start()
    assert program.pid is not None
    assert os.getpgid(program.pid) == os.getsid(program.pid) == program.pid
    assert os.getpgid(program.pid) != os.getpgid(0)


@pytest.mark.parametrize("code", [0, 5])
def test_stop_lets_it_end_in_good_order_and_tells_its_code(make: Make, code: int) -> None:
    program = make(LEAVE_WITH=str(code))
    program.start()
    until_true(lambda: is_up(program))
    assert program.stop() == code
    assert "stopping" in program.last_words()
    assert (program.pid, program.is_running) == (None, False)
    assert program.stop() is None


def test_stop_works_while_it_is_frozen(make: Make) -> None:
    program = make()
    program.start()
    until_true(lambda: is_up(program))
    program.freeze()
    assert state(program.pid) == "T"
    assert program.stop() == 0


def test_a_program_that_ended_by_itself_is_seen_and_its_code_kept(make: Make) -> None:
    program = make("ends")
    program.start()
    until_true(lambda: not program.is_running)
    assert program.pid is not None
    assert program.stop() == 3


def test_whether_it_comes_up_is_known_as_soon_as_it_is_or_can_not_be(make: Make) -> None:
    program, broken = make(), make("ends")
    assert not program.comes_up(lambda: True, PATIENCE_S), "it was not started"
    program.start()
    assert not program.comes_up(lambda: False, 0.05)
    assert program.comes_up(lambda: is_up(program), PATIENCE_S)
    broken.start()
    assert not broken.comes_up(lambda: False, PATIENCE_S)


def test_kill_leaves_it_no_last_word_and_it_starts_again_into_the_same_log(make: Make) -> None:
    program = make()
    program.kill()
    program.start()
    until_true(lambda: is_up(program))
    first = program.pid
    program.kill()
    assert not program.is_running
    assert not Path(f"/proc/{first}").exists()
    assert program.last_words().splitlines() == ["arguments", "up"]
    program.start()
    until_true(lambda: program.log.read_text().count("up\n") == 2)
    assert program.pid != first
    assert program.stop() == 0


def test_killed_and_not_started_again_it_tells_the_signal(make: Make) -> None:
    program = make()
    program.start()
    program.kill()
    assert program.stop() == -signal.SIGKILL


def test_frozen_it_stands_and_thawed_it_goes_on(make: Make) -> None:
    program = make()
    program.freeze()
    program.thaw()
    program.start()
    until_true(lambda: is_up(program))
    program.freeze()
    until_true(lambda: state(program.pid) == "T")
    assert program.is_running
    program.thaw()
    until_true(lambda: state(program.pid) in "SR")
    assert program.stop() == 0


def test_the_last_words_are_the_end_of_the_log_whatever_its_bytes(make: Make) -> None:
    program = make()
    program.log.parent.mkdir()
    program.log.write_bytes(b"".join(b"line %d\n" % n for n in range(40)) + b"\xff\n")
    assert program.last_words(3) == "line 38\nline 39\n�"
    assert len(program.last_words().splitlines()) == 15


def test_nothing_is_left_open_in_us(make: Make) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    program = make()
    program.start()
    program.kill()
    # what tests before this one let go of may be closed meanwhile
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
