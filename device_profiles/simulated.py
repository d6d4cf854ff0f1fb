"""Which simulator plays which device: a table by hand, since the two know nothing of each other."""

from typing import Final

SIMULATORS: Final = {
    "bcd_ruler": "bcd-ruler",
    "calectro_ug3": "ug3",
    "dfrobot_a02yyuw": "a02yyuw",
    "dfrobot_sen0676": "sen0676",
    "dfrobot_sen0754": "sen0754",
    "di2_modbus_sqr2": "sqr2",
    "gst9000_printer": "gst9000",
    "hlk_ld2410": "ld2410",
    "hlk_ld2450": "ld2450",
    "honeywell_sensepoint_xcd": "xcd",
    "honeywell_xcl": "xcl",
    "honeywell_xrl": "xrl",
    "micradar_r60abd1": "r60abd1",
    "micradar_r60afd1": "r60afd1",
    "qdy30a": "qdy30a",
    "seeed_mr60bha2": "mr60bha2",
    "seeed_mr60fda2": "mr60fda2",
    "u16_ruler": "u16-ruler",
    "winsen_mhz9041a": "mhz9041a",
    "witmotion_485": "wt901c485",
}
"""By profile, the sub-command of `simulators`; a profile without one is not here."""
