"""The record of a real alarm centre is read as it grows, from its file or by asking."""

import json
from pathlib import Path

import httpx
import pytest

from simulators.alarm_centre import AlarmCentre
from simulators.broker import free_port
from simulators.scenario.centre import CentreError, CentreUrl, RecordFile
from simulators.stage import new_webhook_secret
from tests.patience import PATIENCE_S


async def send(centre: AlarmCentre) -> None:
    """Unverified, which is recorded all the same."""
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
        await client.post(centre.url, content=b"{}")


async def test_a_record_grows(tmp_path: Path) -> None:
    path = tmp_path / "got.jsonl"
    read = RecordFile(path)
    assert list(await read()) == []
    async with AlarmCentre(new_webhook_secret(), record=path) as centre:
        await send(centre)
        assert [one.number for one in await read()] == [1]
        await send(centre)
        assert [one.number for one in await read()] == [1, 2]
    assert not (await read())[0].verified


async def test_half_a_line_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "got.jsonl"
    async with AlarmCentre(new_webhook_secret(), record=path) as centre:
        await send(centre)
    whole = path.read_bytes()
    path.write_bytes(whole[:40])
    read = RecordFile(path)
    assert list(await read()) == []
    path.write_bytes(whole)
    assert len(await read()) == 1


async def test_what_is_no_record_is_told(tmp_path: Path) -> None:
    path = tmp_path / "got.jsonl"
    path.write_text('{"a": 1}\n', encoding="utf-8")
    with pytest.raises(CentreError, match=r"got.jsonl:1: no delivery .* alarm-centre --record"):
        await RecordFile(path)()
    with pytest.raises(CentreError, match="--record"):
        await RecordFile(tmp_path)()


async def test_a_centre_is_asked() -> None:
    async with AlarmCentre(new_webhook_secret()) as centre:
        await send(centre)
        asked = CentreUrl(centre.url.removesuffix("/alarms"))
        assert json.dumps([one.number for one in await asked()]) == "[1]"


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "nonsense"])
async def test_a_centre_that_is_not_there_is_told(url: str) -> None:
    with pytest.raises(CentreError, match="is simulators alarm-centre running there"):
        await CentreUrl(url.format(port=free_port()))()
