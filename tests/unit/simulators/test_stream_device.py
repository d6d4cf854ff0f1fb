"""Whoever asks a stream device only when it wants to be woken hears the same as who asks always."""

from collections.abc import Callable

import pytest

from simulators.care_radar import CareRadar
from simulators.fall_radar import FallRadar
from simulators.person import Person
from simulators.presence_radar import PresenceRadar
from simulators.sleep_radar import SleepRadar
from simulators.stream_device import StreamDevice
from simulators.track_radar import TrackRadar
from simulators.vitals_radar import VitalsRadar

S = 1_000_000
MAKERS = (CareRadar, SleepRadar, FallRadar, VitalsRadar, PresenceRadar, TrackRadar)


def watching(make: Callable[[], CareRadar]) -> StreamDevice:
    radar, person = make(), Person()
    person.walk(0)
    radar.watch(person)
    return radar


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_nothing_is_missed_between_two_wakes(make: Callable[[], CareRadar]) -> None:
    always = watching(make)
    heard = b"".join(always.due(now) for now in range(0, 6 * S, 5_000))
    sleepy, now, when_woken, wakes = watching(make), 0, b"", 0
    while now < 6 * S:
        when_woken += sleepy.due(now)
        wakes += 1
        wake = sleepy.wake_us(now)
        assert wake > now
        now = -(-wake // 5_000) * 5_000
    assert when_woken == heard
    assert wakes < 200


def test_bytes_are_given_once() -> None:
    device: StreamDevice = CareRadar(boot_us=0)
    assert device.due(0)
    assert device.due(0) == b""
    assert device.received(b"", 0) == b""
