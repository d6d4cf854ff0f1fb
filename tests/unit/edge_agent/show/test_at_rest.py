"""The buffer of a stopped agent is read without a trace, be it that it was killed or not."""

import sqlite3
from contextlib import closing
from pathlib import Path

from edge_agent.show.at_rest import connect_at_rest


def test_a_reader_leaves_nothing_behind(tmp_path: Path) -> None:
    file = tmp_path / "buffer.db"
    with closing(sqlite3.connect(file)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE t (n)")
        writer.execute("INSERT INTO t VALUES (7)")
        writer.commit()
        with closing(connect_at_rest(file)) as reader:  # as after a kill: its log is there
            assert reader.execute("SELECT n FROM t").fetchone() == (7,)
    assert [one.name for one in tmp_path.iterdir()] == ["buffer.db"]
    with closing(connect_at_rest(file)) as reader:
        assert reader.execute("SELECT n FROM t").fetchone() == (7,)
    assert [one.name for one in tmp_path.iterdir()] == ["buffer.db"]
