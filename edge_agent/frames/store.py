"""Dumps of frames in a folder beside the buffer: text and pcap-ng, bounded, not on a full disk."""

from pathlib import Path

from edge_agent.frames.report import LineFrames, as_pcapng, as_text
from runtime.disk import free_on

DUMPS_MOST = 20
BYTES_MOST = 4 * 1024 * 1024
LEAST_FREE = 64 * 1024 * 1024
"""With less room on the disk nothing is written: readings need it."""


class Store:
    """One writer. A dump is two files of one name."""

    def __init__(self, folder: Path, least_free: int = LEAST_FREE) -> None:
        self._folder = folder
        self._least_free = least_free

    def write(self, name: str, said: LineFrames) -> Path | None:
        """The text file, or None where there is no room. Raise OSError."""
        self._folder.mkdir(mode=0o750, exist_ok=True)
        if free_on(self._folder) < self._least_free:
            return None
        text = self._folder / f"{name}.txt"
        text.write_text("\n".join([*as_text(said), ""]), encoding="utf-8")
        (self._folder / f"{name}.pcapng").write_bytes(as_pcapng(said))
        self._prune()
        return text

    def _prune(self) -> None:
        """The newest stay; names begin with the time."""
        kept = total = 0
        for text in sorted(self._folder.glob("*.txt"), reverse=True):
            pair = [text, text.with_suffix(".pcapng")]
            size = sum(one.stat().st_size for one in pair if one.exists())
            kept, total = kept + 1, total + size
            if kept > DUMPS_MOST or total > BYTES_MOST:
                for one in pair:
                    one.unlink(missing_ok=True)
