"""Gateways that fill the bulk lane at a steady rate, over the real broker, from a process apart."""

import asyncio
import contextlib
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from alarm_rules.in_force import in_force
from device_profiles.load import catalog, profile_hash
from figures.fleet import message
from runtime.clock import SystemClock
from runtime.mqtt import Message, Options, Outcome, Session
from wire.envelope import Envelope, to_properties
from wire.identity import Birth, Device, Line, Software, encode_identity
from wire.reading import Reading
from wire.topic import Up, up

PROFILE = "calectro_ug3"
DEVICES, POINTS = 25, {"mounted": True, "service": False}
BATCH = DEVICES * len(POINTS)
_LINE = "line"
_ENDS_S = 10.0
_BACK_S = 7_200
"""The readings are backlog: from two hours ago on, each device once a second, all in step."""


@dataclass(frozen=True, slots=True)
class Account:
    """A gateway's place at the broker of this machine."""

    gateway: str
    password: str
    port: int


@dataclass(slots=True)
class Sent:
    """What the broker took meanwhile; whole once the block has ended."""

    readings: int = 0
    seconds: float = 0.0

    @property
    def per_second(self) -> int:
        return round(self.readings / self.seconds)


@contextmanager
def bulk_load(accounts: tuple[Account, ...], readings_per_s: float) -> Iterator[Sent]:
    """All of them together publish so many readings a second until the block ends."""
    made = multiprocessing.get_context("spawn")
    ours, theirs = made.Pipe()
    process = made.Process(target=_play, args=(theirs, accounts, readings_per_s), daemon=True)
    process.start()
    sent = Sent()
    try:
        ours.recv()
        yield sent
    finally:
        ours.send(None)
        sent.readings, sent.seconds = ours.recv()
        process.join(_ENDS_S)


def _play(orders: Connection, accounts: tuple[Account, ...], readings_per_s: float) -> None:
    asyncio.run(_publish(orders, accounts, readings_per_s))


async def _publish(
    orders: Connection, accounts: tuple[Account, ...], readings_per_s: float
) -> None:
    clock = SystemClock()
    counts = dict.fromkeys((one.gateway for one in accounts), 0)
    every_s = BATCH * len(accounts) / readings_per_s
    with contextlib.suppress(asyncio.CancelledError):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_gateway(one, every_s, counts)) for one in accounts]
            while not all(counts.values()):  # noqa: ASYNC110 - the tasks tell nobody
                await asyncio.sleep(0.05)
            before, at_us = sum(counts.values()), clock.mono_us()
            orders.send(None)
            await asyncio.to_thread(orders.recv)
            batches = sum(counts.values()) - before
            orders.send((batches * BATCH, (clock.mono_us() - at_us) / 1e6))
            for task in tasks:
                task.cancel()


async def _gateway(account: Account, every_s: float, counts: dict[str, int]) -> None:
    """A birth, then one batch after the other, each when its time has come."""
    name = account.gateway
    options = Options(
        host="127.0.0.1",
        port=account.port,
        client_id=name,
        username=name,
        password=account.password,
        tls=False,
    )
    session, clock = Session(options), SystemClock()
    epoch = f"{clock.mono_us():016x}"
    async with asyncio.TaskGroup() as group:
        group.create_task(session.run())
        await session.connected()
        await _say(session, _birth(name))
        start_us, began_us, seq = clock.utc_us() - _BACK_S * 1_000_000, clock.mono_us(), 0
        while True:
            seq += 1
            at_us = start_us + seq * 1_000_000
            await _say(session, message(name, epoch, seq, at_us, _readings(at_us)))
            counts[name] = seq
            due_us = began_us + round(seq * every_s * 1e6)
            await asyncio.sleep(max(due_us - clock.mono_us(), 0) / 1e6)


async def _say(session: Session, said: Message) -> None:
    outcome = await session.publish(
        said.topic,
        said.payload,
        retain=said.retain,
        properties=said.properties,
        content_type=said.content_type,
    )
    if outcome is not Outcome.ACCEPTED:
        raise RuntimeError(f"{said.topic}: {outcome}")


def _readings(at_us: int) -> tuple[Reading, ...]:
    """Detectors at rest, as they say again and again that all is well."""
    return tuple(
        Reading(f"detector-{n:02d}", point, at_us + n, value)
        for n in range(DEVICES)
        for point, value in POINTS.items()
    )


def _birth(gateway: str) -> Message:
    profile = catalog()[PROFILE]
    rules = in_force(profile.rules, (), None)
    devices = tuple(
        Device(f"detector-{n:02d}", PROFILE, profile_hash(profile), _LINE, rules.hash)
        for n in range(DEVICES)
    )
    birth = Birth(
        gateway=gateway,
        software=Software("bench", "1"),
        boot="boot",
        connection=1,
        config_hash=profile_hash(profile),
        lines=(Line(_LINE, "modbus-rtu"),),
        devices=devices,
    )
    return Message(
        topic=up(gateway, Up.BIRTH),
        payload=encode_identity(birth),
        properties=tuple(to_properties(Envelope())),
        content_type="application/json",
        retain=True,
        qos=1,
    )
