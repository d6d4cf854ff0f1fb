"""The demo's end: what it answers to its caller, and that it takes everything down."""

from pathlib import Path

import pytest

from simulators.broker import Which
from simulators.demo import Wanted, demo


async def test_a_gateway_that_does_not_come_up_ends_it_with_1_and_the_last_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / ("a-name-that-no-socket-can-have" * 5)
    folder.mkdir()
    codes: list[int] = []
    await demo(Wanted(Which.AUTO, "en", keep=False, data=folder, influx=False), codes)
    assert codes == [1]
    said = capsys.readouterr()
    assert "two gateways" in said.out
    assert said.err.startswith("a program ended at its start")
    assert "--- server" in said.err
    assert list((folder / "ports").iterdir()) == []
