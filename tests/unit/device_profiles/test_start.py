import re
import tomllib
from pathlib import Path

import pytest

from device_profiles.check_text import FILL_IN
from device_profiles.load import CatalogError, load_profile
from device_profiles.model import DeviceKind
from device_profiles.start import name_trouble, next_steps, start_text

KINDS = pytest.mark.parametrize("kind", DeviceKind)
TRANSPORTS = pytest.mark.parametrize("transport", ["modbus", "stream"])


@KINDS
@TRANSPORTS
def test_every_mark_is_named_until_it_is_written_over(
    tmp_path: Path, kind: DeviceKind, transport: str
) -> None:
    file = tmp_path / "new.toml"
    text = start_text("new", kind, transport)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        load_profile(file)
    marks = [number for number, line in enumerate(text.splitlines(), 1) if f'"{FILL_IN}:' in line]
    assert {one.line for one in caught.value.problems} == set(marks)
    filled = re.sub(rf'grade = "{FILL_IN}[^"]*"', 'grade = "A"', text)
    file.write_text(re.sub(rf'"{FILL_IN}[^"]*"', '"Written 写好"', filled), encoding="utf-8")
    profile = load_profile(file)
    assert (profile.id, profile.kind) == ("new", kind)
    assert profile.transport.__struct_config__.tag == transport


def test_an_editor_finds_its_schema() -> None:
    first = start_text("new", DeviceKind.SMOKE, "modbus").splitlines()[0]
    assert first == "#:schema ./device-profile.schema.json"
    assert tomllib.loads(start_text("new", DeviceKind.SMOKE, "modbus"))["id"] == "new"


def test_a_name_is_a_name_and_not_taken() -> None:
    assert name_trouble("my_gauge", {"bcd_ruler"}) is None
    assert "is no name" in (name_trouble("My-Gauge", ()) or "")
    assert "is shipped already" in (name_trouble("bcd_ruler", {"bcd_ruler"}) or "")


def test_the_next_steps_name_the_file() -> None:
    assert "device-profiles check my.toml" in next_steps(Path("my.toml"))
