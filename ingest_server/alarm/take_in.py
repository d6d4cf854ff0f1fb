"""Entries of the journal into the book: births and statuses to the registry, readings to rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest_server.alarm.gateway_absence import gateway_away
from ingest_server.alarm.hold_condition import hold_condition
from ingest_server.alarm.known_profiles import KnownProfiles
from ingest_server.alarm.record import Seen
from ingest_server.alarm.settle import Desk
from ingest_server.alarm.system_alarm import mismatch_cause
from ingest_server.alarm.watch_device import Watched, await_device, take_samples
from ingest_server.db.evaluation_book import Kept
from ingest_server.db.held import NotEvaluated, count_not_evaluated, hold, release
from ingest_server.db.journal import Entry
from ingest_server.db.registry import KnownDevice, Told, find_device, take_birth, take_status
from wire.identity import Birth
from wire.reading import ITSELF

_Name = tuple[str, str]


@dataclass(slots=True)
class Basket:
    """What one pass has gathered, device by device, in the order of first mention."""

    samples: dict[_Name, list[Kept]] = field(default_factory=dict)
    devices: dict[_Name, KnownDevice | None] = field(default_factory=dict)

    def add(self, device: KnownDevice, kept: Iterable[Kept]) -> None:
        self.samples.setdefault((device.gateway, device.device), []).extend(kept)


def take_entries(desk: Desk, profiles: KnownProfiles, entries: Sequence[Entry]) -> None:
    """Take them in order of id; then each device's readings are judged together."""
    basket = Basket()
    for entry in entries:
        if entry.birth is not None:
            _take_birth(desk, profiles, basket, entry.birth, entry.arrival_us)
        if entry.status is not None:
            take_status(desk.connection, entry.gateway, entry.status)
        _sort_readings(desk, basket, entry)
    for name, kept in basket.samples.items():
        device = find_device(desk.connection, *name)
        if device is not None:
            _judge(desk, profiles, device, kept)


def _take_birth(
    desk: Desk, profiles: KnownProfiles, basket: Basket, birth: Birth, arrival_us: int
) -> None:
    if take_birth(desk.connection, birth, arrival_us) is not Told.TAKEN:
        return
    basket.devices.clear()
    for one in birth.devices:
        device = find_device(desk.connection, birth.gateway, one.device)
        if device is None:
            continue
        _compare_profile(desk, profiles, device, arrival_us)
        held = release(desk.connection, device.gateway, device.device)
        if held:
            basket.add(device, (Kept(reading, clock) for reading, clock in held))
        known = profiles.of(device)
        if known is not None:
            away = gateway_away(desk, device.gateway)
            await_device(desk.connection, Watched(device, known, away))


def _compare_profile(
    desk: Desk, profiles: KnownProfiles, device: KnownDevice, arrival_us: int
) -> None:
    wrong = profiles.mismatch(device)
    cause = mismatch_cause(device.gateway, device.device, device.profile, device.place)
    seen = Seen(arrival_us, value=None if wrong is None else wrong.value)
    hold_condition(desk, cause, seen, holds=wrong is not None)


def _sort_readings(desk: Desk, basket: Basket, entry: Entry) -> None:
    by_device: dict[str, list[Kept]] = {}
    for reading in entry.readings:
        if reading.device == ITSELF:
            continue  # it is for the store: no rule judges it
        by_device.setdefault(reading.device, []).append(Kept(reading, entry.clock))
    for name, kept in by_device.items():
        device = _find(desk, basket, entry.gateway, name)
        if device is None:
            readings = [one.reading for one in kept]
            hold(desk.connection, entry.gateway, readings, entry.clock)
        else:
            basket.add(device, kept)


def _find(desk: Desk, basket: Basket, gateway: str, device: str) -> KnownDevice | None:
    name = (gateway, device)
    if name not in basket.devices:
        basket.devices[name] = find_device(desk.connection, gateway, device)
    return basket.devices[name]


def _judge(desk: Desk, profiles: KnownProfiles, device: KnownDevice, kept: Sequence[Kept]) -> None:
    known = profiles.of(device)
    if known is None:
        reason = NotEvaluated.UNKNOWN_PROFILE
        count_not_evaluated(desk.connection, device.gateway, reason, len(kept))
        return
    take_samples(desk, Watched(device, known, gateway_away(desk, device.gateway)), kept)
