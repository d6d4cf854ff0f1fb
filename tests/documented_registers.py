"""What stands in the registers of every Modbus device, by hand from its maker's document.

No code of ours makes these numbers: what a third party's slave shows is compared with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from wire.reading import Value


@dataclass(frozen=True, slots=True)
class Case:
    """What stands in the registers of a device, and what that means, point by point."""

    unit: int
    registers: tuple[str, ...]
    values: Mapping[str, Value | None]
    baseline: tuple[float, float, float] | None = None


CASES = {
    # Mounted, no service, smoke, relay; its two codes to be written.
    "calectro_ug3": Case(
        1,
        ("discrete_inputs 0 1 0 1 1", "holding_registers 0 0 234 0 567"),
        {"mounted": True, "service": False, "smoke": True, "relay": True},
    ),
    # 1 m 23 cm in BCD.
    "bcd_ruler": Case(3, ("holding_registers 0 0x0123",), {"level": 1.23, "raw": 0x0123}),
    # 27 cm, plain.
    "u16_ruler": Case(1, ("holding_registers 0 27",), {"level": 0.27}),
    # Distance and level in mm, installed height in cm.
    "dfrobot_sen0676": Case(
        1,
        ("holding_registers 1 2650", "holding_registers 3 350", "holding_registers 5 300"),
        {"distance": 2.65, "level": 0.35, "installed_height": 3.0},
    ),
    # From 0x34: acceleration / 2048 g (half a g, as y of a cover at 30 degrees); turning by half of
    # 2000 degrees a second about x, as much back about y; field; roll 2.50, pitch -12.00, yaw 0 as
    # in the SDK's frame; 0x2E version, 0x5C hundredths of a volt.
    "witmotion_485": Case(
        0x50,
        (
            "holding_registers 0x34 0 1024 1774 0x4000 0xC000 0 0 0 0 0x01C7 0xF777 0x0000",
            "holding_registers 0x2E 0x0A1E 0",
            "holding_registers 0x5C 1205",
        ),
        {
            "acceleration_x": 0.0,
            "acceleration_y": 4.9033,
            "acceleration_z": 8.4946,
            "rotation_x": 1000.0,
            "rotation_y": -1000.0,
            "rotation_z": 0.0,
            "firmware": 0x0A1E,
            "tilt": 30.0,
            "roll": 2.50,
            "pitch": -12.00,
            "yaw": 0.0,
            "battery": 12.05,
        },
        baseline=(0.0, 0.0, 9.80665),
    ),
    # 1 is well: the cover lies, the float is up.
    "di2_modbus_sqr2": Case(
        255,
        ("discrete_inputs 0 1 0 0 0 0 0 0 0",),
        {"cover_open": False, "float_raised": True},
    ),
    # 40001 type 0x25; 40003 f32 25.0; 40005 warning 2; 40006 alarm 1 and warning; 40007 normal;
    # 40009 f32 120 days; 40011 %LEL; 40046 "Methane"; 40057 f32 24000 mV; from 30014: alarm 1
    # active, alarm 2 latched, warning 2 active, fault 1 latched; 30001 software version,
    # 30004 "WELL 14"; 40017 -5 degrees; 40056 both relays.
    "honeywell_sensepoint_xcd": Case(
        1,
        (
            "holding_registers 0 0x2501 1 0x41C8 0x0000 2 0x11 1 0 0x42F0 0x0000 5 0x41C8 0x0000",
            "holding_registers 45 0x4D65 0x7468 0x616E 0x6500 0 0 0",
            "holding_registers 16 0xFFFB",
            "holding_registers 55 0x03 0x46BB 0x8000",
            "input_registers 13 0 1 0 2 0 2 0 0x40",
            "input_registers 0 15 2 0 0x5745 0x4C4C 0x2031 0x3400 0 0",
        ),
        {
            "lel": 0.25,
            "alarm": True,
            "alarm_high": False,
            "state": "normal",
            "unit": "lel",
            "gas": "Methane",
            "warning": True,
            "fault": False,
            "trouble_code": 2,
            "alarm_1_active": True,
            "alarm_2_active": False,
            "alarm_1_latched": False,
            "alarm_2_latched": True,
            "warning_active": True,
            "fault_active": False,
            "fault_latched": True,
            "calibration_due": 120 * 86_400.0,
            "peak": 0.25,
            "temperature": -5.0,
            "relays": 3,
            "software_version": 15,
            "location": "WELL 14",
            "supply": 24.0,
        },
    ),
    # 40101 type 0x26; 40103 f32 25.0; 40105 warning 2; 40106 alarm 1 and warning; 40107 normal;
    # 40108 heartbeat; 40109 f32 120 days; 40111 %LEL; 40112 f32 50.0; 40117 -5 degrees; 40132 bead;
    # 40146 "Methane"; 40155 120 days; 40156 relay 2; 40157 f32 24000 mV; 40160 both rising; 30011
    # normal; from 30014: alarm 1 active, alarm 2 latched, warning 2 in the lower half.
    "honeywell_xrl": Case(
        1,
        (
            "holding_registers 100 0x2601 0x2601 0x41C8 0x0000 2 0x11 1 4711 0x42F0 0x0000 1",
            "holding_registers 111 0x4248 0x0000",
            "holding_registers 116 0xFFFB",
            "holding_registers 131 1",
            "holding_registers 145 0x4D65 0x7468 0x616E 0x6500 0 0 0",
            "holding_registers 154 120 0x10 0x46BB 0x8000 0 0x11",
            "input_registers 10 1 0 0 0 1 0 2 0 2",
            "input_registers 0 15 2 0 0x5745 0x4C4C 0x2031 0x3400 0 0",
        ),
        {
            "lel": 0.25,
            "alarm": True,
            "alarm_high": False,
            "state": "normal",
            "heartbeat": 4711,
            "unit": "lel",
            "fault": False,
            "warning": True,
            "trouble_code": 2,
            "peak": 0.5,
            "monitor_status": "normal",
            "software_version": 15,
            "location": "WELL 14",
            "alarm_1_active": True,
            "alarm_2_active": False,
            "alarm_1_latched": False,
            "alarm_2_latched": True,
            "warning_active": True,
            "fault_active": False,
            "temperature": -5.0,
            "sensor_type": "catalytic",
            "gas": "Methane",
            "calibration_due": 120 * 86_400.0,
            "relay_1": False,
            "relay_2": True,
            "supply": 24.0,
            "alarm_type": 0x11,
        },
    ),
    # The same map: fault 3 (1203, bit 6, upper half of 30018), so that its 60.0 count for nothing.
    "honeywell_xcl": Case(
        1,
        (
            "holding_registers 100 0x2601 0x2601 0x4270 0x0000 1203 0x43 1 1 0x42F0 0x0000 1",
            "holding_registers 111 0x4270 0x0000",
            "holding_registers 116 21",
            "holding_registers 131 2",
            "holding_registers 145 0x4D65 0x7468 0x616E 0x6500 0 0 0",
            "holding_registers 154 30 0x01 0x46BB 0x8000 0 0x12",
            "input_registers 10 1 0 0 0 3 0 0 4 0",
            "input_registers 0 15 2 0 0x5745 0x4C4C 0x2031 0x3400 0 0",
        ),
        {
            "lel": None,
            "alarm": True,
            "alarm_high": True,
            "state": "normal",
            "heartbeat": 1,
            "unit": "lel",
            "fault": True,
            "warning": False,
            "trouble_code": 1203,
            "peak": 0.6,
            "monitor_status": "normal",
            "software_version": 15,
            "location": "WELL 14",
            "alarm_1_active": True,
            "alarm_2_active": True,
            "alarm_1_latched": False,
            "alarm_2_latched": False,
            "warning_active": False,
            "fault_active": True,
            "temperature": 21.0,
            "sensor_type": "infrared",
            "gas": "Methane",
            "calibration_due": 30 * 86_400.0,
            "relay_1": True,
            "relay_2": False,
            "supply": 24.0,
            "alarm_type": 0x12,
        },
    ),
    # Address, speed code, cm, one decimal, 123.4 cm, zero, full range of 500.0 cm.
    "qdy30a": Case(
        1,
        ("holding_registers 0 1 3 0x11 1 1234 0 5000",),
        {
            "level": 1.234,
            "unit": "cm",
            "decimals": 1,
            "zero": 0.0,
            "full_scale": 5.0,
            "raw": 1234,
            "device_address": 1,
            "baud": 3,
        },
    ),
}
