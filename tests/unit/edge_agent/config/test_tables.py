"""Which values a table of agent.toml takes, and what stands where nothing was written."""

from typing import Any

import msgspec
import pytest

from edge_agent.config.size import parse_size
from edge_agent.config.tables import (
    AgentFile,
    BufferTable,
    ClockTable,
    DeviceTable,
    GatewayTable,
    HealthTable,
    LineKind,
    LineTable,
    MqttTable,
    ReportMode,
)
from runtime.clock import Trust

LINE = {"kind": "modbus-rtu", "port": "/dev/ttyS0"}
DEVICE = {"profile": "calectro_ug3", "line": "shed"}
MQTT = {"host": "mqtt.example.org"}


def test_the_shortest_file_is_safe() -> None:
    """TLS is on, nobody's clock is believed without NTP, and no device is in test mode."""
    file = msgspec.convert({"gateway": {"id": "gw-001"}, "mqtt": MQTT}, AgentFile)
    assert (file.mqtt.tls, file.mqtt.port, file.clock.trust) == (True, None, Trust.NTP)
    assert (file.lines, file.devices, file.health.socket) == ({}, {}, None)
    device = msgspec.convert(DEVICE, DeviceTable)
    assert (device.test_mode_for, device.report, device.rules) == (None, ReportMode.CHANGE, ())


def test_the_room_reserved_for_urgent_is_part_of_the_buffer() -> None:
    table = BufferTable()
    assert 0 < parse_size(table.reserved_for_urgent) < parse_size(table.size)


@pytest.mark.parametrize(
    ("table", "given"),
    [
        (GatewayTable, {"id": "gw-001"}),
        (ClockTable, {}),
        (BufferTable, {}),
        (MqttTable, MQTT),
        (HealthTable, {}),
        (LineTable, LINE),
        (DeviceTable, DEVICE),
        (AgentFile, {"gateway": {"id": "gw-001"}, "mqtt": MQTT}),
    ],
    ids=lambda one: one.__name__ if isinstance(one, type) else "",
)
def test_an_unknown_key_is_an_error(table: type, given: dict[str, Any]) -> None:
    msgspec.convert(given, table)
    with pytest.raises(msgspec.ValidationError, match="unknown field `colour`"):
        msgspec.convert({**given, "colour": "red"}, table)


@pytest.mark.parametrize(
    ("table", "given", "missing"),
    [
        (GatewayTable, {}, "id"),
        (MqttTable, {}, "host"),
        (LineTable, {"port": "/dev/ttyS0"}, "kind"),
        (DeviceTable, {"line": "shed"}, "profile"),
        (DeviceTable, {"profile": "calectro_ug3"}, "line"),
        (AgentFile, {"gateway": {"id": "gw-001"}}, "mqtt"),
    ],
)
def test_what_nobody_can_guess_must_be_written(
    table: type, given: dict[str, Any], missing: str
) -> None:
    with pytest.raises(msgspec.ValidationError, match=f"required field `{missing}`"):
        msgspec.convert(given, table)


@pytest.mark.parametrize(
    ("table", "given", "key", "least", "most"),
    [
        (MqttTable, MQTT, "port", 1, 65_535),
        (LineTable, LINE, "baud", 300, 4_000_000),
        (LineTable, LINE, "stop_bits", 1, 2),
        (BufferTable, {}, "group_readings", 10, 2_000),
    ],
)
def test_numbers_have_bounds(
    table: type, given: dict[str, Any], key: str, least: int, most: int
) -> None:
    for right in (least, most):
        assert getattr(msgspec.convert({**given, key: right}, table), key) == right
    for wrong in (least - 1, most + 1, True, "9600"):
        with pytest.raises(msgspec.ValidationError, match=key):
            msgspec.convert({**given, key: wrong}, table)


@pytest.mark.parametrize(
    ("table", "given", "key", "longest"),
    [
        (MqttTable, MQTT, "host", 128),
        (MqttTable, MQTT, "client_id", 128),
        (LineTable, LINE, "port", 1_000),
        (BufferTable, {}, "path", 1_000),
        (DeviceTable, DEVICE, "place", 128),
    ],
)
def test_texts_are_bounded_and_not_empty(
    table: type, given: dict[str, Any], key: str, longest: int
) -> None:
    msgspec.convert({**given, key: "x" * longest}, table)
    for wrong in ("", "x" * (longest + 1)):
        with pytest.raises(msgspec.ValidationError, match=key):
            msgspec.convert({**given, key: wrong}, table)


@pytest.mark.parametrize(
    ("table", "given", "key"),
    [
        (LineTable, LINE, "kind"),
        (LineTable, LINE, "parity"),
        (DeviceTable, DEVICE, "report"),
        (ClockTable, {}, "trust"),
    ],
)
def test_a_choice_is_one_of_those_named(table: type, given: dict[str, Any], key: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=f"Invalid enum value .*{key}"):
        msgspec.convert({**given, key: "sometimes"}, table)


def test_a_line_is_asked_or_heard() -> None:
    kinds = {msgspec.convert({**LINE, "kind": kind.value}, LineTable).kind for kind in LineKind}
    assert kinds == set(LineKind)
    assert [kind for kind in LineKind if not kind.is_asked] == [LineKind.UART]
    assert [kind for kind in LineKind if kind.is_network] == [
        LineKind.MODBUS_TCP,
        LineKind.MODBUS_RTU_OVER_TCP,
    ]
