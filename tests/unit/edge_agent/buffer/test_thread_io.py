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


def test_the_file_of_a_thread_is_closed_with_it() -> None:
    def held() -> list[str]:
        return [str(one.readlink()) for one in Path("/proc/self/fd").iterdir() if one.is_symlink()]

    def ours() -> list[str]:
        return [one for one in held() if one.endswith("/io")]

    seen: list[int] = []

    def work() -> None:
        before = len(ours())
        for _ in range(3):
            written_by_this_thread()
        seen.append(len(ours()) - before)

    before = ours()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen[0] <= 1
    assert ours() == before
