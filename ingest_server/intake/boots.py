"""The boots of one transaction of intake: heard, bounded, anchored, moved; what that corrects."""

import sqlite3
from collections.abc import Callable, Iterator

from ingest_server.db.boot import Boot
from ingest_server.db.boot_table import boots_after, last_boot, load_boot, save_boot
from ingest_server.db.retime import ClockMark, Moves, Retime
from ingest_server.intake.admit import Admitted
from ingest_server.intake.placement import (
    US_PER_MS,
    Placement,
    end_of_batch,
    not_ahead,
    place_absolute,
    place_foreign,
    place_relative,
    stated_by_batch,
    stated_by_through,
)
from ingest_server.intake.timeline import Said, is_clone, judge, lowered, overlapping
from wire.batch import Batch
from wire.envelope import Envelope, Through
from wire.identity import Anchor

JITTER_US = 10_000
"""A stated zero that differs by less is the same."""

_BETWEEN_US = 2 * US_PER_MS
"""Two boots never share an instant, the cut of a time of publishing included."""

Correct = Callable[[str, Retime], None]
"""Told the gateway and what is corrected, before anything is placed by the new zero."""


class Boots:
    """Loaded when first named; `save` writes all of them."""

    def __init__(self, connection: sqlite3.Connection, correct: Correct) -> None:
        self._connection = connection
        self._correct = correct
        self._boots: dict[tuple[str, str], Boot | None] = {}

    def save(self) -> None:
        for (gateway, name), boot in self._boots.items():
            if boot is not None:
                save_boot(self._connection, gateway, name, boot)

    def hear(self, gateway: str, name: str, mono_us: int, arrival_us: int) -> None:
        """The gateway spoke at `mono_us` of this boot, and was heard at `arrival_us`."""
        boot = self._find(gateway, name)
        if boot is None:
            boot = self._begin(gateway, name, arrival_us - mono_us)
        elif mono_us > boot.end_us:
            for after in self._after(gateway, name):
                if is_clone(boot, mono_us, after):
                    after.before, after.earliest_us = None, 0
        _bound(boot, mono_us, arrival_us)

    def hear_of(self, gateway: str, name: str, mono_us: int, speaker: str, arrival_us: int) -> None:
        """A reading of an earlier boot, taken at `mono_us`, was sent by the boot `speaker`."""
        boot, now = self._find(gateway, name), self._find(gateway, speaker)
        boot = boot or self._add(gateway, name, Boot(arrival_us - mono_us))
        if boot.latest_us is None and now is not None:
            # It comes to word for the first time: it ended as the speaker began.
            boot.before, now.before = now.before, name
            boot.earliest_us, now.earliest_us = now.earliest_us, 0
        _bound(boot, mono_us, arrival_us)

    def settle(self, gateway: str, name: str) -> None:
        """Move a boot that stands later than it can, and those that must have ended before it."""
        boot = self._find(gateway, name)
        if boot is None:
            return
        zero_us, clock = lowered(boot), None
        if zero_us is not None and boot.is_anchored:
            boot.is_anchored, clock = False, ClockMark.SUSPECT.value
        self._stand(gateway, boot, boot.zero_us if zero_us is None else zero_us, clock)

    def anchor(self, gateway: str, said: Anchor) -> None:
        """The gateway tells the zero of a boot; only the first one that can be believed counts."""
        zero_us = said.utc - said.mono * US_PER_MS
        boot = self._find(gateway, said.boot)
        if boot is None:
            self._add(gateway, said.boot, Boot(zero_us, is_anchored=True))
        elif judge(boot, zero_us) is Said.ANCHORS:
            self._take(gateway, boot, zero_us, Said.ANCHORS)

    def place(self, gateway: str, batch: Batch, envelope: Envelope, arrival_us: int) -> Placement:
        base = envelope.base
        boot = None if base is None else self._find(gateway, base.boot)
        if base is None or boot is None or not batch.readings:
            return place_foreign(batch, arrival_us)
        if batch.relative:
            boot.is_used = True
            return not_ahead(place_relative(boot, base), batch, arrival_us)
        if envelope.key is not None and envelope.key.covers:
            return place_foreign(batch, arrival_us, base.clock.value)
        stated_us = stated_by_batch(batch, base)
        said = judge(boot, stated_us)
        self._take(gateway, boot, stated_us, said)
        return not_ahead(place_absolute(boot, base, stated_us, said), batch, arrival_us)

    def through(self, gateway: str, name: str, through: Through, arrival_us: int) -> int | None:
        """Complete through, in UTC and never in the future; None for a boot never heard."""
        boot = self._find(gateway, name)
        if boot is None:
            return None
        stated_us = stated_by_through(through)
        said = Said.SUSPECT if stated_us is None else judge(boot, stated_us)
        if stated_us is not None:
            self._take(gateway, boot, stated_us, said)
        boot.is_used = True
        at_us = boot.zero_us + through.mono * US_PER_MS
        if through.utc is not None and said is not Said.SUSPECT:
            at_us = through.utc
        return min(at_us, arrival_us)

    def _take(self, gateway: str, boot: Boot, stated_us: int, said: Said) -> None:
        """Stand on the stated zero from now on, unless it is not believed."""
        match said:
            case Said.AGREES:
                if abs(stated_us - boot.zero_us) > JITTER_US:
                    boot.zero_us = stated_us
            case Said.ANCHORS | Said.CORRECTS:
                self._stand(gateway, boot, stated_us, ClockMark.ANCHORED.value)
                boot.is_anchored = True
            case Said.STEPS:
                self._stand(gateway, boot, stated_us, None, Moves.CLOCK)
            case Said.SUSPECT:
                pass
        boot.is_used = True

    def _stand(
        self,
        gateway: str,
        boot: Boot,
        zero_us: int,
        clock: str | None,
        moves: Moves = Moves.TIMES,
    ) -> None:
        """Move the boot to this zero; first, the oldest first, those that would overlap it."""
        chain = [(boot, zero_us, clock)]
        for before in self._before(gateway, boot):
            chain_start_us = chain[-1][1]
            _bound(before, before.end_us, chain_start_us - _BETWEEN_US)
            limit_us = overlapping(before)
            if limit_us is None:
                break
            mark = ClockMark.SUSPECT.value if before.is_anchored else None
            before.is_anchored = False
            chain.append((before, limit_us, mark))
        for before, limit_us, mark in reversed(chain[1:]):
            self._move(gateway, before, limit_us, mark, Moves.TIMES)
        self._move(gateway, boot, zero_us, clock, moves)

    def _before(self, gateway: str, boot: Boot) -> Iterator[Boot]:
        """Those that ended before it, the latest first."""
        seen: set[str] = set()
        name = boot.before
        while name is not None and name not in seen:
            seen.add(name)
            found = self._find(gateway, name)
            if found is None:
                return
            yield found
            name = found.before

    def _move(
        self, gateway: str, boot: Boot, zero_us: int, clock: str | None, moves: Moves
    ) -> None:
        if boot.is_used and zero_us != boot.zero_us:
            end_us = boot.ended_us + US_PER_MS  # the time of publishing is cut to a millisecond
            delta_us = zero_us - boot.zero_us
            self._correct(gateway, Retime(moves, boot.zero_us, end_us, delta_us, clock))
        boot.zero_us = zero_us

    def _begin(self, gateway: str, name: str, zero_us: int) -> Boot:
        """A boot that speaks for the first time: the one that spoke last has ended."""
        last = last_boot(self._connection, gateway)
        before, turn = last or (None, 0)
        boot = Boot(zero_us, before=before, turn=turn + 1)
        ended = None if before is None else self._find(gateway, before)
        if ended is not None:
            boot.earliest_us = ended.ended_us if ended.is_anchored else ended.earliest_us
        return self._add(gateway, name, boot)

    def _add(self, gateway: str, name: str, boot: Boot) -> Boot:
        self._boots[gateway, name] = boot
        save_boot(self._connection, gateway, name, boot)
        return boot

    def _find(self, gateway: str, name: str) -> Boot | None:
        if (gateway, name) not in self._boots:
            self._boots[gateway, name] = load_boot(self._connection, gateway, name)
        return self._boots[gateway, name]

    def _after(self, gateway: str, name: str) -> Iterator[Boot]:
        for later in boots_after(self._connection, gateway, name):
            boot = self._find(gateway, later)
            if boot is not None and boot.before == name:
                yield boot


def hear(boots: Boots, gateway: str, admitted: Admitted) -> list[tuple[str, str]]:
    """What one message shows of its boots; (gateway, boot) of each that it names."""
    sent, base, batch = admitted.envelope.sent, admitted.envelope.base, admitted.batch
    arrival_us = admitted.arrival.arrival_us
    heard = []
    if sent is not None:
        boots.hear(gateway, sent.boot, sent.mono * US_PER_MS, arrival_us)
        heard.append((gateway, sent.boot))
    if base is None or batch is None or (sent is not None and sent.boot == base.boot):
        return heard
    end_us = end_of_batch(batch, base)
    if sent is None:
        boots.hear(gateway, base.boot, end_us, arrival_us)
    else:
        boots.hear_of(gateway, base.boot, end_us, sent.boot, arrival_us)
    return [*heard, (gateway, base.boot)]


def _bound(boot: Boot, mono_us: int, until_us: int) -> None:
    """It was `mono_us` on the boot's clock at `until_us` UTC or before."""
    latest_us = until_us - mono_us
    boot.latest_us = latest_us if boot.latest_us is None else min(boot.latest_us, latest_us)
    boot.end_us = max(boot.end_us, mono_us)
