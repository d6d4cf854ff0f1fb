"""Takes baselines of running devices, keeps them, and makes them count at once."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import msgspec

from edge_agent.baseline.file import BaselineFile
from edge_agent.baseline.in_effect import (
    NEEDED,
    Baseline,
    baselines,
    health_of,
    with_baselines,
)
from edge_agent.baseline.measure import Gathering, Measured, Refusal, Refused, wanted_of
from edge_agent.baseline.taken import (
    Taken,
    configured,
    has_changed,
)
from edge_agent.baseline.told import Told
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.config.model import Config, DeviceConfig
from edge_agent.exchange import Sample
from edge_agent.own_health import BaselineHealth

log = logging.getLogger(__name__)

_LEAST_S = 15.0
_MOST_S = 90.0
_PERIODS = 10
_SECOND_US = 1_000_000


class Speaker(Protocol):
    """What a device says: see edge_agent.poll.voice.Voice."""

    tap: Callable[[Sequence[Sample]], None] | None


class Lines(Protocol):
    """The lines under watch: see edge_agent.roster.Roster."""

    def voice(self, device: DeviceConfig) -> Speaker | None: ...

    def retune(self, old: Config, new: Config) -> None: ...


class Standing(Protocol):
    """The configuration in force: see edge_agent.configuration.Configuration."""

    read: Config

    async def readjust(self, retune: Callable[[Config, Config], None]) -> None: ...


class Baselines:
    """Made before the configuration, which it adjusts; `attend` tells it of what runs."""

    def __init__(
        self,
        folder: Path,
        timekeeper: Timekeeper,
        tell: Callable[[str], None],
        most_s: float = _MOST_S,
    ) -> None:
        """Read what was taken. `most_s`: so long readings are waited for, at the most."""
        self._file = BaselineFile(folder)
        self._timekeeper = timekeeper
        self._tell = tell
        self._most_s = most_s
        self._taken, self._notices = self._file.read()
        self._standing: Standing | None = None
        self._lines: Lines | None = None
        self._told = Told()
        self._busy: set[str] = set()
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()

    def adjust(self, config: Config) -> Config:
        """The configuration with what was taken here."""
        self._told.watch(config)
        return with_baselines(config, self._taken)

    def attend(self, standing: Standing, lines: Lines) -> None:
        """From now on they can be taken."""
        self._standing, self._lines = standing, lines
        for notice in self._notices:
            self._tell(notice)
        self._notices = ()
        for one in self.show():
            if one.standing in NEEDED:
                self._tell(f"{one.device} {one.point} {NEEDED[one.standing]}")

    def show(self) -> tuple[Baseline, ...]:
        """What each point is judged against."""
        return () if self._standing is None else baselines(self._standing.read, self._taken)

    def health(self) -> tuple[BaselineHealth, ...]:
        """The same for `status`."""
        return tuple(map(health_of, self.show()))

    def heard(self, device: str, samples: Sequence[Sample]) -> None:
        """What was reported of a device."""
        if self._told.heard(device, samples) and any(one.device == device for one in self._taken):
            self._news.set()

    async def run(self) -> None:
        """Until cancelled: what was taken of a device that is another now counts no more."""
        while True:
            await self._news.wait()
            self._news.clear()
            async with self._turn:
                await self._void()

    async def take(
        self, device: str, point: str | None, by: str, note: str = ""
    ) -> Taken | Refusal:
        """Measure, write, and let it count, in this order; nothing is changed by a refusal."""
        found = self._wanted(device, point, by)
        if isinstance(found, Refusal):
            return found
        its, name = found
        with self._reserved(device):
            measured = await self._measured(its, name)
            if isinstance(measured, Refusal):
                log.warning("no baseline of %s: %s %s", device, measured.reason, measured.detail)
                return measured
            taken = self._named(its, name, measured, by, note)
            log.info("baseline of %s %s taken by %s: %s", device, name, taken.by, taken.value)
            return await self._enter(taken, taken) or taken

    async def clear(self, device: str, point: str | None, by: str) -> Taken | Refusal:
        """Forget what was taken; what the configuration says counts again, if it says anything."""
        if not by.strip():
            return Refusal(Refused.NO_NAME)
        found = [one for one in self._taken if one.device == device and point in (None, one.point)]
        if not found:
            return Refusal(Refused.NOTHING_TAKEN, device)
        if len(found) > 1:
            return Refusal(Refused.WHICH_POINT, ", ".join(one.point for one in found))
        log.info("baseline of %s %s is cleared by %s", device, found[0].point, by)
        return await self._enter(found[0], None) or found[0]

    async def _enter(self, old: Taken, new: Taken | None) -> Refusal | None:
        """`new` in place of what was taken of the point of `old`."""
        async with self._turn:
            place = (old.device, old.point)
            rest = tuple(one for one in self._taken if (one.device, one.point) != place)
            after = rest if new is None else (*rest, new)
            try:
                self._tell(await asyncio.to_thread(self._file.write, after))
            except OSError as error:
                return Refusal(Refused.NOT_KEPT, str(error))
            self._taken = after
            await self._count()
        return None

    async def _count(self) -> None:
        if self._standing is not None and self._lines is not None:
            await self._standing.readjust(self._lines.retune)

    async def _void(self) -> None:
        after = tuple(self._judged(one) for one in self._taken)
        if after == self._taken:
            return
        for one in after:
            if one not in self._taken:
                self._tell(f"the baseline of {one.device} {one.point} is void: {one.void}")
        self._taken = after
        await self._count()
        try:
            self._tell(await asyncio.to_thread(self._file.write, after))
        except OSError as error:  # what it tells of itself is told again after a start
            self._tell(f"that a baseline is void can not be written: {error}")

    def _judged(self, one: Taken) -> Taken:
        device = self._devices().get(one.device)
        if device is None or one.void:
            return one
        why = has_changed(one, self._told.identity(device))
        return msgspec.structs.replace(one, void=why) if why else one

    def _devices(self) -> dict[str, DeviceConfig]:
        return (
            {} if self._standing is None else {one.id: one for one in self._standing.read.devices}
        )

    def _wanted(
        self, device: str, point: str | None, by: str
    ) -> tuple[DeviceConfig, str] | Refusal:
        its = self._devices().get(device)
        if not by.strip():
            return Refusal(Refused.NO_NAME)
        if its is None:
            return Refusal(Refused.NO_DEVICE, device)
        points = its.profile.baseline_points
        if not points or (point is not None and point not in points):
            return Refusal(Refused.NO_BASELINE, f"{device} ({its.profile.id})")
        if point is None and len(points) > 1:
            return Refusal(Refused.WHICH_POINT, ", ".join(points))
        if device in self._busy:
            return Refusal(Refused.BUSY, device)
        return its, point or points[0]

    @contextmanager
    def _reserved(self, device: str) -> Iterator[None]:
        self._busy.add(device)
        try:
            yield
        finally:
            self._busy.discard(device)

    async def _measured(self, device: DeviceConfig, point: str) -> Measured | Refusal:
        alarm = self._told.alarmed(device)
        if alarm:
            return Refusal(Refused.CONTACT, alarm)
        voice = None if self._lines is None else self._lines.voice(device)
        if voice is None:
            return Refusal(Refused.TOO_FEW, f"nobody watches line {device.line}")
        gathering, done = Gathering(wanted_of(device.profile, point)), asyncio.Event()

        def hear(samples: Sequence[Sample]) -> None:
            gathering.take(samples)
            if gathering.verdict is not None:
                done.set()

        patience_s = min(max(_LEAST_S, _PERIODS * device.period_us / _SECOND_US), self._most_s)
        voice.tap = hear
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    await done.wait()
        finally:
            voice.tap = None
        found = gathering.give_up(patience_s)
        alarm = self._told.alarmed(device)
        return Refusal(Refused.CONTACT, alarm) if alarm else found

    def _named(
        self, device: DeviceConfig, point: str, measured: Measured, by: str, note: str
    ) -> Taken:
        now = self._timekeeper.now()
        return Taken(
            device=device.id,
            point=point,
            value=measured.value,
            by=by.strip(),
            note=note,
            at_us=now.utc_us(now.mono_us),
            profile=device.profile.id,
            line=device.line,
            unit=device.unit,
            over=configured(device, device.profile.point(point)),
            readings=measured.readings,
            spread=measured.spread,
            identity=self._told.identity(device),
        )
