"""The book after a correction of times: the alarms stay what they are, and tell the right time."""

import pytest

from ingest_server.db.journal import Kind
from ingest_server.db.retime import Moves, Retime, encode_retime
from ingest_server.db.snapshot import Change, Snapshot
from tests.alarm_rig import GATEWAY, SECOND, Rig, device, reading
from wire.topic import Lane

HOUR = 3_600 * SECOND
LATE = 7 * SECOND  # by so much an unset boot was placed too late


@pytest.fixture(name="rig")
async def born(rig: Rig) -> Rig:
    await rig.birth(device())
    return rig


async def correct(rig: Rig, said: Retime) -> None:
    await rig.put(Kind.RETIME, encode_retime(said), "server", GATEWAY)


def anchored(now: int, delta_us: int = -LATE) -> Retime:
    return Retime(Moves.TIMES, now - HOUR, now, delta_us, "anchored")


async def of_smoke(rig: Rig) -> list[Snapshot]:
    return [one for one in await rig.told() if one.rule == "smoke"]


async def test_an_alarm_of_an_unset_clock_is_corrected_in_one_revision(rig: Rig) -> None:
    now = rig.clock.utc_us()
    await rig.send(reading(now - 10 * SECOND, value=True), clock="unset")
    await rig.watch()
    await correct(rig, anchored(now))
    await rig.watch()
    raised, corrected = await of_smoke(rig)
    assert corrected.alarm_id == raised.alarm_id
    assert (corrected.change, corrected.announces) == (Change.EXTENDED, False)
    assert (corrected.active, corrected.acknowledged) == (True, False)
    assert (raised.since, raised.clock) == (now - 10 * SECOND, "unset")
    assert (corrected.since, corrected.clock) == (now - 10 * SECOND - LATE, "anchored")
    smoke = [one for one in await rig.episodes() if one[1] == "smoke"]
    assert smoke == [("smoke-01", "smoke", now - 10 * SECOND - LATE, None)]


async def test_it_goes_on_as_if_it_had_been_so_from_the_start(rig: Rig) -> None:
    """Ends once, at its end; what was told and comes again changes nothing."""
    now = rig.clock.utc_us()
    await rig.send(reading(now - 10 * SECOND, value=True), clock="unset")
    await rig.watch()
    await correct(rig, anchored(now))
    await rig.send(reading(now - 10 * SECOND - LATE, value=True), clock="anchored")
    await rig.send(reading(now - LATE, value=False))
    await rig.watch()
    changes = [one.change for one in await of_smoke(rig)]
    assert changes == [Change.ACTIVATED, Change.EXTENDED, Change.RETURNED]
    last = (await of_smoke(rig))[-1]
    assert (last.since, last.until) == (now - 10 * SECOND - LATE, now - LATE)


async def test_an_alarm_that_was_over_is_corrected_and_not_announced(rig: Rig) -> None:
    now = rig.clock.utc_us()
    samples = [reading(now - ago * SECOND, value=value) for ago, value in ((20, True), (10, False))]
    await rig.send(*samples, clock="unset")
    await rig.watch()
    before = len(await of_smoke(rig))
    await correct(rig, anchored(now))
    await rig.watch()
    (corrected,) = (await of_smoke(rig))[before:]
    assert (corrected.since, corrected.until) == (
        now - 20 * SECOND - LATE,
        now - 10 * SECOND - LATE,
    )
    assert (corrected.active, corrected.announces) == (False, False)


async def test_late_data_finds_the_samples_at_their_new_times(rig: Rig) -> None:
    now = rig.clock.utc_us()
    samples = [reading(now - ago * SECOND, value=False) for ago in (40, 20)]
    await rig.send(*samples, clock="unset")
    await rig.watch()
    await correct(rig, anchored(now))
    await rig.send(reading(now - 30 * SECOND - LATE, value=True), clock="anchored")
    await rig.watch()
    smoke = [one[2:] for one in await rig.episodes() if one[1] == "smoke"]
    assert smoke == [(now - 30 * SECOND - LATE, now - 20 * SECOND - LATE)]


async def test_bulk_that_lags_behind_is_moved_when_it_is_read(rig: Rig) -> None:
    now = rig.clock.utc_us()
    late = reading(now - 10 * SECOND, value=True, point="service")
    await rig.send(late, lane=Lane.BULK, clock="unset")
    await correct(rig, anchored(now))
    await rig.watch()
    rows = await rig.rows("SELECT time_us, clock FROM sample WHERE point = 'service'")
    assert rows == [(now - 10 * SECOND - LATE, "anchored")]


async def test_held_readings_are_moved_too(rig: Rig) -> None:
    now = rig.clock.utc_us()
    await rig.send(reading(now, value=True, device="smoke-02"), clock="unset")
    await rig.watch()
    await correct(rig, anchored(now))
    await rig.watch()
    rows = await rig.rows("SELECT time_us, clock FROM held")
    assert rows == [(now - LATE, "anchored")]


async def test_a_clock_that_jumps_forward_makes_nobody_absent(rig: Rig) -> None:
    now = rig.clock.utc_us() - HOUR
    await rig.send(reading(now, value=False), reading(now, value=True, point="mounted"))
    await rig.hear(now)
    await rig.watch()
    await correct(rig, Retime(Moves.CLOCK, now - HOUR, now + SECOND, HOUR))
    await rig.hear(now + HOUR + 34 * SECOND)
    await rig.watch()
    assert await rig.told() == []
    await rig.hear(now + HOUR + 36 * SECOND)
    await rig.watch()
    (absent,) = await rig.told()
    assert (absent.rule, absent.since) == ("offline", now + HOUR + 30 * SECOND)


async def test_a_clock_that_jumps_forward_ends_no_smoke_and_raises_none(rig: Rig) -> None:
    now = rig.clock.utc_us() - HOUR
    await rig.send(reading(now, value=True))
    await rig.watch()
    await correct(rig, Retime(Moves.CLOCK, now - HOUR, now + SECOND, HOUR))
    await rig.send(reading(now + HOUR + SECOND, value=True))
    await rig.watch()
    assert [one.change for one in await of_smoke(rig)] == [Change.ACTIVATED]
    await rig.send(reading(now + HOUR + 2 * SECOND, value=False))
    await rig.watch()
    last = (await of_smoke(rig))[-1]
    assert (last.since, last.until) == (now, now + HOUR + 2 * SECOND)


async def test_alarms_of_gateway_and_server_stay(rig: Rig) -> None:
    """Their times are the server's own."""
    now = rig.clock.utc_us()
    await rig.birth(device(rules="f" * 16), connection=2)
    await rig.watch()
    before = await rig.told()
    assert [one.rule for one in before] == ["profile_mismatch"]
    await correct(rig, anchored(now + SECOND))
    await rig.watch()
    assert await rig.told() == before
