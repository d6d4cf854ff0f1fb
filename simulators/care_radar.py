"""A MicRadar R60AFD1 fall radar as its host sees it: reports on change, answers, reboots."""

from collections import deque
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Final

from simulators.fault import STREAM_KINDS, FaultPlan
from simulators.radar_stream import FrameReader, RadarFrame, encode
from simulators.radar_words import (
    ACCUMULATION_QUERY,
    AUTO_HEIGHT_QUERY,
    BY_QUERY,
    BY_SET,
    CONDITION_QUERIES,
    FIRMWARE,
    HARDWARE,
    HEIGHTS_QUERY,
    ID,
    IDENTITY,
    INIT_QUERY,
    MODEL,
    NAME_OF_REPORT,
    REPORTS,
    RESET,
    SETTINGS,
    TRAJECTORY_QUERY,
)
from simulators.stream_outlet import ANSWER, SENT_KEPT, SentFrame, StreamOutlet

SECOND_US: Final = 1_000_000
ACKNOWLEDGED: Final = b"\x0f"
INPUT_PAUSE_US: Final = 200_000
CHECKSUM_AT: Final = -3

Timed = tuple[int, Callable[[int], RadarFrame]]


class Motion(IntEnum):
    """What the radar makes of a person's motion."""

    NONE = 0
    STATIC = 1
    ACTIVE = 2


