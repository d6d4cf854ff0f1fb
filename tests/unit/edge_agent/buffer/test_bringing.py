"""Stopped after any step it goes on at the next start: no row doubled, none lost, counts equal."""

import random
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.buffer import rows
from edge_agent.buffer.bringing import Bringing, Kind, Part, bring_now
from edge_agent.buffer.opening import prepare
from edge_agent.buffer.rows import Draft, Ledger
from edge_agent.buffer.sources import gathered
from runtime.database import connect, run_transaction
from tests.broken_buffer import KeyOf, Used, all_rows, use
from tests.brought_in import STAMP, all_in
from wire.envelope import Base, ClockState, Encoding
from wire.receipt import Receipt
from wire.statement import Statement, check_statement
from wire.topic import Lane

NEW = "e" * 16
DRAFT = Draft(1, Base("boot-2", 5, ClockState.UNSET), Encoding.RAW, b"new")
State = tuple[dict[KeyOf, rows.Row], dict[Lane, Ledger]]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Used:
    return use(tmp_path_factory.mktemp("used"), seed=3, turns=60)


def broken(used: Used, folder: Path) -> Path:
    """Set aside as it is: every row of it is to be found."""
    path = used.copy(folder)
    with path.open("r+b") as file:
        file.write(bytes(100))
    prepare(path, STAMP)
    return path


def state(path: Path) -> State:
    with closing(connect(path)) as disk:
        for lane in Lane:
            check_statement(Statement(1, tuple(rows.state(disk, lane, NEW))))
        return all_rows(disk), {lane: rows.ledger(disk, lane) for lane in Lane}


def begun(path: Path) -> Bringing:
    waiting = gathered(path, None, STAMP)
    return Bringing(waiting.sources[0].path, waiting.sources[0].name, waiting.below, look_s=0)


def stopped(path: Path, after: int) -> bool:
    """Take so many steps, as an agent that is killed then; whether that was all."""
    steps = begun(path).steps()
    answer = None
    with closing(connect(path)) as disk:
        for _ in range(after):
            try:
                step = steps.send(answer)
            except StopIteration:
                return True
            answer = run_transaction(disk, step.work)
    return False


def test_all_of_it_is_there_under_its_keys(used: Used, tmp_path: Path) -> None:
    path = broken(used, tmp_path)
    all_in(path)
    held, books = state(path)
    assert {key: row.payload for key, row in held.items()} == {
        key: row.payload for key, row in used.truth.items()
    }
    with closing(connect(used.copy(tmp_path))) as disk:
        assert books == {lane: rows.ledger(disk, lane) for lane in Lane}


def test_a_kill_after_any_step_costs_nothing(used: Used, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    expected = broken(used, whole)
    all_in(expected)
    for after in range(0, 2_000, 29):
        folder = tmp_path / f"{after}"
        folder.mkdir()
        path = broken(used, folder)
        is_through = stopped(path, after)
        held, _ = state(path)
        if not is_through and held != {}:
            assert held.keys() == used.truth.keys()  # shown whole, and not put away yet
        all_in(path)
        assert state(path) == state(expected)
        if is_through:
            return
    pytest.fail("it never ended")


@pytest.mark.parametrize("seed", range(8))
def test_many_kills_while_readings_come_and_go(used: Used, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    path = broken(used, tmp_path)
    for life in range(6):
        prepare(path, STAMP)
        name = f"{0xE0 + life:016x}"
        with closing(connect(path)) as disk:
            rows.commit(disk, dice.choice((Lane.URGENT, Lane.BULK)), name, [DRAFT] * 2)
            for lane in Lane:
                rows.receive(disk, Receipt(lane, name, ((1, 1),), (), None, 1), name)
        if gathered(path, None, STAMP).sources:
            stopped(path, dice.randint(1, 600))
    all_in(path)
    held, books = state(path)
    ours = {key for key in held if key[1].startswith("00000000000000e")}
    assert held.keys() - ours == used.truth.keys()
    assert len(ours) == 6
    assert all("file_broken" not in book.dropped for book in books.values())
    for lane, book in books.items():
        elsewhere = book.stored + book.buffered + book.thinned + sum(book.dropped.values())
        assert book.taken == elsewhere
        assert book.buffered == sum(row.key.taken for k, row in held.items() if k[0] is lane)


def test_the_new_file_breaks_while_the_old_one_comes_in(used: Used, tmp_path: Path) -> None:
    path = broken(used, tmp_path)
    with closing(connect(path)) as disk:
        rows.commit(disk, Lane.URGENT, NEW, [DRAFT])
    stopped(path, 700)
    with path.open("r+b") as file:
        file.write(bytes(100))
    prepare(path, STAMP)
    assert len(gathered(path, None, STAMP).sources) == 2
    all_in(path)
    held, books = state(path)
    assert held.keys() == {*used.truth.keys(), (Lane.URGENT, NEW, 1)}
    assert all("file_broken" not in book.dropped for book in books.values())


def test_it_says_how_far_it_is(used: Used, tmp_path: Path) -> None:
    one = begun(broken(used, tmp_path))
    seen: dict[Part, list[float]] = {}
    steps, answer = one.steps(), None
    with closing(connect(tmp_path / "buffer.db")) as disk:
        while True:
            try:
                step = steps.send(answer)
            except StopIteration:
                break
            seen.setdefault(one.extent.part, []).append(one.extent.share)
            answer = run_transaction(disk, step.work)
    assert list(seen) == [Part.SEARCHING, Part.BRINGING]
    assert all(shares == sorted(shares) for shares in seen.values())
    assert one.extent.part is Part.DONE
    assert one.extent.readings == sum(row.key.taken for row in used.truth.values())


def test_only_the_last_step_is_synced(used: Used, tmp_path: Path) -> None:
    one = begun(broken(used, tmp_path))
    kinds: list[Kind] = []
    steps, answer = one.steps(), None
    with closing(connect(tmp_path / "buffer.db")) as disk:
        while True:
            try:
                step = steps.send(answer)
            except StopIteration:
                break
            kinds.append(step.kind)
            answer = run_transaction(disk, step.work)
    assert kinds[-1] is Kind.WRITE_SYNCED
    assert kinds.count(Kind.WRITE_SYNCED) == 1


def test_at_once_it_is_the_same(used: Used, tmp_path: Path) -> None:
    path = broken(used, tmp_path)
    adopted = bring_now(path, begun(path))
    assert adopted.batches == len(used.truth)
    assert adopted.lost == 0
