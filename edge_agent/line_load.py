"""How much of a line's time its devices ask for, computed from the wire."""

from device_profiles.encoding import BIT_TABLES
from device_profiles.transport import Modbus
from edge_agent.assembly import serial_format
from edge_agent.bus.wire_time import SerialFormat
from edge_agent.config.model import Config, DeviceConfig
from edge_agent.config.tables import LineKind
from edge_agent.driver.request_plan import PlannedRead, plan_reads

FULL = 0.8
"""Above this share single damaged replies already make polls late."""

_ON_A_WIRE = (LineKind.MODBUS_RTU, LineKind.MODBUS_RTU_OVER_TCP)  # whose speed is known
_REQUEST_CHARACTERS = 8  # unit, function, address, count, CRC
_REPLY_CHARACTERS = 5  # unit, function, byte count, CRC; the data come on top
_THINKING_US = 10_000  # engineering: what a device takes before it answers


def line_loads(config: Config) -> dict[str, float]:
    """By Modbus line: the share of its time that all polls take when every device answers.

    Not of Modbus TCP: what wire is behind the server is not known.
    """
    return {
        line.name: sum(
            _share(device, serial_format(line.serial)) for device in config.devices_of(line.name)
        )
        for line in config.lines
        if line.kind in _ON_A_WIRE
    }


def overloads(config: Config) -> tuple[str, ...]:
    """A sentence for each line that can not carry its polls."""
    return tuple(
        f"line {name} is asked for {load:.0%} of its time: poll less often, raise its baud, "
        "or move devices to another line"
        for name, load in line_loads(config).items()
        if load > FULL
    )


def _share(device: DeviceConfig, shape: SerialFormat) -> float:
    transport = device.profile.transport
    if not isinstance(transport, Modbus):
        return 0.0
    gap_us = max(shape.gap_us, transport.turnaround)
    reads = plan_reads(device.profile.points, transport)
    return sum(
        (_read_us(read, shape) + gap_us + _THINKING_US) / max(device.period_us, read.every_us)
        for read in reads
    )


def _read_us(read: PlannedRead, shape: SerialFormat) -> int:
    size = -(-read.count // 8) if read.table in BIT_TABLES else 2 * read.count
    return shape.duration_us(_REQUEST_CHARACTERS + _REPLY_CHARACTERS + size)
