"""Boots over the transactions of intake: what each message moves, and by how much."""

import sqlite3
from dataclasses import dataclass, field

import pytest

from ingest_server.db.boot_table import load_boot
from ingest_server.db.journal import migrate_journal
from ingest_server.db.retime import Moves, Retime
from ingest_server.intake.boots import Boots
from ingest_server.intake.placement import Placement
from wire.batch import Batch
from wire.envelope import Base, ClockState, Envelope, Through
from wire.identity import Anchor
from wire.reading import Reading

T0 = 1_763_700_000_000_000
SECOND = 1_000_000
HOUR = 3_600 * SECOND
BETWEEN = 2_000


@dataclass
class Server:
    """Each method is one message in a transaction of its own."""

    connection: sqlite3.Connection
    corrected: list[Retime] = field(default_factory=list)

    def _boots(self) -> Boots:
        return Boots(self.connection, lambda _, retime: self.corrected.append(retime))

    def hear(self, boot: str, mono_s: float, arrival_s: float) -> None:
        boots = self._boots()
        boots.hear("gw", boot, round(mono_s * SECOND), round(T0 + arrival_s * SECOND))
        boots.settle("gw", boot)
        boots.save()

    def relative(self, boot: str, mono_s: int, speaker: str, arrival_s: int) -> int:
        """Seconds after T0 where a reading of `boot` comes to stand."""
        boots = self._boots()
        if speaker != boot:
            boots.hear_of("gw", boot, mono_s * SECOND, speaker, T0 + arrival_s * SECOND)
        for one in (speaker, boot):
            boots.settle("gw", one)
        envelope = Envelope(base=Base(boot, mono_s * 1_000, ClockState.UNSET))
        batch = Batch("gw", (Reading("d", "p", 0, True),), relative=True)
        placed = boots.place("gw", batch, envelope, T0 + arrival_s * SECOND)
        boots.save()
        return (placed.shift_us - T0) // SECOND

    def absolute(self, boot: str, mono_s: int, at_us: int, arrival_s: int) -> Placement:
        boots = self._boots()
        envelope = Envelope(base=Base(boot, mono_s * 1_000, ClockState.SYNCHRONISED))
        batch = Batch("gw", (Reading("d", "p", at_us, True),))
        placed = boots.place("gw", batch, envelope, T0 + arrival_s * SECOND)
        boots.save()
        return placed

    def anchor(self, boot: str, mono_s: int, utc_us: int) -> None:
        boots = self._boots()
        boots.anchor("gw", Anchor(boot, mono_s * 1_000, utc_us))
        boots.save()

    def zero(self, boot: str) -> int:
        found = load_boot(self.connection, "gw", boot)
        assert found is not None
        return found.zero_us


@pytest.fixture
def server() -> Server:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate_journal(connection)
    return Server(connection)


def test_the_way_of_a_message_moves_nothing_and_a_queue_does(server: Server) -> None:
    server.hear("b", 100, 110)
    assert server.relative("b", 100, "b", 110) == 110
    server.hear("b", 101, 109.5)
    assert (server.relative("b", 101, "b", 110), server.corrected) == (111, [])
    server.hear("b", 110, 110)
    (moved,) = server.corrected
    assert (moved.moves, moved.delta_us, moved.clock) == (Moves.TIMES, -10 * SECOND, None)
    assert moved.holds(T0 + 110 * SECOND)
    assert server.relative("b", 110, "b", 110) == 110


def test_an_anchor_corrects_what_was_placed_and_only_the_first_counts(server: Server) -> None:
    server.hear("b", 100, 101)
    assert server.relative("b", 100, "b", 101) == 101
    server.anchor("b", 200, T0 + 200 * SECOND)
    (moved,) = server.corrected
    assert (moved.delta_us, moved.clock) == (-SECOND, "anchored")
    server.anchor("b", 200, T0 + 200 * SECOND)
    server.anchor("b", 300, T0 + 300 * SECOND + HOUR)
    assert server.corrected == [moved]
    assert server.relative("b", 150, "b", 210) == 150


def test_a_boot_that_was_never_used_is_anchored_without_a_word(server: Server) -> None:
    server.hear("b", 100, 101)
    server.anchor("b", 100, T0 + 100 * SECOND)
    assert (server.corrected, server.zero("b")) == ([], T0)


def test_absolute_times_are_an_anchor_too(server: Server) -> None:
    server.hear("b", 100, 101)
    server.relative("b", 100, "b", 101)
    placed = server.absolute("b", 101, T0 + 101 * SECOND, 102)
    assert placed == Placement(0, "synchronised")
    (moved,) = server.corrected
    assert -SECOND - 1_000 < moved.delta_us <= -SECOND


def test_a_clock_that_goes_away_from_the_truth_moves_nothing(server: Server) -> None:
    server.hear("b", 100, 100)
    assert server.absolute("b", 100, T0 + 100 * SECOND, 100).clock == "synchronised"
    for wrong_us in (HOUR, -HOUR):
        placed = server.absolute("b", 110, T0 + 110 * SECOND + wrong_us, 110)
        assert placed.clock == "clock_suspect"
        assert abs(placed.shift_us + wrong_us) < 1_000
    assert server.absolute("b", 120, T0 + 120 * SECOND, 120) == Placement(0, "synchronised")
    assert server.corrected == []


def test_a_clock_that_comes_to_the_truth_from_behind_is_a_step(server: Server) -> None:
    server.hear("b", 100, 100)
    assert server.absolute("b", 100, T0 + 100 * SECOND - HOUR, 100).clock == "synchronised"
    assert server.absolute("b", 110, T0 + 110 * SECOND, 110) == Placement(0, "synchronised")
    (moved,) = server.corrected
    assert (moved.moves, moved.delta_us) == (Moves.CLOCK, HOUR)


