"""A baseline is measured from what comes anyway, written, and counts at once; or nothing is."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_agent.baseline.file import NAME, BaselineFile
from edge_agent.baseline.measure import Refusal, Refused
from edge_agent.baseline.taken import Standing, Taken
from edge_agent.exchange import Sample
from tests.baseline_gateway import AT_REST, BY, Gateway, S, lying
from tests.baseline_site import CONTACTS, COVER, GAUGE, site, taken_cover
from tests.patience import PATIENCE_S
from tests.standing_clock import T0
from wire.quality import Reason, bad


@asynccontextmanager
async def running(gateway: Gateway) -> AsyncIterator[None]:
    task = asyncio.create_task(gateway.keeper.run())
    yield
    task.cancel()
    await asyncio.wait([task])


FIRMWARE = Sample("firmware", 2590.0, 0)


async def taken(gateway: Gateway, *rows: Sequence[Sample], note: str = "") -> Taken | Refusal:
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(gateway.keeper.take(COVER, None, BY, note))
        said = group.create_task(gateway.says(COVER, *rows))
        await asked
        said.cancel()
    return asked.result()


async def test_it_is_written_and_counts_at_once(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, site(tmp_path))
    gateway.keeper.heard(COVER, [FIRMWARE])
    found = await taken(gateway, *AT_REST, note="after the works")
    expected = taken_cover(
        value=(0.0, 0.1, 9.8),
        spread=0.0,
        identity={"firmware": 2590.0},
        at_us=T0,
        note="after the works",
    )
    assert found == expected
    assert gateway.baseline(COVER) == (0.0, 0.1, 9.8)
    assert len(gateway.retuned) == 1
    assert BaselineFile(tmp_path).read() == ((expected,), ())
    assert gateway.voices[COVER].tap is None
    assert Gateway(tmp_path, site(tmp_path)).baseline(COVER) == (0.0, 0.1, 9.8)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([lying(0, z=12.0)], Refused.NOT_AT_REST),
        ([lying(0), [Sample("acceleration_x", None, S, bad(Reason.SENSOR_FAULT)), *lying(1)[1:]]],
         Refused.BAD),
        ([lying(0)], Refused.TOO_FEW),
    ],
)  # fmt: skip
async def test_what_is_not_good_changes_nothing(
    tmp_path: Path, rows: list[list[Sample]], reason: Refused
) -> None:
    gateway = Gateway(tmp_path, site(tmp_path))
    found = await taken(gateway, *rows)
    assert isinstance(found, Refusal)
    assert found.reason is reason
    assert gateway.baseline(COVER) is None
    assert not (tmp_path / NAME).exists()
    assert gateway.voices[COVER].tap is None


async def test_a_contact_that_says_open_forbids_it_before_and_meanwhile(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, site(tmp_path))
    is_open = [Sample("cover_open", value=True, mono_us=0)]

    async def opened() -> None:
        await gateway.says(COVER, *AT_REST[:4])
        gateway.keeper.heard(CONTACTS, is_open)
        await gateway.says(COVER, AT_REST[4])

    async with asyncio.TaskGroup() as group:
        asked = group.create_task(gateway.keeper.take(COVER, None, BY))
        group.create_task(opened())
    expected = Refusal(Refused.CONTACT, "cover_open of contacts-1 is True")
    assert asked.result() == expected
    assert await gateway.keeper.take(COVER, None, BY) == expected


@pytest.mark.parametrize(
    ("device", "point", "by", "reason"),
    [
        ("nobody", None, BY, Refused.NO_DEVICE),
        (CONTACTS, None, BY, Refused.NO_BASELINE),
        (COVER, "roll", BY, Refused.NO_BASELINE),
        (COVER, None, "  ", Refused.NO_NAME),
    ],
)
async def test_what_makes_no_sense_is_refused(
    tmp_path: Path, device: str, point: str | None, by: str, reason: Refused
) -> None:
    found = await Gateway(tmp_path, site(tmp_path)).keeper.take(device, point, by)
    assert isinstance(found, Refusal)
    assert found.reason is reason


async def test_one_at_a_time_of_a_device(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, site(tmp_path))
    async with asyncio.TaskGroup() as group:
        first = group.create_task(gateway.keeper.take(COVER, None, BY))
        await asyncio.sleep(0)
        second = await gateway.keeper.take(COVER, "tilt", BY)
        await gateway.says(COVER, *AT_REST)
    assert isinstance(first.result(), Taken)
    assert second == Refusal(Refused.BUSY, COVER)


async def test_two_devices_at_once_keep_both(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, site(tmp_path))
    road = [[Sample("distance", 2.5, second * S)] for second in range(5)]
    async with asyncio.TaskGroup() as group:
        group.create_task(gateway.keeper.take(COVER, None, BY))
        group.create_task(gateway.keeper.take(GAUGE, "distance", BY))
        group.create_task(gateway.says(COVER, *AT_REST))
        group.create_task(gateway.says(GAUGE, *road))
    standing = {(one.device, one.standing) for one in gateway.keeper.show()}
    assert standing == {(COVER, Standing.TAKEN), (GAUGE, Standing.TAKEN)}


async def test_a_disk_that_refuses_leaves_all_as_it_was(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path / "gone", site(tmp_path))
    found = await taken(gateway, *AT_REST)
    assert isinstance(found, Refusal)
    assert found.reason is Refused.NOT_KEPT
    assert gateway.baseline(COVER) is None


async def test_cleared_is_as_it_was_before(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, site(tmp_path))
    assert await gateway.keeper.clear(COVER, None, BY) == Refusal(Refused.NOTHING_TAKEN, COVER)
    found = await taken(gateway, *AT_REST)
    no_name = await gateway.keeper.clear(COVER, None, " ")
    assert no_name == Refusal(Refused.NO_NAME)
    assert await gateway.keeper.clear(COVER, "tilt", BY) == found
    assert gateway.baseline(COVER) is None
    assert BaselineFile(tmp_path).read() == ((), ())


async def test_of_another_device_it_is_void_for_good(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, site(tmp_path))
    gateway.keeper.heard(COVER, [FIRMWARE])
    await taken(gateway, *AT_REST)
    async with running(gateway):
        gateway.keeper.heard(COVER, [FIRMWARE])
        await asyncio.sleep(0.01)
        assert gateway.baseline(COVER) is not None
        gateway.keeper.heard(COVER, [Sample("firmware", 2591.0, 9)])
        async with asyncio.timeout(PATIENCE_S):
            while gateway.baseline(COVER) is not None:
                await asyncio.sleep(0.001)
        gateway.keeper.heard(COVER, [FIRMWARE])
        await asyncio.sleep(0.01)
    assert gateway.baseline(COVER) is None
    assert "is void: firmware was 2590.0 and is 2591.0" in gateway.told[-1]
    again = Gateway(tmp_path, site(tmp_path))
    assert again.baseline(COVER) is None
    assert again.keeper.show()[0].standing is Standing.OTHER_DEVICE


def test_a_file_that_is_broken_is_told(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"{")
    told = Gateway(tmp_path, site(tmp_path)).told
    assert any("take them anew" in one for one in told)
    assert any("cover-1 tilt has no baseline" in one for one in told)
