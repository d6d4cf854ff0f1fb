"""A TCP relay before the broker that counts MQTT packets by topic."""

import re
from collections import Counter
from collections.abc import Callable

from simulators import relay

_PUBLISH, _PUBACK = 3, 4
_NAMES = {1: "connect", 2: "connect", 8: "connect", 9: "connect", 12: "ping", 13: "ping"}
_LANE = re.compile(rb'"lane":"(urgent|bulk)"')
_ALIAS = 0x23


class Tally:
    """Bytes of both directions by what they were for: urgent, bulk, birth, status, ping.

    A lane's bytes are its batches, their PUBACKs and the receipts for it.
    """

    def __init__(self) -> None:
        self.sizes: Counter[str] = Counter()
        self.packets: Counter[str] = Counter()
        self._owner: dict[int, str] = {}
        self._aliases: dict[int, str] = {}

    def note(self, packet: bytes, body: int) -> str:
        """Count one whole packet whose variable header starts at `body`; for what it is."""
        name = self._name(packet, body)
        self.sizes[name] += len(packet)
        self.packets[name] += 1
        return name

    def _name(self, packet: bytes, body: int) -> str:
        kind = packet[0] >> 4
        if kind == _PUBACK:
            return self._owner.get(int.from_bytes(packet[body : body + 2], "big"), "other")
        if kind != _PUBLISH:
            return _NAMES.get(kind, "other")
        after = body + 2 + int.from_bytes(packet[body : body + 2], "big")
        name = self._topic(packet, body, after)
        if packet[0] >> 1 & 3:
            self._owner[int.from_bytes(packet[after : after + 2], "big")] = name
        lane = _LANE.search(packet) if name == "receipt" else None
        return lane.group(1).decode() if lane else name

    def _topic(self, packet: bytes, body: int, after: int) -> str:
        """The last level, also of a topic that is only said by its alias, as gateways do."""
        name = packet[body + 2 : after].rpartition(b"/")[2].decode()
        at = after + (2 if packet[0] >> 1 & 3 else 0)
        while packet[at] & 0x80:
            at += 1
        if packet[at + 1 : at + 2] != bytes([_ALIAS]):
            return name
        number = int.from_bytes(packet[at + 2 : at + 4], "big")
        if name:
            self._aliases[number] = name
        return self._aliases.get(number, "other")


class Relay(relay.Relay):
    """Forwards 127.0.0.1:`port` to the broker's port; `tally` counts what went through.

    `listener` gets what each whole packet is for, the packet, and where its variable header starts.
    """

    def __init__(self, target: int, *, up_per_second: int | None = None) -> None:
        super().__init__(target, up_per_second=up_per_second)
        self.listener: Callable[[str, bytes, int], None] = lambda *_: None
        self.tally = Tally()

    def passed(self, data: bytes, heard: bytearray) -> None:
        heard += data
        while found := first_packet(heard):
            body, end = found
            packet = bytes(heard[:end])
            self.listener(self.tally.note(packet, body), packet, body)
            del heard[:end]


def first_packet(heard: bytearray) -> tuple[int, int] | None:
    """Where the variable header of the first packet starts and where it ends; None if cut."""
    length, at = 0, 1
    while at < min(len(heard), 5):
        length |= (heard[at] & 0x7F) << 7 * (at - 1)
        at += 1
        if heard[at - 1] < 0x80:
            return (at, at + length) if len(heard) >= at + length else None
    return None
