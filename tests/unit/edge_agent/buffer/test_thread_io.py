"""A thread's own writes are counted, not those of others."""

import threading
from pathlib import Path

from edge_agent.buffer.thread_io import written_by_this_thread


def test_a_thread_counts_what_it_wrote(tmp_path: Path) -> None:
    seen: list[int | None] = []

    def work() -> None:
        seen.append(written_by_this_thread())
        (tmp_path / "file").write_bytes(bytes(100_000))
        seen.append(written_by_this_thread())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    before, after = seen
    if before is None or after is None or after == before:  # no such file, or no disk beneath
        return
    assert after - before >= 100_000