def test_a_clock_from_the_future_is_placed_by_its_boot_until_it_is_corrected(
    server: Server,
) -> None:
    server.hear("b", 100, 101)
    placed = server.absolute("b", 100, T0 + 100 * SECOND + HOUR, 101)
    assert placed.clock == "clock_suspect"
    assert server.absolute("b", 110, T0 + 110 * SECOND, 111).clock == "synchronised"
    (moved,) = server.corrected
    assert -SECOND - 1_000 < moved.delta_us <= -SECOND


def test_an_anchor_that_the_queue_hid_from_us_is_found_out(server: Server) -> None:
    server.hear("b", 100, 8_000)
    server.absolute("b", 100, T0 + 100 * SECOND + HOUR, 8_000)
    server.hear("b", 8_010, 8_010)
    (moved,) = server.corrected
    assert (moved.delta_us, moved.clock) == (-HOUR + 999, "clock_suspect")


def test_boots_that_never_spoke_lie_before_the_one_that_speaks_for_them(server: Server) -> None:
    server.hear("old", 10, 10)
    server.hear("now", 50, 1_050)
    assert server.relative("lost", 100, "now", 1_050) == 999
    assert server.relative("lost", 400, "now", 1_050) == 999
    assert [one.delta_us for one in server.corrected] == [-300 * SECOND]
    server.hear("now", 60, 1_040)
    assert [one.delta_us for one in server.corrected] == [-300 * SECOND, -20 * SECOND]


def test_an_unset_boot_ends_before_the_next_one_begins(server: Server) -> None:
    server.hear("a", 1_000, 5_000)
    assert server.relative("a", 1_000, "a", 5_000) == 5_000
    server.hear("b", 10, 5_001)
    server.hear("b", 20, 2_020)
    assert server.zero("a") == T0 + 1_000 * SECOND - BETWEEN
    at_us = T0 + 5_000 * SECOND
    for one in server.corrected:
        at_us = one.moved(at_us)
    assert at_us == T0 + 2_000 * SECOND - BETWEEN


def test_a_boot_that_claims_to_be_before_the_last_one_is_suspect(server: Server) -> None:
    server.hear("a", 1_000, 1_000)
    server.absolute("a", 1_000, T0 + 1_000 * SECOND, 1_000)
    server.hear("b", 10, 2_010)
    placed = server.absolute("b", 10, T0 + 2_010 * SECOND - HOUR, 2_010)
    assert (placed.clock, placed.shift_us) == ("clock_suspect", HOUR + 999)


def test_two_gateways_with_one_id_do_not_push_each_other_into_the_past(server: Server) -> None:
    server.hear("a", 1_000, 1_000)
    assert server.relative("a", 1_000, "a", 1_000) == 1_000
    server.hear("b", 5, 1_010)
    for now in range(1_100, 2_000, 100):
        server.hear("a", now, now)
        server.hear("b", now - 1_005, now)
    assert (server.zero("a"), server.zero("b"), server.corrected) == (T0, T0 + 1_005 * SECOND, [])


def test_complete_through_stands_on_the_same_zero(server: Server) -> None:
    boots = Boots(server.connection, lambda _, retime: server.corrected.append(retime))
    assert boots.through("gw", "b", Through(1_000), T0) is None
    boots.hear("gw", "b", 100 * SECOND, T0 + 100 * SECOND)
    now_us = T0 + 110 * SECOND
    assert boots.through("gw", "b", Through(90_000), now_us) == T0 + 90 * SECOND
    assert boots.through("gw", "b", Through(200_000), now_us) == now_us
    assert boots.through("gw", "b", Through(100_000, T0 + 100 * SECOND), now_us) == (
        T0 + 100 * SECOND
    )
    said = boots.through("gw", "b", Through(105_000, T0 + 105 * SECOND - HOUR), now_us)
    assert said is not None
    assert abs(said - T0 - 105 * SECOND) < 1_000


def test_several_lost_boots_stand_in_the_order_in_which_they_come_to_word(server: Server) -> None:
    """One of them had its clock set; the rest must fit around it."""
    server.hear("now", 50, 1_050)
    server.anchor("set", 10, T0 + 510 * SECOND)
    assert server.relative("first", 100, "now", 1_050) == 999
    assert server.relative("second", 100, "now", 1_050) == 999
    assert server.zero("first") == T0 + 800 * SECOND - 2 * BETWEEN
    assert server.relative("set", 100, "now", 1_050) == 600
    assert server.zero("second") == T0 + 400 * SECOND - BETWEEN
    assert server.zero("first") == T0 + 300 * SECOND - 2 * BETWEEN


def test_boots_make_room_before_the_one_that_follows_is_anchored(server: Server) -> None:
    server.hear("a", 100, 5_000)
    assert server.relative("a", 100, "a", 5_000) == 5_000
    server.hear("b", 100, 5_200)
    assert server.relative("b", 100, "b", 5_200) == 5_200
    server.anchor("b", 100, T0 + 1_000 * SECOND)
    room, anchored = server.corrected[-2:]
    assert room.moved(T0 + 5_000 * SECOND) == T0 + 900 * SECOND - BETWEEN
    assert anchored.moved(T0 + 5_200 * SECOND) == T0 + 1_000 * SECOND


def test_a_base_ahead_of_its_publishing_is_not_placed_in_the_future(server: Server) -> None:
    """And does not move its boot, whose other messages say nothing of the kind."""
    server.hear("one", 100, 100)
    zero_us = server.zero("one")
    assert server.relative("one", 4_000, "one", 101) == 101
    assert server.relative("one", 100, "one", 102) == 100
    assert server.zero("one") == zero_us
    assert server.corrected == []
