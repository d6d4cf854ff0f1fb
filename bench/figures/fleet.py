"""Messages as a fleet of gateways publishes them: batches under keys, stated, in turn."""

from collections.abc import Iterator

from runtime.mqtt import Message
from wire.batch import Batch, encode_batch
from wire.codec import content_type, pack
from wire.envelope import Base, ClockState, Envelope, Key, Sent, Through, to_properties
from wire.reading import Reading
from wire.statement import EpochStatement, Statement
from wire.topic import Up, up

START_US = 1_790_000_000_000_000
POINTS = ("mounted", "service", "smoke", "relay", "supply")


def messages(gateways: int, batches: int, readings: int) -> Iterator[Message]:
    """`batches` of each gateway, round by round; a round is one second of source time."""
    for seq in range(1, batches + 1):
        for number in range(gateways):
            at_us = START_US + seq * 1_000_000
            said = _readings(seq, at_us, readings)
            yield message(f"gw-{number:03d}", f"{number:016x}", seq, at_us, said)


def message(
    gateway: str, epoch: str, seq: int, at_us: int, readings: tuple[Reading, ...]
) -> Message:
    """Batch number `seq` of an epoch whose batches all have as many readings; a second for each."""
    payload, encoding = pack(encode_batch(Batch(gateway, readings)))
    stated = EpochStatement(
        epoch, floor=max(seq - 15, 1), last=seq, ended=False, taken=seq * len(readings), base=0
    )
    envelope = Envelope(
        encoding=encoding,
        key=Key(epoch, seq, len(readings)),
        statement=Statement(seq, (stated,)),
        base=Base("boot", seq * 1_000, ClockState.SYNCHRONISED),
        sent=Sent("boot", seq * 1_000 + 20, ClockState.SYNCHRONISED),
        through=Through(seq * 1_000, at_us),
    )
    return Message(
        topic=up(gateway, Up.BULK),
        payload=payload,
        properties=tuple(to_properties(envelope)),
        content_type=content_type(encoding),
        qos=1,
    )


def _readings(seq: int, at_us: int, readings: int) -> tuple[Reading, ...]:
    """Devices of five points each: four states, and a number that moves."""
    return tuple(
        Reading(f"device-{n // 5:03d}", POINTS[n % 5], at_us + n // 5 * 20_000, (seq + n) % 3 == 0)
        if n % 5 < 4
        else Reading(f"device-{n // 5:03d}", "supply", at_us, 230.0 + (seq + n) % 17 / 10, "V")
        for n in range(readings)
    )
