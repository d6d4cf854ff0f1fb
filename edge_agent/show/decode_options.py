"""The sub-command `decode`: its options and examples."""

import argparse

from edge_agent.show.answer import Answer
from edge_agent.show.on_site_commands import add_language

_EXAMPLES = """examples:
  edge-agent decode calectro_ug3 "01 02 01 0D 60 4D"
  edge-agent decode micradar_r60afd1 5359830100010132 5443 --json
  edge-agent decode dfrobot_sen0676 "01 03 02 01 5E 38 2C" --request "01 03 00 03 00 01 74 0A"

A Modbus reply does not name its address: without --request the likeliest read of the profile is
taken, and said. At most 16384 bytes are looked at. What only other frames could tell (an installed
height, who answers) is not held against a value; notes say so.

exit codes: 0 every frame is good, 1 one is refused (the reason is named), 2 usage"""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Its parser."""
    decode = commands.add_parser(
        "decode",
        help="what one frame from or to a device means",
        description="Says what one frame from or to a device means, byte for byte, offline.",
        epilog=_EXAMPLES,
    )
    decode.add_argument("profile", metavar="PROFILE", help="id of the catalogue, or a TOML file")
    decode.add_argument(
        "hex",
        metavar="HEX",
        nargs="+",
        help="the frame, or several in a row; spaces, commas, 0x and case do not matter",
    )
    decode.add_argument(
        "--request", metavar="HEX", help="the Modbus request that it answers: checked against it"
    )
    add_language(decode)
    decode.add_argument("--json", action="store_true", help="for scripts")


def decode(chosen: argparse.Namespace) -> Answer:
    """Run it."""
    from edge_agent.show import decode as its  # noqa: PLC0415 - it knows drivers and buses

    return its.decode(
        chosen.profile,
        " ".join(chosen.hex),
        request=chosen.request,
        json=chosen.json,
        language=chosen.lang,
    )
