"""Messages as a fleet of gateways publishes them: batches under keys, stated, in turn."""

from collections.abc import Iterator
from functools import partial
from random import Random

from runtime.mqtt import Message
from simulators.fleet.device import Beat, FleetDevice
from simulators.fleet.gateway import FleetGateway, Moment
from simulators.fleet.kind import KINDS
from wire.receipt import Receipt
from wire.topic import Lane

START_US = 1_790_000_000_000_000
_S = 1_000_000
_HELD = 15  # rows that still have no receipt when the next leaves


def messages(gateways: int, batches: int, readings: int) -> Iterator[Message]:
    """`batches` of bulk of each gateway, round by round; a round is one second of source time."""
    fleet = [_gateway(number, readings) for number in range(gateways)]
    for seq in range(1, batches + 1):
        now = Moment(seq * _S, START_US + seq * _S)
        for gateway in fleet:
            gateway.gather(now)
            message = gateway.message(Lane.BULK, seq, now)
            if message is not None:
                yield message
            if seq > _HELD:
                gateway.receive(_receipt(gateway, seq - _HELD))


def _gateway(number: int, readings: int) -> FleetGateway:
    """Devices that say five readings a second each, so that a round is one batch."""
    device = partial(FleetDevice, beat=Beat(5.0, 0.0), dice=Random(number))  # noqa: S311 - moments
    kinds = [KINDS["smoke"], KINDS["water"]]
    devices = [device(f"device-{n:03d}", kinds[n % 2]) for n in range(readings // 5)]
    made = FleetGateway(
        f"gw-{number:03d}", devices, boot="boot", epoch=f"{number:016x}", room=64 << 20
    )
    made.begin(0)
    return made


def _receipt(gateway: FleetGateway, seq: int) -> Receipt:
    epoch = gateway.lanes[Lane.BULK].epoch
    return Receipt(Lane.BULK, epoch, ((seq, seq),), (), None, START_US)
