"""What a reading costs on its way up: bytes of MQTT by what they are for, at 40 and 250 a message.

Sixteen units of ten registers, each once a second, every sample told; values with one decimal that
move at random, times to the microsecond. From the gateway's uplink to a real Mosquitto, counted on
the wire between; TCP, IP and TLS are not counted. `up` is what the gateway sends: fixed header,
topic or its alias, properties (key, statement, times), payload; `down` are PUBACKs and receipts.
A backlog of an earlier run says more: its epoch stands beside the current one.
"""

import argparse
import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from figures.publish_parts import parts_of
from figures.receipt_giver import ReceiptGiver, reached, served
from figures.record import Bench, bench
from figures.relay import Relay
from figures.uplink_bed import Account, Orders, fill, uplink

from simulators.broker import Broker

BARS = {40: 9.0, 250: 6.0}
_MESSAGES, _BEFORE = 400, 100
_GATEWAY = "gw-001"
_ANSWERS_S = 1.0  # what is on its way, and its answers
_PATIENCE_S = 120.0


class Count:
    """Bytes by what they are for, from the message after the first hundred on.

    The first of a connection are spelled out, until a receipt says that the short form is read.
    """

    def __init__(self) -> None:
        self.sizes: Counter[str] = Counter()
        self.messages = 0

    def note(self, _name: str, packet: bytes, body: int) -> None:
        found = parts_of(packet, body)
        self.messages += "up_payload" in found
        if self.messages > _BEFORE:
            self.sizes.update(found)


async def counted(orders: Orders, port: int, readings: int) -> dict[str, Any]:
    """Bytes for each reading of bulk."""
    giver, count = ReceiptGiver(frozenset()), Count()
    async with served(port, giver), Relay(port) as relay:
        relay.listener = count.note
        with uplink(replace(orders, account=Account(_GATEWAY, relay.port))):
            await reached(lambda: giver.arrivals.batches >= _MESSAGES, _PATIENCE_S)
            await asyncio.sleep(_ANSWERS_S)
    messages = count.messages - _BEFORE
    each_message = giver.arrivals.readings / giver.arrivals.batches
    if round(each_message) != readings:
        raise SystemExit(f"{each_message:.1f} readings a message, not {readings}")
    each = {name: size / messages / readings for name, size in sorted(count.sizes.items())}
    return {
        "messages": messages,
        "up": round(sum(size for name, size in each.items() if name.startswith("up_")), 2),
        "parts": {name: round(size, 3) for name, size in each.items()},
    }


def measure(folder: Path) -> dict[tuple[int, str], dict[str, Any]]:
    found = {}
    for readings in BARS:
        for kind in ("live", "backlog"):
            where = folder / f"{kind}-{readings}"
            orders = Orders(where / "buffer.db", Account(_GATEWAY, 0))
            if kind == "live":
                orders = replace(orders, groups=_MESSAGES, grouped=readings)
            else:
                fill(orders.path, _MESSAGES, readings, gateway=_GATEWAY)
            with Broker(where / "broker") as broker:
                found[readings, kind] = asyncio.run(counted(orders, broker.port, readings))
    return found


def report(run: Bench, found: dict[tuple[int, str], dict[str, Any]]) -> bool:
    kept = {
        f"{n} a message: up <= {bar:g}": found[n, "live"]["up"] <= bar for n, bar in BARS.items()
    }
    lines = [
        f"{kind}, {n} a message: {one['up']} bytes up for each reading"
        f" ({', '.join(f'{name} {size}' for name, size in one['parts'].items())})"
        for (n, kind), one in found.items()
    ]
    lines += [f"{'kept' if is_kept else 'BROKEN'}: {what}" for what, is_kept in kept.items()]
    run.report(
        lines, {"figures": {f"{kind}_{n}": one for (n, kind), one in found.items()}, "kept": kept}
    )
    return all(kept.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    with bench("uplink_bytes", parser) as run:
        is_kept = report(run, measure(run.folder))
    raise SystemExit(0 if is_kept else 1)


if __name__ == "__main__":
    main()