class CareRadar:
    """The radar: conditions are set by method, from any thread; `due` and `received` give bytes.

    A condition is what the radar has decided (after its own delays). Presence, motion, fall and
    stay-still are sent once, on change; a lost frame is never repeated. The first `due` powers the
    radar on. Source: maker's user manual V1.6 (2023-06-07). Assumed, as the manual is silent: what
    is out of range or unknown gets no answer, a switched-off function reports 0 to a query, and
    conditions that still hold after a reboot are reported again.
    """

    def __init__(
        self,
        *,
        settings: Mapping[str, int] | None = None,
        model: bytes = b"R60AFD1",
        firmware: bytes = b"G60FD1SYv010104",
        boot_us: int = 500_000,
        record: bool = False,
        seed: int = 0,
    ) -> None:
        """Make a radar in an empty room. Raises ValueError for a setting that it can not have."""
        self.faults = FaultPlan(allowed=STREAM_KINDS, seed=seed)
        self.settings = _complete(settings or {})
        self._outlet = StreamOutlet(self.faults, checksum_at=CHECKSUM_AT, record=record)
        self.ignored = 0
        self.reboots = 0
        self._identity = {MODEL: model, ID: b"0", HARDWARE: b"G60FD1", FIRMWARE: firmware}
        self._values = {"presence": 0, "motion": 0, "movement": 0, "fall": 0, "still": 0}
        self._position = (0, 0)
        self._heights = b"\x00" * 6
        self._changes: deque[RadarFrame] = deque(maxlen=SENT_KEPT)
        self._reader = FrameReader()
        self._last_input_us = 0
        self._boot_us = boot_us
        self._booted_us: int | None = None
        self._init_told = False
        self._next_us: dict[str, int] = {}

    @property
    def sent(self) -> deque[SentFrame]:
        return self._outlet.sent

    # Conditions ----------------------------------------------------------------------------

    def set_presence(self, present: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Let somebody come or go; who leaves takes motion and movement along."""
        self._change("presence", int(present))
        if not present:
            self.set_motion(Motion.NONE)
            self.set_movement(0)

    def set_motion(self, motion: Motion) -> None:
        self._change("motion", int(motion))

    def set_movement(self, amount: int) -> None:
        """Set the body movement, 0–100, that is sent each second."""
        self._values["movement"] = max(0, min(100, amount))

    def set_fall(self, fallen: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Let the radar decide that somebody fell, or got up."""
        self._change("fall", int(fallen))

    def set_still(self, still: bool) -> None:  # noqa: FBT001 - reads as a sentence
        self._change("still", int(still))

    def set_position(self, x: int, y: int) -> None:
        """Set the trajectory point; sent as two's complement (the manual gives no sign rule).

        Raises ValueError beyond 16 bits.
        """
        if not all(-0x8000 <= part <= 0x7FFF for part in (x, y)):  # noqa: PLR2004 - 16 bits
            raise ValueError(f"position {x}, {y} does not fit into two 16-bit numbers")
        self._position = (x, y)

    def report_heights(self, total: int, shares: tuple[int, int, int, int]) -> None:
        """Send the height statistics: a total and the % of 0–0.5, 0.5–1, 1–1.5, 1.5–2 m."""
        self._heights = total.to_bytes(2, "big") + bytes(shares)
        self._changes.append(RadarFrame(*REPORTS["heights"], self._heights))

    def report_chip_fault(self, code: int) -> None:
        """Send 0 ok, 1 radar chip exception, 2 encryption exception."""
        self._changes.append(RadarFrame(*REPORTS["chip_fault"], bytes((code,))))

    def reboot(self) -> None:
        """Start again: silence, uptime from 0, an init frame, then what still holds."""
        self.reboots += 1
        self._booted_us = None

    def state(self) -> dict[str, int]:
        """Return the conditions as a query would find them."""
        return {name: self._told(name) for name in self._values}

    # The wire ------------------------------------------------------------------------------

    def due(self, now: int) -> bytes:
        """Return what the radar sends by itself by `now` (µs)."""
        ready = self._ready_us(now)
        if now < ready:
            self._changes.clear()
            return b""
        if not self._init_told:
            self._init_told = True
            for frame in self._first_frames():
                self._send(frame, now)
        while self._changes:
            self._send(self._changes.popleft(), now)
        for name, (period_us, made) in self._timed().items():
            if now >= self._next_us.setdefault(name, ready + period_us):
                late_by = (now - self._next_us[name]) // period_us
                self._next_us[name] += (late_by + 1) * period_us
                self._send(made(now), now)
        return self._outlet.due(now)

    def received(self, data: bytes, now: int) -> bytes:
        """Take bytes from the host at `now` (µs) and return the answers to what is whole."""
        if now - self._last_input_us > INPUT_PAUSE_US:
            self._reader.forget()
        self._last_input_us = now
        for frame in self._reader.feed(data):
            answer = self._answer(frame, now)
            if answer is None:
                self.ignored += 1
            else:
                self._send(answer, now)
        return self._outlet.due(now)

    def wake_us(self, now: int) -> int:
        """Return when `due` has something to say next, if no condition changes before."""
        ready = self._ready_us(now)
        if not self._init_told or self._changes:
            return ready
        by_clock = min(self._next_us.get(name, ready) for name in self._timed())
        return by_clock if self._outlet.next_us is None else min(by_clock, self._outlet.next_us)

    # Inside --------------------------------------------------------------------------------

    def _ready_us(self, now: int) -> int:
        if self._booted_us is None:
            self._booted_us = now
            self._init_told = False
            self._next_us.clear()
        return self._booted_us + self._boot_us

    def _change(self, name: str, value: int) -> None:
        if self._values[name] == value:
            return
        self._values[name] = value
        if self._enabled(name):
            self._changes.append(self._report(name))

    def _enabled(self, name: str) -> bool:
        switch = {"fall": "fall_switch", "still": "still_switch"}.get(name, "presence_switch")
        return self.settings[switch] == 1

    def _told(self, name: str) -> int:
        return self._values[name] if self._enabled(name) else 0

    def _report(self, name: str) -> RadarFrame:
        return RadarFrame(*REPORTS[name], bytes((self._values[name],)))

    def _first_frames(self) -> list[RadarFrame]:
        self._changes.clear()
        holding = [name for name in ("presence", "motion", "fall", "still") if self._told(name)]
        init = RadarFrame(*REPORTS["init"], ACKNOWLEDGED)
        scenario = RadarFrame(*REPORTS["scenario"], b"\x00")
        return [init, scenario, *(self._report(name) for name in holding)]

    def _timed(self) -> dict[str, Timed]:
        """Return what comes by the clock: its period in µs, and how to make it."""
        timed: dict[str, Timed] = {
            "heartbeat": (60 * SECOND_US, _heartbeat),
            "uptime": (60 * SECOND_US, self._uptime),
        }
        if self.settings["presence_switch"]:
            timed["movement"] = (SECOND_US, lambda _: self._report("movement"))
        if self.settings["trajectory_switch"] and self._values["presence"]:
            period_us = self.settings["trajectory_period_s"] * SECOND_US
            timed["trajectory"] = (period_us, self._trajectory)
        return timed

    def _uptime(self, now: int) -> RadarFrame:
        seconds = (now - (self._booted_us or 0)) // SECOND_US
        return RadarFrame(*REPORTS["uptime"], seconds.to_bytes(4, "big"))

    def _trajectory(self, _now: int) -> RadarFrame:
        point = b"".join(part.to_bytes(2, "big", signed=True) for part in self._position)
        return RadarFrame(*REPORTS["trajectory"], point)

    def _answer(self, frame: RadarFrame, now: int) -> RadarFrame | None:
        ready = now >= self._ready_us(now)
        if frame.key == INIT_QUERY:
            return RadarFrame(*frame.key, bytes((ready,)))
        if not ready:
            return None
        if frame.key == RESET:
            self.reboot()
            return frame
        if frame.key in BY_SET:
            return self._set(frame)
        if frame.key == HEIGHTS_QUERY:
            return RadarFrame(*REPORTS["heights"], self._heights)
        data = self._queried(frame)
        return None if data is None else RadarFrame(*frame.key, data)

    def _set(self, frame: RadarFrame) -> RadarFrame | None:
        name = BY_SET[frame.key]
        value = SETTINGS[name].decode(frame.data)
        if value is None:
            return None
        self.settings[name] = value
        return frame

    def _queried(self, frame: RadarFrame) -> bytes | None:
        """Return the data that answers a query, None if this radar does not know it."""
        if frame.control == IDENTITY:
            return self._identity.get(frame.command)
        if frame.key in CONDITION_QUERIES:
            return bytes((self._told(CONDITION_QUERIES[frame.key]),))
        if frame.key in BY_QUERY:
            name = BY_QUERY[frame.key]
            return SETTINGS[name].encode(self.settings[name])
        others = {
            TRAJECTORY_QUERY: self._trajectory(0).data,
            ACCUMULATION_QUERY: self._heights[:2],
            AUTO_HEIGHT_QUERY: self.settings["installed_height_cm"].to_bytes(2, "big"),
        }
        return others.get(frame.key)

    def _send(self, frame: RadarFrame, now: int) -> None:
        self._outlet.send(NAME_OF_REPORT.get(frame.key, ANSWER), encode(frame), now)


def _heartbeat(_now: int) -> RadarFrame:
    return RadarFrame(*REPORTS["heartbeat"], ACKNOWLEDGED)


def _complete(given: Mapping[str, int]) -> dict[str, int]:
    for name, value in given.items():
        if name not in SETTINGS or not SETTINGS[name].allows(value):
            raise ValueError(f"the radar has no setting {name} = {value}")
    return {name: given.get(name, setting.default) for name, setting in SETTINGS.items()}
