"""A real InfluxDB as a child process: there when it is asked for, and what it took stays."""

import os
import socket
import stat
from pathlib import Path

import pytest

from simulators.influxd import BUCKET, Influxd, InfluxError, find

LINE = 'reading,point=p quality="good/ok"'


def test_it_is_sought_on_the_path_and_in_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(InfluxError, match="deploy/influxdb/build"):
        find()
    built = tmp_path / "cache" / "lifeline" / "influxd-2.7.12" / "influxd"
    installed = tmp_path / "bin" / "influxd"
    for file in (built, installed):
        file.parent.mkdir(parents=True)
        file.touch(mode=0o755)
        assert find() == file


def test_what_was_taken_is_there_after_a_kill(influxd: Influxd, tmp_path: Path) -> None:
    assert influxd.is_running
    with Influxd(tmp_path / "influx") as own:
        own.write_to(BUCKET, f"{LINE} 1\n{LINE} 2\n{LINE} 2")
        assert own.count() == 2
        token, pid = own.token, own.pid
        own.kill()
        assert not own.is_running
        with pytest.raises(InfluxError, match="/api/v2/query"):
            own.count()
        own.start()
        assert (own.token, own.pid == pid) == (token, False)
        assert own.count() == 2
    assert not own.is_running


def test_its_token_is_for_one_bucket_and_for_one_reader(influxd: Influxd) -> None:
    other = influxd.add_bucket("another-bucket")
    with pytest.raises(InfluxError, match="insufficient permissions"):
        influxd.write_to("another-bucket", f"{LINE} 1")
    influxd.write_to("another-bucket", f"{LINE} 1", other)
    assert stat.S_IMODE(influxd.token_file.stat().st_mode) == 0o600


def test_a_wrong_line_is_told(influxd: Influxd) -> None:
    with pytest.raises(InfluxError, match="unable to parse"):
        influxd.write_to(BUCKET, "nonsense")


def test_frozen_it_keeps_what_comes_until_it_is_thawed(influxd: Influxd) -> None:
    assert influxd.pid is not None
    influxd.freeze()
    state = Path(f"/proc/{influxd.pid}/stat")
    while state.read_text().rpartition(")")[2].split()[0] != "T":
        os.sched_yield()
    influxd.thaw()
    assert influxd.count() >= 0


def test_one_that_can_not_start_says_why(influxd: Influxd, tmp_path: Path) -> None:
    second = Influxd(tmp_path / "second", port=influxd.port)
    with pytest.raises(InfluxError, match="in use by another"):
        second.start()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        third = Influxd(tmp_path / "third", port=taken.getsockname()[1])
        with pytest.raises(InfluxError, match="ended at its start"):
            third.start()
