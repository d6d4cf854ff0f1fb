"""What every simulated radar on a UART does: boots, watches people, reports, answers, fails."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Generic, Protocol, TypeVar

from simulators.fault import STREAM_KINDS, FaultPlan
from simulators.kept_settings import KeptSettings
from simulators.person import Body, Doing, Person
from simulators.radar_conditions import Conditions
from simulators.stream_fault import UNCHECKED_KINDS
from simulators.stream_outlet import SentFrame, StreamOutlet

SECOND_US: Final = 1_000_000
INPUT_PAUSE_US: Final = 200_000
LOOK_US: Final = 100_000
LOOKS_AT_ONCE: Final = 10_000
SAYINGS_KEPT: Final = 1_000

Said = tuple[str, bytes]
Timed = tuple[int, Callable[[int], bytes]]
Frame = TypeVar("Frame")
Value = TypeVar("Value", int, float)


class Reader(Protocol[Frame]):
    """Cuts what the host sends into commands."""

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes as they come and return the commands that are now whole."""

    def forget(self) -> None:
        """Drop an unfinished command, as a device does after a pause."""


class StreamRadar(ABC, Generic[Frame, Value]):
    """A radar: conditions are set at `conditions` by hand or by the people it watches.

    A condition is what the radar has decided (after its own delays). The first `due` powers the
    radar on. Orders may come from any thread; `due` and `received` from one.
    """

    NAMES: tuple[str, ...]
    START: bytes

    def __init__(
        self,
        rest: Mapping[str, float],
        settings: KeptSettings[Value],
        reader: Reader[Frame],
        *,
        boot_us: int,
        checksum_at: int | None,
        record: bool,
        seed: int,
    ) -> None:
        """Make a radar in an empty room; `record` keeps what it sent, for a test to look at."""
        kinds = UNCHECKED_KINDS if checksum_at is None else STREAM_KINDS
        self.faults = FaultPlan(allowed=kinds, seed=seed)
        self.conditions = Conditions(rest)
        self.settings: KeptSettings[Value] = settings
        self.ignored = 0
        self.reboots = 0
        self._reader = reader
        self._outlet = StreamOutlet(self.faults, checksum_at=checksum_at, record=record)
        self._sayings: deque[Said] = deque(maxlen=SAYINGS_KEPT)
        self._people: tuple[Person, ...] = ()
        self._looked_us = 0
        self._last_input_us = 0
        self._usual_boot_us = boot_us
        self._boot_us = boot_us
        self._booted_us: int | None = None
        self._first_told = False
        self._next_us: dict[str, int] = {}

    # Orders --------------------------------------------------------------------------------

    @property
    def sent(self) -> deque[SentFrame]:
        """Everything sent so far, if it is recorded."""
        return self._outlet.sent

    def watch(self, *people: Person) -> None:
        """Let these people decide what is seen, except what was set by hand."""
        self._people = people

    def follow(self) -> None:
        """Take back what was set by hand: the people decide everything again."""
        self.conditions.follow()

    def reboot(self, seconds: float | None = None) -> None:
        """Start again: silence (for as long as usual, or so long), then as after power-on."""
        self._boot_us = self._usual_boot_us if seconds is None else round(seconds * SECOND_US)
        self.reboots += 1
        self._booted_us = None

    def warm_up(self, seconds: float, now: int) -> None:  # noqa: ARG002 - some need the time
        """Start again and need so long until the radar sees."""
        self.reboot(seconds)

    def heal(self) -> None:
        """End every fault: of the frames, of what is stuck, of the memory."""
        self.faults.clear()
        self.conditions.loosen()
        self.settings.save()

    def state(self) -> dict[str, float]:
        """Return the conditions as they are told."""
        return {name: self._told(name) for name in self.conditions.names}

    # The wire ------------------------------------------------------------------------------

    def due(self, now: int) -> bytes:
        """Return what the radar sends by itself by `now` (µs)."""
        if self._is_ready(now):
            self._look_on(now)
            self._tell(now)
        else:
            self.conditions.take_changes()
            self._sayings.clear()
        return self._outlet.due(now)

    def received(self, data: bytes, now: int) -> bytes:
        """Take bytes from the host at `now` (µs) and return the answers to what is whole."""
        if now - self._last_input_us > INPUT_PAUSE_US:
            self._reader.forget()
        self._last_input_us = now
        out = bytearray()
        for frame in self._reader.feed(data):
            answer = self._answer(frame, now)
            if answer is None:
                self.ignored += 1
            else:
                self._outlet.send(*answer, now)
                out += self._outlet.due(now)
        return bytes(out)

    def wake_us(self, now: int) -> int:
        """Return when `due` has something to say next, if no condition changes before."""
        ready = self._ready_us(now)
        if not self._first_told or self._sayings or self.conditions.have_changed:
            return ready
        wakes = [self._next_us.get(name, ready) for name in self._timed()]
        if self._outlet.next_us is not None:
            wakes.append(self._outlet.next_us)
        if self._people:
            wakes.append(self._looked_us + LOOK_US)
        return min(wakes, default=now + SECOND_US)

    # What each radar does in its own way ----------------------------------------------------

    @abstractmethod
    def _look(self, bodies: Sequence[Body], now: int) -> None:
        """Decide what is sensed of the people in the room."""

    @abstractmethod
    def _answer(self, frame: Frame, now: int) -> Said | None:
        """Carry out a command and return the answer, None if there is none."""

    @abstractmethod
    def _timed(self) -> Mapping[str, Timed]:
        """Return what comes by the clock: its period in µs, and how its frame is made."""

    def _first(self, now: int) -> Iterable[Said]:  # noqa: ARG002 - some tell of the time
        """Return what is said right after a boot."""
        return ()

    def _changed(self, name: str, value: float) -> Iterable[Said]:  # noqa: ARG002 - some tell it
        """Return what is said of a change."""
        return ()

    def _begin(self, now: int) -> None:
        """Forget what a reboot forgets."""

    def _told(self, name: str) -> float:
        return self.conditions[name]

    # Inside --------------------------------------------------------------------------------

    def _say(self, said: Said) -> None:
        self._sayings.append(said)

    def _running_s(self, now: int) -> int:
        return (now - (self._booted_us or 0)) // SECOND_US

    def _is_ready(self, now: int) -> bool:
        return now >= self._ready_us(now)

    def _ready_us(self, now: int) -> int:
        booted_us = self._booted_us  # once: another thread may order a reboot meanwhile
        if booted_us is None:
            self._booted_us = booted_us = now
            self._first_told = False
            self._next_us.clear()
            self._outlet.clear()
            self._looked_us = now + self._boot_us
            self.settings.restart()
            self._begin(now)
        return booted_us + self._boot_us

    def _look_on(self, now: int) -> None:
        """See the people, at every step that has passed since the last time."""
        if not self._people:
            self._looked_us = now
            return
        step = max(LOOK_US, (now - self._looked_us) // LOOKS_AT_ONCE)
        for at in range(self._looked_us + step, now + 1, step):
            bodies = [person.body(at) for person in self._people]
            self._look([body for body in bodies if body.doing is not Doing.AWAY], at)
            self._looked_us = at

    def _tell(self, now: int) -> None:
        if not self._first_told:
            self._first_told = True
            self.conditions.take_changes()
            for said in self._first(now):
                self._outlet.send(*said, now)
        while self._sayings:
            self._outlet.send(*self._sayings.popleft(), now)
        for name, value in self.conditions.take_changes():
            for said in self._changed(name, value):
                self._outlet.send(*said, now)
        self._tell_by_clock(now)

    def _tell_by_clock(self, now: int) -> None:
        ready = self._ready_us(now)
        for name, (period_us, make) in self._timed().items():
            if now >= self._next_us.setdefault(name, ready + period_us):
                late_by = (now - self._next_us[name]) // period_us
                self._next_us[name] += (late_by + 1) * period_us
                self._outlet.send(name, make(now), now)
