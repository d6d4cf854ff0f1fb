"""The tables of agent.toml as types, with every default."""

from enum import StrEnum
from typing import Annotated

import msgspec

from alarm_rules.duration import Duration
from alarm_rules.override import Override
from alarm_rules.rule import Name
from device_profiles.transport import Parity
from edge_agent.config.size import SIZE_PATTERN
from runtime.clock import Trust

Size = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": rf"^{SIZE_PATTERN}$"})]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
FilePath = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


TcpPort = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
Vector = tuple[float, float, float]


class LineKind(StrEnum):
    """`modbus-…`: asked, shared by units. `uart`: one device that talks by itself.

    `modbus-tcp` is the protocol of its own; `modbus-rtu-over-tcp` are the frames of a serial line
    behind a converter.
    """

    MODBUS_RTU = "modbus-rtu"
    UART = "uart"
    MODBUS_TCP = "modbus-tcp"
    MODBUS_RTU_OVER_TCP = "modbus-rtu-over-tcp"

    @property
    def is_asked(self) -> bool:
        """Whether its devices are asked one after another."""
        return self is not LineKind.UART

    @property
    def is_network(self) -> bool:
        """Whether it is reached by host and port number."""
        return self in (LineKind.MODBUS_TCP, LineKind.MODBUS_RTU_OVER_TCP)


class ReportMode(StrEnum):
    """Report what changes and a keep-alive, or every sample."""

    CHANGE = "change"
    ALWAYS = "always"


REMOTE_PORTS = (
    "/dev/serial/by-id/*",
    "/dev/serial/by-path/*",
    "/dev/lifeline/by-id/*",
    "/dev/lifeline/by-path/*",
    "/dev/ttyS*",
    "/dev/ttyUSB*",
    "/dev/ttyACM*",
    "/dev/ttyAMA*",
    "/dev/ttymxc*",
    "/dev/ttySTM*",
)
REMOTE_HOSTS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")


class GatewayTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`profiles`: a folder with profiles of the site, beside those shipped.

    `remote_ports`, `remote_hosts`: what a configuration from afar may name, beside what this file
    itself names: patterns of paths; networks, addresses and names.
    """

    id: str
    profiles: FilePath | None = None
    remote_ports: Annotated[tuple[FilePath, ...], msgspec.Meta(max_length=64)] = REMOTE_PORTS
    remote_hosts: Annotated[tuple[Text, ...], msgspec.Meta(max_length=64)] = REMOTE_HOSTS


class ClockTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who vouches for the wall clock."""

    trust: Trust = Trust.NTP


class BufferTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where readings wait for their receipts. Both sizes count payload.

    `group_readings`: so many of bulk are committed and sent as one batch, if they come within a
    second. More take fewer bytes of the uplink each, and longer on a slow one.
    `card_endurance`: what may be written to the card in its life, as its maker says (TBW).
    """

    path: FilePath = "/var/lib/lifeline/agent/buffer.db"
    size: Size = "256MiB"
    reserved_for_urgent: Size = "32MiB"
    card_endurance: Size = "10000GiB"
    group_readings: Annotated[int, msgspec.Meta(ge=10, le=2_000)] = 100


class MqttTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The broker. `port`: 8883, without TLS 1883. User name and client id: the gateway's id."""

    host: Text
    port: TcpPort | None = None
    tls: bool = True
    ca_file: FilePath | None = None
    username: Text | None = None
    password_file: FilePath | None = None
    password_env: Text | None = None
    client_id: Text | None = None


class HealthTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`socket`: what `edge-agent status` asks; without it `agent.sock` beside the buffer.

    `listen`: a port of this very machine that gives Prometheus its figures, such as
    "127.0.0.1:9464".
    """

    socket: FilePath | None = None
    listen: Text | None = None


class Rs485Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The kernel switches the transceiver by RTS. Levels: true is high.

    `delay_before_send`: from RTS to the first bit; `delay_after_send`: from the last bit to RTS.
    `hear_ourselves`: the receiver stays on while we send; then local_echo is true too.
    """

    rts_on_send: bool = True
    rts_after_send: bool = False
    delay_before_send: Duration = 0
    delay_after_send: Duration = 0
    hear_ourselves: bool = False


class LineTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A port: a path, or with `host` a number (502 for modbus-tcp).

    Speed and shape come from the profiles unless they stand here; those of modbus-rtu-over-tcp are
    those of the wire behind the converter.

    `settle`: how long a Modbus line rests after its port was opened, because whoever held it before
    may still be owed a reply; without it the longest `late_max` of its devices and a margin (none
    for modbus-tcp, whose replies name their request). `timeout`: how long a reply may take on a
    network line, if that is longer than the profile says. `connect_timeout`: and a connection.

    `rs485`: for a port whose transceiver is switched by RTS; most adapters switch it themselves.
    `local_echo`: the adapter hears what we send; it is checked and skipped.
    """

    kind: LineKind
    port: FilePath | TcpPort | None = None
    host: Text | None = None
    baud: Annotated[int, msgspec.Meta(ge=300, le=4_000_000)] | None = None
    parity: Parity | None = None
    stop_bits: Annotated[int, msgspec.Meta(ge=1, le=2)] | None = None
    settle: Duration | None = None
    timeout: Duration | None = None
    connect_timeout: Duration | None = None
    rs485: Rs485Table | None = None
    local_echo: bool = False


class DeviceTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device. `unit` and `poll_period`: the profile's unless they stand here.

    `baseline`: the acceleration (of any length) that a tilt sensor showed when all was well.
    `test_mode_for`: so long after this was taken all that it says is marked as test; once.
    `site_class`: one of those that the profile's rules know (`household`), for their set points.
    """

    profile: str
    line: str
    unit: int | None = None
    place: Text | None = None
    name: Text | None = None
    poll_period: Duration | None = None
    report: ReportMode = ReportMode.CHANGE
    test_mode_for: Duration | None = None
    baseline: Vector | None = None
    site_class: Name | None = None
    rules: tuple[Override, ...] = ()


class WhenTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule of a device, or a group of its rules."""

    device: str
    rule: Name


class LocalActionTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What this gateway does by itself while a rule holds: an action of a device's profile.

    `when`: any of these. `undo`: an action of the same device, done when none of them holds any
    more, or `undo_after` it was done. `delay`: so long a rule must hold. `only_when_cut_off`:
    while the server hears of the alarm, it is left to it. `in_test`: also when a test raises it.
    """

    when: Annotated[tuple[WhenTable, ...], msgspec.Meta(min_length=1, max_length=64)]
    device: str
    action: Name
    undo: Name | None = None
    undo_after: Duration | None = None
    delay: Duration = 0
    at_most_every: Duration = 60_000_000
    only_when_cut_off: bool = True
    in_test: bool = False


class AgentFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    gateway: GatewayTable
    mqtt: MqttTable
    clock: ClockTable = ClockTable()
    buffer: BufferTable = BufferTable()
    health: HealthTable = HealthTable()
    lines: dict[str, LineTable] = {}
    devices: dict[str, DeviceTable] = {}
    local_actions: dict[str, LocalActionTable] = {}
