"""The words of an R60AFD1 fall radar: its reports, its queries, and the settings it keeps."""

from typing import Final

from simulators.r60_words import R60Setting, R60Words

HEIGHTS_QUERY: Final = (0x83, 0x8E)
ACCUMULATION_QUERY: Final = (0x83, 0x8F)
AUTO_HEIGHT_QUERY: Final = (0x83, 0x90)

# Maker's user manual V1.6. Ranges are the manual's; where it names no default (switches, distances,
# heights, widths of the trajectory settings) the value is this simulator's assumption.
WORDS: Final = R60Words(
    reports={
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
    },
    queries={
        (0x80, 0x81): "presence",
        (0x80, 0x82): "motion",
        (0x80, 0x83): "movement",
        (0x83, 0x81): "fall",
        (0x83, 0x85): "still",
        (0x83, 0x92): "trajectory",
    },
    settings={
        "presence_switch": R60Setting(0x80, 0x00, 1, 0, 1, 1),
        "still_distance_cm": R60Setting(0x80, 0x0D, 2, 0, 300, 300),
        "moving_distance_cm": R60Setting(0x80, 0x0E, 2, 0, 300, 300),
        "absence_s": R60Setting(0x80, 0x12, 4, 5, 1800, 30),
        "fall_switch": R60Setting(0x83, 0x00, 1, 0, 1, 1),
        "still_duration_s": R60Setting(0x83, 0x0A, 4, 60, 3600, 300),
        "still_switch": R60Setting(0x83, 0x0B, 1, 0, 1, 1),
        "fall_duration_s": R60Setting(0x83, 0x0C, 4, 5, 180, 5),
        "sensitivity": R60Setting(0x83, 0x0D, 1, 0, 3, 3),
        "break_height_cm": R60Setting(0x83, 0x11, 2, 0, 150, 65),
        "trajectory_period_s": R60Setting(0x83, 0x13, 4, 1, 3600, 2),
        "trajectory_switch": R60Setting(0x83, 0x14, 1, 0, 1, 1),
        "height_switch": R60Setting(0x83, 0x15, 1, 0, 1, 1),
        "installed_height_cm": R60Setting(0x06, 0x02, 2, 0, 500, 270),
        "angles": R60Setting(0x06, 0x01, 6, 0, (1 << 48) - 1, 0),
    },
)
