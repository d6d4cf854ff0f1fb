"""One R60 radar: what its frames say, what to ask it, and when it counts as silent.

It reports fall, stillness, presence and motion on change only. So whatever may have cost a frame
(damage, a closed port, a restart) makes the driver ask for them again, and they are asked every
`resync_period` in any case.
"""

from collections.abc import Iterable, Iterator

from device_profiles.encoding import Field
from device_profiles.model import Point, Profile
from device_profiles.transport import R60
from edge_agent.driver.decode import decode_bytes
from edge_agent.driver.radar_frame import Frame, FrameReader, Refused, encode_frame
from edge_agent.driver.radar_questions import Questions
from edge_agent.exchange import Failure, Fault, Sample
from wire.quality import Quality, Reason, bad, uncertain
from wire.reading import Value


class RadarDriver:
    """A profile over a stream. All times are microseconds of one monotonic clock.

    Call `received` with what came, and with b"" at least every 100 ms when nothing did; then send
    what `due` gives, if anything. `refused` counts what was thrown away, by reason.
    """

    def __init__(self, profile: Profile) -> None:
        """Raise TypeError when the profile is not an R60 stream."""
        if not isinstance(profile.transport, R60):
            raise TypeError(f"profile {profile.id} is not an R60 stream")
        transport = profile.transport
        self.refused: dict[Refused, int] = dict.fromkeys(Refused, 0)
        self._transport = transport
        self._points = tuple(point.id for point in profile.points)
        self._fields = _by_code(profile.points)
        self._asked = _asked_points(self._fields, (*transport.resync, *transport.settings))
        self._resynced = _asked_points(self._fields, transport.resync)
        self._keepalive_us = min(point.report.max_interval for point in profile.points)
        self._reader = FrameReader(transport.max_length)
        self._questions = Questions(transport.query_gap, transport.reply_timeout, transport.tries)
        self._is_open = False
        self._byte_us = self._frame_us = self._heartbeat_us = 0
        self._resync_us = self._settings_us = 0
        self._uptime: Value | None = None
        self._known: dict[str, tuple[Value, int]] = {}  # last good value and when
        self._silent: Quality | None = None  # what was told of the whole device
        self._told_us: dict[str, int] = {}  # conclusions of our own, by their subject

    @property
    def is_offline(self) -> bool:
        """Nothing has come for `liveness`, or the port is gone."""
        return self._silent is not None

    def due(self, now_us: int) -> bytes | None:
        """The query to send now, one at a time."""
        if not self._is_open:
            return None
        if now_us >= self._resync_us:
            self._resync_us = now_us + self._transport.resync_period
            self._questions.ask(self._transport.resync)
        if now_us >= self._settings_us:
            self._settings_us = now_us + self._transport.settings_period
            self._questions.ask(self._transport.settings)
        code = self._questions.next(now_us)
        query = bytes([self._transport.query_data])
        return None if code is None else encode_frame(Frame(code, query))

    def received(self, data: bytes, now_us: int) -> list[Sample]:
        """The samples of every frame completed, then what their absence means."""
        if not self._is_open:
            self._open(now_us)
        samples: list[Sample] = []
        for one in self._cut(data, now_us):
            if isinstance(one, Frame):
                samples += self._frame(one, now_us)
            else:
                self.refused[one] += 1
                self._questions.ask(self._transport.resync)
        return [*samples, *self._conclusions(now_us)]

    def failed(self, failure: Failure, now_us: int) -> list[Sample]:
        """The port is gone: all points are; anything else (an overrun) is damage."""
        self._reader.clear()
        if failure.fault is Fault.PORT_GONE:
            self._is_open = False
            self._questions.clear()
            return self._all_bad(bad(Reason.NOT_CONNECTED), now_us)
        self._questions.ask(self._transport.resync)
        return []

    def _open(self, now_us: int) -> None:
        self._is_open = True
        self._byte_us = self._frame_us = self._heartbeat_us = now_us
        self._resync_us = self._settings_us = now_us

    def _ask_all(self) -> None:
        self._questions.ask(self._transport.resync)
        self._questions.ask(self._transport.settings)

    def _cut(self, data: bytes, now_us: int) -> list[Frame | Refused]:
        if data:
            self._byte_us = now_us
            return self._reader.feed(data)
        is_broken = now_us - self._byte_us >= self._transport.frame_gap
        return self._reader.give_up() if is_broken and self._reader.is_waiting else []

    def _frame(self, frame: Frame, now_us: int) -> Iterator[Sample]:
        self._frame_us = now_us
        yield from self._awake(now_us)
        if frame.code in self._transport.restart_frames:
            self._ask_all()
        if frame.code == self._transport.heartbeat_frame:
            self._heartbeat_us = now_us
        self._questions.answered(frame.code)
        for point, field in self._fields.get(frame.code, ()):
            sample = _sample(point, field, frame.data, now_us)
            self._note(sample)
            yield sample

    def _awake(self, now_us: int) -> Iterator[Sample]:
        """After silence nothing is known of the points that can not be asked for."""
        if self._silent is None:
            return
        self._silent = None
        self._ask_all()
        for point in self._points:
            if point not in self._asked:
                yield Sample(point, None, now_us, bad(Reason.NEVER_READ))

    def _note(self, sample: Sample) -> None:
        if sample.value is None:
            self._known.pop(sample.point, None)
            return
        self._known[sample.point] = (sample.value, sample.mono_us)
        if sample.point == self._transport.uptime_point:
            before, self._uptime = self._uptime, sample.value
            if (
                isinstance(before, float)
                and isinstance(sample.value, float)
                and sample.value < before
            ):
                self._ask_all()  # it was restarted

    def _conclusions(self, now_us: int) -> list[Sample]:
        """What follows from what did not come."""
        if self._silent is not None or now_us - self._frame_us >= self._transport.liveness:
            return self._all_bad(bad(Reason.COMM_FAILURE), now_us)
        return [*self._no_heartbeat(now_us), *self._unconfirmed(now_us)]

    def _all_bad(self, quality: Quality, now_us: int) -> list[Sample]:
        if self._silent == quality and not self._is_time_for("silence", now_us):
            return []
        self._silent = quality
        self._told_us["silence"] = now_us
        self._known.clear()
        return [Sample(point, None, now_us, quality) for point in self._points]

    def _no_heartbeat(self, now_us: int) -> Iterator[Sample]:
        point = self._transport.heartbeat_point
        is_late = now_us - self._heartbeat_us >= self._transport.heartbeat
        if is_late and self._is_time_for(point, now_us):
            yield Sample(point, value=False, mono_us=now_us)

    def _unconfirmed(self, now_us: int) -> Iterator[Sample]:
        """A value that no answer confirmed for long is shown as what it is: old."""
        for point in self._resynced:
            if point not in self._known:
                continue
            value, at_us = self._known[point]
            is_old = now_us - at_us >= self._transport.stale_after
            if is_old and self._is_time_for(point, now_us):
                yield Sample(point, value, now_us, uncertain(Reason.STALE))

    def _is_time_for(self, subject: str, now_us: int) -> bool:
        """Say a conclusion once per keep-alive."""
        told_us = self._told_us.get(subject)
        if told_us is not None and now_us - told_us < self._keepalive_us:
            return False
        self._told_us[subject] = now_us
        return True


def _by_code(points: Iterable[Point]) -> dict[str, list[tuple[Point, Field]]]:
    table: dict[str, list[tuple[Point, Field]]] = {}
    for point in points:
        for code in point.field.frames if point.field is not None else ():
            if point.field is not None:
                table.setdefault(code, []).append((point, point.field))
    return table


def _asked_points(
    fields: dict[str, list[tuple[Point, Field]]], codes: Iterable[str]
) -> tuple[str, ...]:
    return tuple(dict.fromkeys(point.id for code in codes for point, _ in fields.get(code, ())))


def _sample(point: Point, field: Field, data: bytes, now_us: int) -> Sample:
    if len(data) != field.length:
        return Sample(point.id, None, now_us, bad(Reason.CONFIGURATION))
    value, quality = decode_bytes(point, field, data[field.at :])
    return Sample(point.id, value, now_us, quality)
