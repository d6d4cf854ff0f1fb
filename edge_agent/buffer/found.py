"""What can be proven of a broken buffer: rows, epochs, sums, anchors and commands of any page."""

import msgspec

from edge_agent.buffer import anchors
from edge_agent.buffer.epochs import Epoch, Forgotten, epoch_of, forgotten_of
from edge_agent.buffer.proof import Field, Kind, check, is_proven
from edge_agent.buffer.spool import Spool
from edge_agent.buffer.stored import Stored, stored_of
from wire.bounds import COUNT
from wire.command import Command, Result, decode_command
from wire.identity import Anchor
from wire.refusal import WireError
from wire.topic import Lane

Fields = tuple[Field, ...]


class Found(msgspec.Struct):
    """`commands`: the columns of the table, of commands whose content can be read."""

    rows: Spool = msgspec.field(default_factory=Spool)
    epochs: dict[tuple[Lane, str], Epoch] = msgspec.field(default_factory=dict)
    lanes: dict[Lane, Forgotten] = msgspec.field(default_factory=dict)
    numbers: dict[str, int] = msgspec.field(default_factory=dict)
    anchors: dict[int, Anchor] = msgspec.field(default_factory=dict)
    commands: dict[str, Fields] = msgspec.field(default_factory=dict)

    def take(self, number: int, fields: Fields) -> bool:
        """Keep what the fields of a row prove; whether they are any row of ours."""
        fields = (number, *fields[1:]) if fields and fields[0] is None else fields
        match len(fields):
            case 15:
                return self._take_wide(fields)
            case 7:
                return is_proven(Kind.LANE, fields) and self._take_lane(forgotten_of(fields))
            case 5:
                return is_proven(Kind.ANCHOR, fields) and self._take_anchor(number, fields)
            case 3:
                return is_proven(Kind.META, fields) and self._take_number(fields)
            case 9:
                return self._take_command(fields)
            case _:
                return False

    def follow(self, behind: "Found") -> None:
        """Take of the rows that were on their way to this file those above its last keys."""
        last: dict[tuple[Lane, int], int] = {}
        for row in behind.rows.values():
            place = row.lane, row.epoch_id
            if place not in last:
                one = self.epochs.get((row.lane, row.epoch))
                last[place] = max(self.rows.last(*place), one.last if one is not None else 0)
            if row.seq > last[place]:
                self.rows.keep(row)
        for name, one in behind.epochs.items():
            self.epochs.setdefault(name, one)

    def _take_wide(self, fields: Fields) -> bool:
        if is_proven(Kind.BATCH, fields):
            return self._take_row(stored_of(fields))
        return is_proven(Kind.EPOCH, fields) and self._take_epoch(epoch_of(fields))

    def _take_row(self, row: Stored) -> bool:
        self.rows.keep(row)
        return True

    def _take_epoch(self, one: Epoch) -> bool:
        place = one.lane, one.epoch
        known = self.epochs.get(place)
        if known is None or (one.last, one.rows_gone) > (known.last, known.rows_gone):
            self.epochs[place] = one
        return True

    def _take_lane(self, one: Forgotten) -> bool:
        known = self.lanes.get(one.lane)
        if known is None or one.taken > known.taken:
            self.lanes[one.lane] = one
        return True

    def _take_number(self, fields: Fields) -> bool:
        name, value = check(Kind.META, fields)
        self.numbers[str(name)] = max(int(value or 0), self.numbers.get(str(name), 0))
        return True

    def _take_anchor(self, number: int, fields: Fields) -> bool:
        self.anchors[number] = anchors.anchor_of(fields)
        return True

    def _take_command(self, fields: Fields) -> bool:
        """A command has no proof; one that was not answered is never carried out from here."""
        _, name, _, payload, _, mono_ms, state, answer, _ = fields
        if not isinstance(payload, bytes) or not isinstance(mono_ms, int):
            return False
        try:
            command = decode_command(payload, Command)
            if answer is not None and not _answers(answer, command):
                return False
        except WireError:
            return False
        if command.id != name or not 0 <= mono_ms <= COUNT:
            return False
        known = self.commands.get(command.id)
        if known is None or (known[6] != "answered" and state == "answered"):
            self.commands[command.id] = fields
        return True


def _answers(answer: Field, command: Command) -> bool:
    return isinstance(answer, bytes) and decode_command(answer, Result).answers == command.id
