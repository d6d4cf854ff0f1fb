from alarm_rules.rule import Words
from device_profiles.encoding import Table
from device_profiles.model import Setting
from edge_agent.driver.alone import Alone
from edge_agent.driver.decode import Decoded
from edge_agent.driver.raw import Raw
from edge_agent.show.decode_said import (
    names,
    row_of,
    setting_row,
    setting_rows,
    shown,
    step_of,
)
from tests.shipped import PROFILES
from wire.quality import bad


def test_raw_is_a_number_or_the_bytes() -> None:
    assert shown(Raw(b"\x01\x5e", 350)) == 350
    assert shown(Raw(b"CO", text="CO")) == "43 4F"
    assert shown(Raw(b"\x01\x2a")) == "01 2A"


def test_a_label_is_a_word_of_an_enumeration_only() -> None:
    state = PROFILES["honeywell_sensepoint_xcd"].point("state")
    gas = PROFILES["honeywell_sensepoint_xcd"].point("gas")
    assert row_of(Alone(state, Raw(b"\x01", 1), Decoded("normal"))).label == "normal"
    assert row_of(Alone(state, None, Decoded(None, bad("warm_up")))).label is None
    assert row_of(Alone(gas, Raw(b"CO", text="CO"), Decoded("CO"))).label is None


def test_a_setting_is_a_number_in_its_unit_with_the_word_of_its_choice() -> None:
    title = Words("a", "一")
    row = setting_row(Setting(id="delay", title=title, unit="s", scale=60.0), 5)
    assert (row.raw, row.value, row.unit, row.label) == (5, 300.0, "s", None)
    switch = Setting(id="switch", title=title, choices={"1": "on"})
    assert setting_row(switch, 1).label == "on"


def test_settings_lie_in_registers_as_a_whole() -> None:
    gauge = PROFILES["qdy30a"]
    rows = list(setting_rows(gauge, Table.HOLDING_REGISTERS, 2, [18, 3]))
    assert [(row.name, row.raw, row.label) for row in rows] == [
        ("unit", 18, "m"),
        ("decimals", 3, None),
    ]
    assert list(setting_rows(gauge, Table.INPUT_REGISTERS, 2, [18, 3])) == []


def test_steps_and_names() -> None:
    assert step_of("reset", 0, 1) == "reset"
    assert step_of("restart", 1, 3) == "restart (2/3)"
    assert names(PROFILES["di2_modbus_sqr2"].points) == "cover_open, float_raised"
