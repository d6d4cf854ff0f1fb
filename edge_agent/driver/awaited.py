"""The frame that answers what was sent, looked for in all that comes afterwards."""

from collections.abc import Sequence

import msgspec

from device_profiles.framing import Layout
from edge_agent.driver.frame import Frame, FrameReader


class Answer(msgspec.Struct, frozen=True):
    """A frame of this code, and with this data unless that is None."""

    code: str
    data: bytes | None = None

    def is_met_by(self, frame: Frame) -> bool:
        return frame.code == self.code and self.data in (None, frame.data)


class AwaitedFrame:
    """Feed it what comes; it holds no more than the longest frame."""

    def __init__(self, layouts: Sequence[Layout], answer: Answer) -> None:
        self._reader = FrameReader(layouts)
        self._answer = answer

    def is_in(self, heard: bytes) -> bool:
        """Whether the answer is complete with these bytes."""
        return any(
            isinstance(one, Frame) and self._answer.is_met_by(one)
            for one in self._reader.feed(heard)
        )
