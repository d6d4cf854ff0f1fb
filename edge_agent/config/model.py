"""The configuration as the agent uses it: every default filled in, every name resolved."""

from pathlib import Path

import msgspec

from alarm_rules.in_force import InForce
from alarm_rules.override import Override
from device_profiles.model import Profile
from device_profiles.transport import Serial
from edge_agent.config.local_plan import LocalActionConfig
from edge_agent.config.tables import LineKind, ReportMode, Rs485Table, Vector
from runtime.clock import Trust
from runtime.mqtt_words import Options


class BufferConfig(msgspec.Struct, frozen=True):
    """Sizes in bytes of payload. `group_readings`: of bulk, in one batch.

    `endurance`: bytes that the card can take in its life.
    """

    path: Path
    size: int
    reserved: int
    group_readings: int
    endurance: int


class NetworkConfig(msgspec.Struct, frozen=True):
    """Where a network line connects to. `timeout_us`: replies may take so long, at the least."""

    host: str
    port: int
    timeout_us: int
    connect_us: int


class LineConfig(msgspec.Struct, frozen=True):
    """A port and how it is set. `settle_us` is 0 for a stream.

    `port`: a path, or `host:number` of a network line. `rs485`: RTS switches the transceiver.
    """

    name: str
    kind: LineKind
    port: str
    serial: Serial
    settle_us: int
    network: NetworkConfig | None
    rs485: Rs485Table | None
    local_echo: bool


class DeviceConfig(msgspec.Struct, frozen=True):
    """A device. `unit` is 0 and `period_us` is 0 on a stream.

    `test_us`: how long it is to be in test mode; `is_test`: whether it is so at present.
    `rules` are those in force; `site_class` and `overrides` are what made them of the profile's.
    """

    id: str
    profile: Profile
    profile_hash: str
    line: str
    unit: int
    period_us: int
    report: ReportMode
    is_test: bool
    test_us: int
    rules: InForce
    baseline: Vector | None
    site_class: str | None
    overrides: tuple[Override, ...]
    place: str | None
    name: str | None


class Config(msgspec.Struct, frozen=True):
    """What one agent is to do.

    `hash` covers all of it except where its secrets stand, `watched_hash` lines and devices alone.
    """

    gateway: str
    trust: Trust
    buffer: BufferConfig
    mqtt: Options
    socket: Path
    figures: tuple[str, int] | None
    lines: tuple[LineConfig, ...]
    devices: tuple[DeviceConfig, ...]
    local_actions: tuple[LocalActionConfig, ...]
    hash: str
    watched_hash: str

    def devices_of(self, line: str) -> tuple[DeviceConfig, ...]:
        return tuple(device for device in self.devices if device.line == line)
