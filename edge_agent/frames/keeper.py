"""Looks each second for what is odd on the lines, and keeps the frames that led to it."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Protocol

from edge_agent.frames.odd import Odd
from edge_agent.frames.report import LineFrames, line_frames
from edge_agent.frames.store import Store
from edge_agent.health import Caught, FrameRecord, Signs
from runtime.beat import Beat

log = logging.getLogger(__name__)


class Watch(Protocol):
    """A line under watch: see edge_agent.watch.Watch."""

    @property
    def name(self) -> str: ...

    def signs(self) -> Signs: ...

    def frames(self) -> tuple[FrameRecord, ...]: ...

    def caught(self) -> tuple[Caught, ...]: ...


class Keeper:
    """`kinds`: of the lines, by name. `clock`: now on the boot's clock, and what makes it UTC."""

    def __init__(
        self,
        watches: Callable[[], Iterable[Watch]],
        kinds: Callable[[], dict[str, str]],
        clock: Callable[[], tuple[int, int | None]],
        store: Store,
        beat: Beat | None = None,
    ) -> None:
        self._watches = watches
        self._kinds = kinds
        self._clock = clock
        self._store = store
        self._beat = Beat() if beat is None else beat
        self._odd = Odd()
        self._trouble = ""

    async def run(self) -> None:
        """Until cancelled; a disk that refuses costs a dump and nothing else."""
        while True:
            await self._beat.next()
            for said in self.look():
                await self._keep(said)

    def look(self) -> list[LineFrames]:
        """What was odd since the last look."""
        return [one for watch in self._watches() for one in self._odd_of(watch)]

    def shown(self, line: str = "") -> tuple[LineFrames, ...]:
        """The last frames of one line, or of all."""
        _, offset_us = self._clock()
        return tuple(
            self._said(watch, offset_us, watch.frames(), "")
            for watch in self._watches()
            if not line or _line(watch) == line
        )

    def _odd_of(self, watch: Watch) -> Iterator[LineFrames]:
        now_us, offset_us = self._clock()
        for caught in watch.caught():
            yield self._said(watch, offset_us, caught.frames, caught.why)
        for anomaly, device in self._odd.look(_line(watch), watch.signs(), now_us):
            yield self._said(watch, offset_us, watch.frames(), f"{anomaly} {device}")

    def _said(
        self, watch: Watch, offset_us: int | None, frames: Sequence[FrameRecord], why: str
    ) -> LineFrames:
        line = _line(watch)
        return line_frames(line, self._kinds().get(line, ""), offset_us, frames, why)

    async def _keep(self, said: LineFrames) -> None:
        if not said.frames:
            return
        try:
            path = await asyncio.to_thread(self._store.write, self._name(said), said)
        except OSError as error:
            self._say(f"frames are not kept: {error}")
            return
        if path is None:
            self._say("frames are not kept: the disk has little room")
            return
        self._say("")
        log.info("line %s: %s: frames kept in %s", said.line, said.why, path)

    def _name(self, said: LineFrames) -> str:
        """By time, so that the newest are the last."""
        now_us, offset_us = self._clock()
        moment = datetime.fromtimestamp((now_us + (offset_us or 0)) / 1_000_000, tz=UTC)
        stamp = moment.strftime("%Y%m%dT%H%M%S.%fZ")
        return f"{stamp}-{said.line}-{said.why.partition(' ')[0]}"

    def _say(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            log.warning("%s", trouble)
        self._trouble = trouble


def _line(watch: Watch) -> str:
    return watch.name.removeprefix("line ")
