"""What the radars of the R60 family share: their frames, queries, settings and identity."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

from simulators.kept_settings import KeptSettings
from simulators.r60_frame import HEAD, FrameReader, RadarFrame, encode
from simulators.r60_words import IDENTITY, INIT_QUERY, RESET, Key, R60Words
from simulators.stream_outlet import ANSWER
from simulators.stream_radar import Said, StreamRadar

CHECKSUM_AT: Final = -3
ACKNOWLEDGED: Final = b"\x0f"


class R60Radar(StreamRadar[RadarFrame, int]):
    """A radar of the family. What is out of range or unknown gets no answer, by assumption."""

    START = HEAD
    WORDS: ClassVar[R60Words]

    REST: ClassVar[Mapping[str, float]]
    """What it senses in an empty room."""
    MADE: ClassVar[Mapping[int, bytes]]
    """What it says of itself: model, id, hardware, firmware."""

    def __init__(
        self,
        *,
        settings: Mapping[str, int] | None = None,
        made: Mapping[int, bytes] | None = None,
        boot_us: int = 500_000,
        record: bool = False,
        seed: int = 0,
    ) -> None:
        """Make a radar in an empty room; `made` says otherwise of itself.

        Raises ValueError for a setting that it can not have.
        """
        super().__init__(
            self.REST,
            KeptSettings(self.WORDS.factory, self.WORDS.checked(settings or {})),
            FrameReader(),
            boot_us=boot_us,
            checksum_at=CHECKSUM_AT,
            record=record,
            seed=seed,
        )
        self._identity = {**self.MADE, **(made or {})}

    def _data(self, name: str) -> bytes:
        """Return the data that a report of this name carries, and the answer to its query."""
        return bytes((int(self._told(name)),))

    def _reported(self, name: str) -> bytes:
        return encode(RadarFrame(*self.WORDS.reports[name], self._data(name)))

    def _report(self, name: str, data: bytes) -> Said:
        return name, encode(RadarFrame(*self.WORDS.reports[name], data))

    def _holding(self, names: Iterable[str]) -> Iterable[Said]:
        """Return what still holds of these conditions."""
        return [(name, self._reported(name)) for name in names if self._told(name)]

    def _answer(self, frame: RadarFrame, now: int) -> Said | None:
        ready = self._is_ready(now)
        if frame.key == INIT_QUERY:
            return _said(frame.key, bytes((ready,)))
        if not ready:
            return None
        if frame.key == RESET:
            self.reboot()
            return _said(frame.key, frame.data)
        if frame.key in self.WORDS.set_by:
            return self._set(frame)
        return self._asked(frame)

    def _asked(self, frame: RadarFrame) -> Said | None:
        """Answer a query."""
        words = self.WORDS
        if frame.control == IDENTITY:
            found = self._identity.get(frame.command)
            return None if found is None else _said(frame.key, found)
        if frame.key in words.queries:
            return _said(frame.key, self._data(words.queries[frame.key]))
        name = words.asked_by.get(frame.key)
        if name is None:
            return None
        return _said(frame.key, words.settings[name].encode(self.settings[name]))

    def _set(self, frame: RadarFrame) -> Said | None:
        name = self.WORDS.set_by[frame.key]
        value = self.WORDS.settings[name].decode(frame.data)
        if value is None:
            return None
        self.settings[name] = value
        return _said(frame.key, frame.data)


def _said(key: Key, data: bytes) -> Said:
    return ANSWER, encode(RadarFrame(*key, data))
