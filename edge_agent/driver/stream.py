"""One device that talks by itself: what its frames say, what to ask it, when it counts as silent.

What is reported on change only is never repeated. So whatever may have cost a frame (damage, a
closed port, a restart) makes the driver ask for it again, and it is asked every `resync_period` in
any case. Of a device that can not be asked, what is overdue is shown as old; where nothing is ever
due (no liveness), damage makes all of it bad until the next frame.
"""

from collections.abc import Iterator

from device_profiles.model import Profile
from device_profiles.transport import Serial, Stream
from edge_agent.driver.derive import Derivation
from edge_agent.driver.frame import Frame, FrameReader, Refused, encode_frame
from edge_agent.driver.frame_points import FramePoints
from edge_agent.driver.frame_timer import FrameTimer
from edge_agent.driver.questions import Questions
from edge_agent.exchange import Failure, Fault, Sample
from edge_agent.link_count import LinkCount
from wire.quality import Quality, Reason, bad, uncertain
from wire.reading import Value

_SECOND_US = 1_000_000
_SPOILT = (Refused.CHECKSUM, Refused.HEADER_CHECKSUM)


class StreamDriver:
    """A profile over a stream. All times are microseconds of one monotonic clock.

    Call `received` with what came, and with b"" at `next_us` when nothing did; then send what `due`
    gives, if anything. `refused` counts what was thrown away, by reason.
    """

    def __init__(self, profile: Profile, serial: Serial | None = None) -> None:
        """`serial`: how the port is set, if not as the device ships.

        Raise TypeError when the profile is not of a stream.
        """
        if not isinstance(profile.transport, Stream):
            raise TypeError(f"profile {profile.id} is not of a stream")
        transport = profile.transport
        self.refused: dict[Refused, int] = dict.fromkeys(Refused, 0)
        self._taken = 0
        self._transport = transport
        self._layout = transport.command_layout
        self._points = tuple(point.id for point in profile.points if not point.is_derived)
        self._frames = FramePoints(profile)
        self._derivation = Derivation(profile)
        self._asked = self._frames.points_of(map(transport.answer_to, transport.asked))
        self._expected = self._frames.points_of(
            (*map(transport.answer_to, transport.resync), *transport.regular)
        )
        self._keepalive_us = min(point.report.max_interval for point in profile.points)
        self._timer = _timer(transport, serial or transport.serial)
        self._questions = Questions(transport.query_gap, transport.reply_timeout, transport.tries)
        self._is_open = False
        self._frame_us = self._heartbeat_us = self._derived_us = 0
        self._resync_us = self._settings_us = 0
        self._uptime: Value | None = None
        self._known: dict[str, tuple[Value, int]] = {}  # last good value and when
        self._silent: Quality | None = None  # what was told of the whole device
        self._told_us: dict[str, int] = {}  # conclusions of our own, by their subject

    @property
    def is_offline(self) -> bool:
        """Nothing has come for `liveness`, or the port is gone."""
        return self._silent is not None

    @property
    def link(self) -> LinkCount:
        """What became of the frames since the start."""
        spoilt = sum(self.refused[one] for one in _SPOILT)
        thrown = sum(self.refused.values())
        return LinkCount(
            polls=self._taken + thrown,
            good=self._taken,
            crc_errors=spoilt,
            refused=thrown - spoilt,
        )

    @property
    def next_us(self) -> int | None:
        """When to go on although nothing came: something is to be told then, or to be asked.

        A time that has passed: at once. None: never.
        """
        return min(self._ends(), default=None)

    def due(self, now_us: int) -> bytes | None:
        """The query to send now, one at a time."""
        if not self._is_open or self._layout is None:
            return None
        if now_us >= self._resync_us:
            self._resync_us = now_us + self._transport.resync_period
            self._questions.ask(self._transport.resync)
        if now_us >= self._settings_us:
            self._settings_us = now_us + self._transport.settings_period
            self._questions.ask(self._transport.settings)
        code = self._questions.next(now_us)
        if code is None:
            return None
        return encode_frame(self._layout, code, bytes.fromhex(self._transport.query_data))

    def received(self, data: bytes, now_us: int) -> list[Sample]:
        """The samples of every frame completed, then what their absence means."""
        samples = [] if self._is_open else self._open(now_us)
        for one in self._timer.cut(data, now_us):
            if isinstance(one, Frame):
                samples += self._frame(one, now_us)
            else:
                self.refused[one] += 1
                samples += self._damaged(now_us)
        return self._with_derived([*samples, *self._conclusions(now_us)], now_us)

    def failed(self, failure: Failure, now_us: int) -> list[Sample]:
        """The port is gone: all points are; anything else (an overrun) is damage."""
        self._timer.clear()
        if failure.fault is Fault.PORT_GONE:
            self._is_open = False
            self._questions.clear()
            return self._with_derived(self._all_bad(bad(Reason.NOT_CONNECTED), now_us), now_us)
        return self._with_derived(self._damaged(now_us), now_us)

    def _damaged(self, now_us: int) -> list[Sample]:
        """What was lost may have been anything: ask again, or say that nothing is known."""
        transport = self._transport
        self._questions.ask(transport.resync)
        if transport.liveness is not None or self._layout is not None:
            return []
        if not self._is_time_for("damage", now_us):
            return []
        return self._lost(bad(Reason.SENSOR_FAULT), now_us)

    def _open(self, now_us: int) -> list[Sample]:
        self._is_open = True
        self._frame_us = self._heartbeat_us = now_us
        self._resync_us = self._settings_us = now_us
        if self._silent is None or self._transport.liveness is not None:
            return []
        # Its silence proves nothing, so nobody would ever say that the port is back.
        self._silent = None
        return [Sample(point, None, now_us, bad(Reason.NEVER_READ)) for point in self._points]

    def _with_derived(self, samples: list[Sample], now_us: int) -> list[Sample]:
        if not samples and now_us - self._derived_us < _SECOND_US:
            return []
        self._derived_us = now_us
        return [*samples, *self._derivation.feed(samples, now_us)]

    def _frame(self, frame: Frame, now_us: int) -> Iterator[Sample]:
        self._frame_us = now_us
        self._taken += 1
        self._told_us.pop("damage", None)
        yield from self._awake(frame, now_us)
        if frame.code in self._transport.restart_frames:
            self._questions.ask(self._transport.asked)
        if frame.code == self._transport.heartbeat_frame:
            self._heartbeat_us = now_us
        for query in self._transport.asked:
            if self._transport.answer_to(query) == frame.code:
                self._questions.answered(query)
        for sample in self._frames.read(frame, now_us):
            self._note(sample)
            yield sample

    def _awake(self, frame: Frame, now_us: int) -> Iterator[Sample]:
        """After silence nothing is known of the points that can not be asked for."""
        if self._silent is None:
            return
        self._silent = None
        self._questions.ask(self._transport.asked)
        told = {*self._asked, *self._frames.points_of([frame.code])}
        for point in self._points:
            if point not in told:
                yield Sample(point, None, now_us, bad(Reason.NEVER_READ))

    def _note(self, sample: Sample) -> None:
        if sample.value is None:
            self._known.pop(sample.point, None)
            return
        self._known[sample.point] = (sample.value, sample.mono_us)
        if sample.point == self._transport.uptime_point:
            before, self._uptime = self._uptime, sample.value
            if _is_less(sample.value, before):
                self._questions.ask(self._transport.asked)  # it was restarted

    def _conclusions(self, now_us: int) -> list[Sample]:
        """What follows from what did not come."""
        if self._silent is not None or self._is_overdue(self._frame_us, now_us):
            return self._all_bad(bad(Reason.COMM_FAILURE), now_us)
        return [*self._no_heartbeat(now_us), *self._unconfirmed(now_us)]

    def _ends(self) -> Iterator[int]:
        """When each thing that is waited for is over."""
        if not self._derivation.is_empty:
            yield self._derived_us + _SECOND_US
        if not self._is_open:
            yield self._again_us("silence")
            return
        for end_us in (self._timer.next_us, self._questions.next_us):
            if end_us is not None:
                yield end_us
        if self._layout is not None:
            yield min(self._resync_us, self._settings_us)
        yield from self._conclusion_ends()

    def _conclusion_ends(self) -> Iterator[int]:
        """When each of `_conclusions` holds, if nothing comes, and is to be told."""
        if self._silent is not None:
            yield self._again_us("silence")
            return
        transport = self._transport
        if transport.liveness is not None:
            yield self._frame_us + transport.liveness
        if transport.heartbeat_point is not None and transport.heartbeat_frame is not None:
            late_us = self._heartbeat_us + transport.heartbeat
            yield max(late_us, self._again_us(transport.heartbeat_point))
        for point in self._expected:
            if point in self._known:
                old_us = self._known[point][1] + transport.stale_after
                yield max(old_us, self._again_us(point))

    def _again_us(self, subject: str) -> int:
        """When a conclusion may be told again; 0 if it never was."""
        told_us = self._told_us.get(subject)
        return 0 if told_us is None else told_us + self._keepalive_us

    def _is_overdue(self, frame_us: int, now_us: int) -> bool:
        liveness = self._transport.liveness
        return liveness is not None and now_us - frame_us >= liveness

    def _all_bad(self, quality: Quality, now_us: int) -> list[Sample]:
        if self._silent == quality and not self._is_time_for("silence", now_us):
            return []
        self._silent = quality
        self._told_us["silence"] = now_us
        return self._lost(quality, now_us)

    def _lost(self, quality: Quality, now_us: int) -> list[Sample]:
        self._known.clear()
        self._frames.forget()
        return [Sample(point, None, now_us, quality) for point in self._points]

    def _no_heartbeat(self, now_us: int) -> Iterator[Sample]:
        point = self._transport.heartbeat_point
        if point is None or self._transport.heartbeat_frame is None:
            return
        is_late = now_us - self._heartbeat_us >= self._transport.heartbeat
        if is_late and self._is_time_for(point, now_us):
            yield Sample(point, value=False, mono_us=now_us)

    def _unconfirmed(self, now_us: int) -> Iterator[Sample]:
        """A value that nothing confirmed for long is shown as what it is: old."""
        for point in self._expected:
            if point not in self._known:
                continue
            value, at_us = self._known[point]
            is_old = now_us - at_us >= self._transport.stale_after
            if is_old and self._is_time_for(point, now_us):
                yield Sample(point, value, now_us, uncertain(Reason.STALE))

    def _is_time_for(self, subject: str, now_us: int) -> bool:
        """Say a conclusion once per keep-alive."""
        if now_us < self._again_us(subject):
            return False
        self._told_us[subject] = now_us
        return True


def _timer(transport: Stream, serial: Serial) -> FrameTimer:
    reader = FrameReader(transport.layouts)
    bits = reader.longest * serial.character_bits
    return FrameTimer(reader, transport.frame_gap, bits * _SECOND_US // serial.baud)


def _is_less(value: Value, before: Value | None) -> bool:
    return isinstance(value, float) and isinstance(before, float) and value < before
