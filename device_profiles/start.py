"""The file that a new profile begins with: commented, and marked where it is to be filled in."""

from collections.abc import Container
from pathlib import Path
from string import Template
from typing import Final

from device_profiles.check_text import FILL_IN
from device_profiles.model import SCHEMA, DeviceKind
from wire.reading import POINT

_BLANK: Final = Path(__file__).with_name("blank")
_STATE: Final = {
    "value": "state",
    "unit": "",
    "table": "discrete_inputs",
    "type": "bit",
    "field_type": "u8",
    "length": "1",
    "scale": "",
    "rule": "state",
    "condition": "equals = true",
}
_NUMBER: Final = {
    "value": "number",
    "table": "holding_registers",
    "type": "u16",
    "field_type": "u16",
    "length": "2",
    "rule": "limit",
}
_KINDS: Final[dict[DeviceKind, dict[str, str]]] = {
    DeviceKind.SMOKE: {**_STATE, "point": "smoke", "en": "Smoke alarm", "zh": "烟雾报警"},
    DeviceKind.MANHOLE: {**_STATE, "point": "cover_open", "en": "Cover open", "zh": "井盖打开"},
    DeviceKind.RADAR: {**_STATE, "point": "fall", "en": "Fall", "zh": "跌倒"},
    DeviceKind.WATER: {
        **_NUMBER,
        "point": "level",
        "en": "Water level",
        "zh": "水位",
        "unit": 'unit = "m"\n',
        "scale": ", scale = 0.001",
        "condition": "limit = 0.25\ndeadband = 0.02",
    },
    DeviceKind.GAS: {
        **_NUMBER,
        "point": "lel",
        "en": "Gas, share of the lower explosive limit",
        "zh": "气体浓度（爆炸下限占比）",
        "unit": 'unit = "/"  # a ratio: 20 %LEL is 0.2\n',
        "scale": ", scale = 0.01, maximum = 1.0",
        "condition": "limit = 0.2\ndeadband = 0.02",
    },
}


def start_text(profile_id: str, kind: DeviceKind, transport: str) -> str:
    """`transport` is "modbus" or "stream". Sound as soon as every mark is written over."""
    words = {**_KINDS[kind], "fill": FILL_IN, "id": profile_id, "kind": kind.value}
    parts = [(_BLANK / f"{name}.txt").read_text("utf-8") for name in ("head", transport, "rules")]
    return Template("".join(parts)).substitute(words, schema=SCHEMA)


def name_trouble(profile_id: str, taken: Container[str]) -> str | None:
    """Why a profile can not be called so; None when it can."""
    if not POINT.fullmatch(profile_id):
        return f"{profile_id!r} is no name: small letters, digits and _, at most 32, a letter first"
    if profile_id in taken:
        return f"{profile_id!r} is shipped already: name yours otherwise"
    return None


def next_steps(file: Path) -> str:
    """What to do with the file that was just written."""
    steps = (
        f'write what is marked "{FILL_IN}", and look up every number in the maker\'s document',
        f"device-profiles check {file}, until it has no errors",
        f"device-profiles show {file}, and read it as a technician would",
        f'edge-agent decode {file} "HEX", with frames from the document or the device',
        'put it into the folder that agent.toml names: [gateway] profiles = "profiles"',
    )
    told = [f"  {number}. {step}" for number, step in enumerate(steps, 1)]
    return "\n".join([f"{file} is written. Next:", *told])
