"""Every kind that a scenario may play: how it is made, and which profile reads it."""

from typing import Final

from simulators.device_kinds import KINDS, Kind
from simulators.stream_kinds import STREAMS, StreamKind

PROFILES: Final = {
    "ug3": "calectro_ug3",
    "bcd-ruler": "bcd_ruler",
    "u16-ruler": "u16_ruler",
    "sen0676": "dfrobot_sen0676",
    "qdy30a": "qdy30a",
    "wt901c485": "witmotion_485",
    "sqr2": "di2_modbus_sqr2",
    "xcd": "honeywell_sensepoint_xcd",
    "xrl": "honeywell_xrl",
    "xcl": "honeywell_xcl",
    "r60afd1": "micradar_r60afd1",
    "r60abd1": "micradar_r60abd1",
    "mr60fda2": "seeed_mr60fda2",
    "mr60bha2": "seeed_mr60bha2",
    "ld2410": "hlk_ld2410",
    "ld2450": "hlk_ld2450",
    "a02yyuw": "dfrobot_a02yyuw",
    "sen0754": "dfrobot_sen0754",
    "mhz9041a": "winsen_mhz9041a",
    "gst9000": "gst9000_printer",
}
TWO_DEVICES: Final = "manhole"
MODBUS: Final[dict[str, Kind]] = {kind.name: kind for kind in KINDS if kind.name != TWO_DEVICES}
STREAM: Final[dict[str, StreamKind]] = {kind.name: kind for kind in STREAMS}
SPEAKS_LATER: Final = frozenset({"gst9000"})
"""Kinds that say nothing as long as nothing happens: nobody can wait to hear them."""
