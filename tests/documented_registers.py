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
    values: Mapping[str, Value]
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
    # Distance and level in mm, installed height in cm.
    "dfrobot_sen0676": Case(
        1,
        ("holding_registers 1 2650", "holding_registers 3 350", "holding_registers 5 300"),
        {"distance": 2.65, "level": 0.35, "installed_height": 3.0},
    ),
    # From 0x34: acceleration / 2048 g (half a g, as y of a cover at 30 degrees), turning, field;
    # roll 2.50, pitch -12.00, yaw 0 as in the SDK's frame; 0x2E version, 0x5C hundredths of a volt.
    "witmotion_485": Case(
        0x50,
        (
            "holding_registers 0x34 0 1024 1774 0 0 0 0 0 0 0x01C7 0xF777 0x0000",
            "holding_registers 0x2E 0x0A1E 0",
            "holding_registers 0x5C 1205",
        ),
        {
            "acceleration_x": 0.0,
            "acceleration_y": 4.9033,
            "acceleration_z": 8.4946,
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
    # active, alarm 2 latched, warning 2 active, fault 1 latched; 30001 software version.
    "honeywell_sensepoint_xcd": Case(
        1,
        (
            "holding_registers 0 0x2501 1 0x41C8 0x0000 2 0x11 1 0 0x42F0 0x0000 5 0x41C8 0x0000",
            "holding_registers 45 0x4D65 0x7468 0x616E 0x6500 0 0 0",
            "holding_registers 56 0x46BB 0x8000",
            "input_registers 13 0 1 0 2 0 2 0 0x40",
            "input_registers 0 15",
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
            "supply": 24.0,
        },
    ),
}
