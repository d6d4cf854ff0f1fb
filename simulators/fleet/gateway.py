"""One gateway of a fleet: readings into lanes, lanes into messages, receipts into the account."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from runtime.mqtt_words import Message
from simulators.fleet.device import FleetDevice
from simulators.fleet.lane_buffer import LaneBuffer, Row
from wire.batch import Batch, encode_batch
from wire.codec import content_type, pack
from wire.envelope import JSON, Base, ClockState, Encoding, Envelope, Sent, Through, to_properties
from wire.identity import Anchor, Birth, Device, Line, Presence, Software, Status, encode_identity
from wire.reading import Reading
from wire.receipt import Receipt
from wire.topic import Lane, Up, up

GROUP_READINGS = 100
HEARTBEAT_US = 9_000_000
"""Looked at once a second, so that the urgent topic carries something at least every 10 s."""
WINDOWS = {Lane.URGENT: 64, Lane.BULK: 16}
URGENT_ROOM = 4  # a quarter of the room is kept from bulk
BULK_FULL, URGENT_FULL = "bulk_full", "urgent_full"
SOFTWARE = Software("simulators-fleet", "1")
_LINE = "line-1"
_MS = 1_000
_UPS = {Lane.URGENT: Up.URGENT, Lane.BULK: Up.BULK}


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant on both clocks: of the boot, and UTC. Microseconds."""

    mono_us: int
    utc_us: int

    @property
    def mono_ms(self) -> int:
        return self.mono_us // 1_000


