"""The words of an R60AFD1 fall radar: its reports, its queries, and the settings it keeps."""

from dataclasses import dataclass
from typing import Final

QUERY_BIT: Final = 0x80

# Names of the reports, for faults (`only=`) and for the record of what was sent.
REPORTS: Final = {
    "heartbeat": (0x01, 0x01),
    "init": (0x05, 0x01),
    "chip_fault": (0x05, 0x02),
    "uptime": (0x05, 0x03),
    "scenario": (0x05, 0x07),
    "presence": (0x80, 0x01),
    "motion": (0x80, 0x02),
    "movement": (0x80, 0x03),
    "fall": (0x83, 0x01),
    "still": (0x83, 0x05),
    "heights": (0x83, 0x0E),
    "trajectory": (0x83, 0x12),
}
NAME_OF_REPORT: Final = {key: name for name, key in REPORTS.items()}
CONDITION_QUERIES: Final = {
    (0x80, 0x81): "presence",
    (0x80, 0x82): "motion",
    (0x80, 0x83): "movement",
    (0x83, 0x81): "fall",
    (0x83, 0x85): "still",
}
RESET: Final = (0x01, 0x02)
INIT_QUERY: Final = (0x05, 0x81)
HEIGHTS_QUERY: Final = (0x83, 0x8E)
TRAJECTORY_QUERY: Final = (0x83, 0x92)
ACCUMULATION_QUERY: Final = (0x83, 0x8F)
AUTO_HEIGHT_QUERY: Final = (0x83, 0x90)
IDENTITY: Final = 0x02
MODEL, ID, HARDWARE, FIRMWARE = 0xA1, 0xA2, 0xA3, 0xA4


@dataclass(frozen=True, slots=True)
class RadarSetting:
    """One number the host can set and query; the query's command is the setting's with bit 7."""

    control: int
    command: int
    width: int
    least: int
    most: int
    default: int

    @property
    def key(self) -> tuple[int, int]:
        return self.control, self.command

    def decode(self, data: bytes) -> int | None:
        """Return the number that the data of a setting carries, None if the device ignores it."""
        value = int.from_bytes(data, "big")
        return value if len(data) == self.width and self.allows(value) else None

    def allows(self, value: int) -> bool:
        return self.least <= value <= self.most

    def encode(self, value: int) -> bytes:
        return value.to_bytes(self.width, "big")


# Maker's user manual V1.6. Ranges are the manual's; where it names no default (switches, distances,
# heights, widths of the trajectory settings) the value is this simulator's assumption.
SETTINGS: Final = {
    "presence_switch": RadarSetting(0x80, 0x00, 1, 0, 1, 1),
    "still_distance_cm": RadarSetting(0x80, 0x0D, 2, 0, 300, 300),
    "moving_distance_cm": RadarSetting(0x80, 0x0E, 2, 0, 300, 300),
    "absence_s": RadarSetting(0x80, 0x12, 4, 5, 1800, 30),
    "fall_switch": RadarSetting(0x83, 0x00, 1, 0, 1, 1),
    "still_duration_s": RadarSetting(0x83, 0x0A, 4, 60, 3600, 300),
    "still_switch": RadarSetting(0x83, 0x0B, 1, 0, 1, 1),
    "fall_duration_s": RadarSetting(0x83, 0x0C, 4, 5, 180, 5),
    "sensitivity": RadarSetting(0x83, 0x0D, 1, 0, 3, 3),
    "break_height_cm": RadarSetting(0x83, 0x11, 2, 0, 150, 65),
    "trajectory_period_s": RadarSetting(0x83, 0x13, 4, 1, 3600, 2),
    "trajectory_switch": RadarSetting(0x83, 0x14, 1, 0, 1, 1),
    "height_switch": RadarSetting(0x83, 0x15, 1, 0, 1, 1),
    "installed_height_cm": RadarSetting(0x06, 0x02, 2, 0, 500, 270),
    "angles": RadarSetting(0x06, 0x01, 6, 0, (1 << 48) - 1, 0),
}
BY_SET: Final = {setting.key: name for name, setting in SETTINGS.items()}
BY_QUERY: Final = {
    (setting.control, setting.command | QUERY_BIT): name for name, setting in SETTINGS.items()
}
