"""Whatever is lost, doubled or late on the way: a row goes only when a receipt covers it."""

from dataclasses import dataclass, field

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from simulators.fleet.lane_buffer import LaneBuffer
from wire.envelope import Encoding
from wire.ranges import Ranges
from wire.receipt import Receipt
from wire.statement import check_statement
from wire.topic import Lane

EPOCH, OTHER = "00000000000000aa", "00000000000000bb"
WINDOW = 5
SEQ = st.integers(1, 40)


@dataclass
class Server:
    """What a real server does with keys: it has them for ever, and says so at or above a floor."""

    had: Ranges = field(default_factory=Ranges)

    def receipt(self, trigger: int | None, floor: int, at_most: int) -> Receipt:
        ranges = self.had.from_floor(floor)
        first = [r for r in ranges if trigger is not None and r[0] <= trigger <= r[1]]
        said = (first + [r for r in ranges if r not in first])[:at_most]
        return Receipt(Lane.BULK, EPOCH, tuple(said), (), None, 1_800_000_000_000_000)


class FleetLedger(RuleBasedStateMachine):
    """One lane against a server, over a network that loses, doubles and reorders."""

    def __init__(self) -> None:
        super().__init__()
        self.now_us = 1_000_000
        self.lane = LaneBuffer(Lane.BULK, EPOCH, WINDOW)
        self.server = Server()
        self.up: list[tuple[int, int]] = []  # seq, and the floor stated with it
        self.down: list[Receipt] = []
        self.taken: dict[int, int] = {}
        self.covered: set[int] = set()
        self.given_up: set[int] = set()

    @rule(readings=st.integers(1, 9))
    def commit(self, readings: int) -> None:
        self.lane.commit(readings, 0, Encoding.RAW, b"[]")
        self.taken[self.lane.last] = readings

    @rule(wait_us=st.integers(0, 70_000_000))
    def publish_what_is_due(self, wait_us: int) -> None:
        self.now_us += wait_us
        flying = self.lane.due(self.now_us)
        for seq in flying:
            self.lane.published(seq, self.now_us)
            self.up.append((seq, self.lane.floor))
        assert len(set(flying)) == len(flying) <= WINDOW

    @rule(seq=SEQ)
    def connection_lost(self, seq: int) -> None:
        self.lane.lost(seq)

    @rule(seq=SEQ)
    def refused(self, seq: int) -> None:
        self.lane.refused(seq, self.now_us)

    @precondition(lambda self: self.up)
    @rule(which=st.integers(0, 99), again=st.booleans(), at_most=st.integers(1, 32))
    def arrive(self, which: int, again: bool, at_most: int) -> None:
        at = which % len(self.up)
        seq, floor = self.up[at] if again else self.up.pop(at)
        self.server.had.add(seq, seq)
        self.down.append(self.server.receipt(seq, floor, at_most))

    @precondition(lambda self: self.up)
    @rule(which=st.integers(0, 99))
    def lose(self, which: int) -> None:
        self.up.pop(which % len(self.up))

    @precondition(lambda self: self.down)
    @rule(which=st.integers(0, 99), again=st.booleans())
    def receive(self, which: int, again: bool) -> None:
        at = which % len(self.down)
        self._receive(self.down[at] if again else self.down.pop(at))

    @rule(low=SEQ, high=SEQ, lane=st.sampled_from(Lane), epoch=st.sampled_from([EPOCH, OTHER]))
    def receive_any(self, low: int, high: int, lane: Lane, epoch: str) -> None:
        """Also what no honest server would say."""
        have = ((min(low, high), max(low, high)),)
        self._receive(Receipt(lane, epoch, have, (), None, 1_800_000_000_000_000))

    def _receive(self, receipt: Receipt) -> None:
        if receipt.lane is Lane.BULK and receipt.epoch == EPOCH:
            held = {seq for seq in self.taken if self.lane.row(seq) is not None}
            self.covered |= {seq for seq in held if seq in Ranges(receipt.have)}
        self.lane.receive(receipt)

    @rule()
    def give_up_the_oldest(self) -> None:
        floor = self.lane.floor
        if self.lane.give_up("bulk_full"):
            self.given_up.add(floor)

    @invariant()
    def every_uncovered_row_is_held(self) -> None:
        held = {seq for seq in self.taken if self.lane.row(seq) is not None}
        assert held == self.taken.keys() - self.covered - self.given_up
        assert len(self.lane) == len(held)
        assert self.lane.floor == min(held, default=self.lane.last + 1)

    @invariant()
    def the_account_balances_and_is_stated(self) -> None:
        count = self.lane.count
        assert count.receipted == sum(self.taken[seq] for seq in self.covered)
        assert count.dropped.total() == sum(self.taken[seq] for seq in self.given_up)
        assert count.held == sum(
            readings for seq, readings in self.taken.items() if self.lane.row(seq) is not None
        )
        stated = check_statement(self.lane.state()).current
        assert (stated.floor, stated.last) == (self.lane.floor, len(self.taken))

    def teardown(self) -> None:
        """Without losses all is drained in rounds of a window each."""
        for _ in range(len(self.taken) // WINDOW + 1):
            self.now_us += 60_000_000
            for seq in self.lane.due(self.now_us):
                self.server.had.add(seq, seq)
                self.lane.receive(self.server.receipt(seq, self.lane.floor, 32))
        assert self.lane.count.held == 0


TestFleetLedger = FleetLedger.TestCase