class FleetGateway:
    """One boot, one epoch, a clock that is set; its buffer is memory, bounded by `room` bytes."""

    def __init__(
        self, name: str, devices: Sequence[FleetDevice], *, boot: str, epoch: str, room: int
    ) -> None:
        self.name = name
        self.devices = tuple(devices)
        self.boot = boot
        self.lanes = {lane: LaneBuffer(lane, epoch, WINDOWS[lane]) for lane in Lane}
        self.is_introduced = False
        self.introductions = 0
        self.is_brief = False
        """Whether the server has said in this connection that it reads the short envelope."""
        self._room = room
        self._spoke_us = 0
        self._through: Moment | None = None

    @property
    def held(self) -> int:
        """Readings without a receipt."""
        return sum(lane.count.held for lane in self.lanes.values())

    @property
    def rows(self) -> int:
        """Rows without a receipt."""
        return sum(map(len, self.lanes.values()))

    # Readings

    def begin(self, now_us: int) -> None:
        """Its devices speak from now on."""
        for device in self.devices:
            device.begin(now_us)

    def gather(self, now: Moment) -> None:
        """Take what the devices said up to now: the groups of one cycle."""
        said: dict[Lane, list[Reading]] = {lane: [] for lane in Lane}
        zero_us = now.utc_us - now.mono_us
        for device in self.devices:
            for lane, reading in device.due(now.mono_us, zero_us):
                said[lane].append(reading)
        self._through = now
        for lane, readings in said.items():
            self.take(lane, readings, now)

    def turn(self, device: FleetDevice, now: Moment, *, alarmed: bool) -> None:
        """A device goes into alarm or comes out of it: a transition, a batch of its own."""
        self.take(Lane.URGENT, device.turn(now.utc_us, alarmed=alarmed), now)

    def take(self, lane: Lane, readings: Sequence[Reading], now: Moment) -> None:
        """Commit readings, at most 100 a batch; the oldest rows go when there is no room."""
        for start in range(0, len(readings), GROUP_READINGS):
            part = tuple(readings[start : start + GROUP_READINGS])
            payload, encoding = pack(encode_batch(Batch(self.name, part)))
            age_us = max(now.utc_us - min(one.time_us for one in part), 0)
            base_ms = max(now.mono_us - age_us, 0) // 1_000
            self.lanes[lane].commit(len(part), base_ms, encoding, payload)
        self._make_room()

    def _make_room(self) -> None:
        urgent, bulk = self.lanes[Lane.URGENT], self.lanes[Lane.BULK]
        while bulk.size > self._room - max(self._room // URGENT_ROOM, urgent.size):
            if not bulk.give_up(BULK_FULL):
                break
        while urgent.size > self._room and urgent.give_up(URGENT_FULL):
            pass

    def receive(self, receipt: Receipt) -> list[Row]:
        """The rows that the receipt let go."""
        return self.lanes[receipt.lane].receive(receipt)

    # Messages

    def birth(self, now: Moment, connection: int) -> Message:
        """At each connection first this, then status and heartbeat; only then rows."""
        return self._retained(
            Up.BIRTH,
            encode_identity(self._birth(now, connection)),
            Envelope(statement=self.lanes[Lane.BULK].state(), sent=self._sent(now)),
        )

    def status(self, presence: Presence, connection: int) -> Message:
        """`online`, or what a will says."""
        status = Status(presence, self.boot, connection)
        return self._retained(Up.STATUS, encode_identity(status), None)

    def take_beat(self, now: Moment) -> bool:
        """Whether the urgent topic was quiet for so long that a heartbeat has to leave now."""
        is_due = now.mono_us - self._spoke_us >= HEARTBEAT_US
        if is_due:
            self._spoke_us = now.mono_us
        return is_due

    def heartbeat(self, now: Moment) -> Message:
        """Nothing happened, and I am here."""
        return self._message(Lane.URGENT, None, now)

    def message(self, lane: Lane, seq: int, now: Moment) -> Message | None:
        """The row as it leaves now; None when it is gone."""
        row = self.lanes[lane].row(seq)
        return None if row is None else self._message(lane, row, now)

    def forget_connection(self) -> None:
        """It went: introduce again, and spell out until the server says that it need not be."""
        self.is_introduced = self.is_brief = False

    def _message(self, lane: Lane, row: Row | None, now: Moment) -> Message:
        if lane is Lane.URGENT:
            self._spoke_us = now.mono_us
        encoding = Encoding.RAW if row is None else row.encoding
        through = self._through or now  # before the first cycle there is nothing to be missed
        envelope = Envelope(
            encoding=encoding,
            key=None if row is None else row.key,
            statement=self.lanes[lane].state(),
            base=None if row is None else Base(self.boot, row.base_ms, ClockState.SYNCHRONISED),
            sent=self._sent(now),
            through=Through(through.mono_ms, through.utc_us),
        )
        is_brief = self.is_brief and not (row is not None and row.first_us)
        return Message(
            topic=up(self.name, _UPS[lane]),
            payload=b"[]" if row is None else row.payload,
            properties=tuple(to_properties(envelope, short=is_brief)),
            content_type=None if is_brief else content_type(encoding),
            qos=1,
        )

    def _retained(self, kind: Up, payload: bytes, envelope: Envelope | None) -> Message:
        return Message(
            topic=up(self.name, kind),
            payload=payload,
            properties=() if envelope is None else tuple(to_properties(envelope)),
            content_type=JSON,
            retain=True,
            qos=1,
        )

    def _sent(self, now: Moment) -> Sent:
        return Sent(self.boot, now.mono_ms, ClockState.SYNCHRONISED)

    def _birth(self, now: Moment, connection: int) -> Birth:
        return Birth(
            gateway=self.name,
            software=SOFTWARE,
            boot=self.boot,
            connection=connection,
            config_hash=self.lanes[Lane.BULK].epoch,
            lines=(Line(_LINE, "modbus-rtu"),),
            devices=tuple(_born(self.devices)),
            anchors=(Anchor(self.boot, now.mono_ms, now.utc_us - now.mono_us % _MS),),
        )


def _born(devices: Iterable[FleetDevice]) -> Iterator[Device]:
    for device in devices:
        kind = device.kind
        yield Device(device.name, kind.profile, kind.profile_hash, _LINE, kind.rules_hash)
