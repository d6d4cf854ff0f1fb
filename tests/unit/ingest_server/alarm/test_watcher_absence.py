"""The watcher and silence: devices and gateways not heard, the broker away, clock steps, clones."""

import logging

import pytest

from alarm_rules.rule import Severity
from tests.alarm_rig import GATEWAY, HOUR, SECOND, Rig, changes, device, reading


async def test_absence_of_a_device_comes_with_complete_through(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0, value=False))
    for second in range(0, 41, 10):
        await rig.hear(t0 + second * SECOND)
        await rig.watch()
        assert (await rig.alarms() != []) is (second > 30)
        rig.clock.advance(10 * SECOND)
    assert (await rig.one("offline")).since == t0 + 30 * SECOND
    await rig.send(reading(t0 + 50 * SECOND, value=False))
    await rig.watch()
    assert not (await rig.one("offline")).active


async def test_a_device_never_heard_is_absent_since_its_birth(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.hear(t0)
    await rig.watch()
    rig.clock.advance(20 * SECOND)
    await rig.hear(t0 + 20 * SECOND)
    await rig.watch()
    rig.clock.advance(20 * SECOND)
    await rig.hear(t0 + 40 * SECOND)
    await rig.watch()
    assert (await rig.one("offline")).since == t0 + 30 * SECOND


async def test_a_silent_gateway_is_one_alarm_and_hides_the_absence_of_its_devices(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0, value=False))
    await rig.hear(t0)
    await rig.watch()
    rig.clock.advance(31 * SECOND)
    await rig.watch()
    await rig.watch()
    assert changes(await rig.told()) == ["gateway_silent: activated/alarm.raised"]
    rig.clock.advance(300 * SECOND)
    await rig.hear(rig.clock.utc_us())
    await rig.watch()
    assert changes(await rig.told())[1:] == ["gateway_silent: returned/alarm.cleared"]
    hidden = await rig.one("offline")
    assert (hidden.active, hidden.suppressed) == (True, True)
    for _ in range(7):
        rig.clock.advance(10 * SECOND)
        await rig.hear(rig.clock.utc_us())
        await rig.watch()
    assert changes(await rig.told())[2:] == ["offline: unsuppressed/alarm.raised"]


async def test_absence_that_was_only_the_gateways_is_recorded_and_not_told(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0, value=False))
    await rig.hear(t0)
    await rig.watch()
    rig.clock.advance(300 * SECOND)
    await rig.watch()
    await rig.hear(rig.clock.utc_us())
    await rig.send(reading(rig.clock.utc_us(), value=False))
    await rig.watch()
    rig.clock.advance(61 * SECOND)
    await rig.watch()
    hidden = await rig.one("offline")
    assert (hidden.suppressed, hidden.closed) == (True, True)
    assert {told.rule for told in await rig.told()} == {"gateway_silent"}


async def test_a_gateway_lost_after_a_hazard_escalates_it(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0, value=True))
    await rig.hear(t0)
    await rig.watch()
    await rig.acknowledge_all()
    rig.clock.advance(31 * SECOND)
    await rig.watch()
    assert changes(await rig.told())[-1] == "smoke: escalated/alarm.changed"
    alarm = await rig.one("smoke")
    assert (alarm.severity, alarm.acknowledged) == (Severity.CRITICAL, False)


async def test_while_the_broker_is_away_no_gateway_is_judged(rig: Rig) -> None:
    await rig.birth(device())
    await rig.hear(rig.clock.utc_us())
    await rig.watch()
    rig.reachable_us = None
    await rig.watch()
    rig.clock.advance(31 * SECOND)
    await rig.watch()
    assert changes(await rig.told()) == ["broker_away: activated/alarm.raised"]
    rig.reachable_us = rig.clock.utc_us()
    await rig.watch()
    rig.clock.advance(29 * SECOND)
    await rig.watch()
    assert changes(await rig.told())[1:] == ["broker_away: returned/alarm.cleared"]
    rig.clock.advance(2 * SECOND)
    await rig.watch()
    assert changes(await rig.told())[2:] == ["gateway_silent: activated/alarm.raised"]


async def test_a_step_of_the_servers_clock_silences_nobody_and_nothing(rig: Rig) -> None:
    await rig.birth(device())
    await rig.hear(rig.clock.utc_us())
    await rig.watch()
    rig.clock.step(HOUR)
    await rig.watch()
    assert await rig.told() == []
    rig.clock.step(-3 * HOUR)
    rig.clock.advance(31 * SECOND)
    await rig.watch()
    assert changes(await rig.told()) == ["gateway_silent: activated/alarm.raised"]


async def test_two_gateways_with_one_id_are_one_latched_alarm(rig: Rig) -> None:
    await rig.birth(device())
    await rig.hear(None, clones=1)
    await rig.watch()
    await rig.hear(None, clones=2)
    await rig.watch()
    assert changes(await rig.told()) == ["two_gateways_one_id: activated/alarm.raised"]
    for _ in range(31):
        rig.clock.advance(20 * SECOND)
        await rig.hear(None, clones=2)
        await rig.watch()
    alarm = await rig.one("two_gateways_one_id")
    assert (alarm.active, alarm.latched) == (False, True)


async def test_a_gateway_that_was_born_and_then_says_nothing_is_silent(rig: Rig) -> None:
    """Its journal may also have been lost, and with it every trace of its urgent lane."""
    await rig.birth(device())
    await rig.watch()
    rig.clock.advance(31 * SECOND)
    await rig.watch()
    assert (await rig.one("gateway_silent")).active
    await rig.hear(rig.clock.utc_us())
    await rig.watch()
    assert not (await rig.one("gateway_silent")).active


async def test_one_gateway_that_can_not_be_judged_hides_the_silence_of_no_other(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    await rig.birth(device())
    await rig.birth(device("smoke-09"), gateway="gw-poison")
    await rig.hear(rig.clock.utc_us())
    await rig.watch()
    await rig.book.transact(
        lambda book: book.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON evaluation WHEN new.gateway = 'gw-poison'"
            " BEGIN SELECT raise(ABORT, 'poison'); END"
        )
    )
    rig.clock.advance(HOUR)
    await rig.hear(rig.clock.utc_us(), gateway="gw-poison")
    with caplog.at_level(logging.CRITICAL):
        await rig.watch()
    silent = [one.gateway for one in await rig.alarms() if one.rule == "gateway_silent"]
    assert silent == [GATEWAY]
