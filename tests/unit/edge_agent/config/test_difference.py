"""What was changed on site is named key by key; other words for the same are no change."""

import tomllib

from edge_agent.config.difference import MOST, differences

LINE = '[lines.shed]\nkind = "modbus-rtu"\nport = "ttyShed"\n'
DEVICE = '[devices.a]\nprofile = "calectro_ug3"\nline = "shed"\n'


def told(wanted: str, here: str) -> list[str]:
    return [*differences(tomllib.loads(wanted), tomllib.loads(here))]


def test_a_key_with_both_its_values_or_the_side_on_which_it_stands() -> None:
    assert told(LINE + DEVICE, LINE + DEVICE) == []
    assert told(LINE + DEVICE + "unit = 2\n", LINE + "baud = 4800\n" + DEVICE + "unit = 3\n") == [
        "+ lines.shed.baud = 4800",
        "- devices.a.unit = 2",
        "+ devices.a.unit = 3",
    ]
    assert told(LINE + DEVICE + 'place = "hall"\n', LINE + DEVICE) == ['- devices.a.place = "hall"']


def test_whole_tables() -> None:
    other = DEVICE.replace(".a]", ".b]")
    assert told(LINE + DEVICE, LINE + other) == [
        '- devices.a = {"profile": "calectro_ug3", "line": "shed"}',
        '+ devices.b = {"profile": "calectro_ug3", "line": "shed"}',
    ]


def test_defaults_and_other_words_do_not_differ() -> None:
    here = LINE + DEVICE + 'report = "change"\npoll_period = "2s"\n'
    assert told(LINE + DEVICE + 'poll_period = "2000ms"\n', here) == []
    wrong = LINE + DEVICE + 'report = "change"\ncolour = 1\n'  # not sound: as it stands there
    assert told(LINE + DEVICE, wrong) == ["+ devices.a.colour = 1"]


def test_it_is_bounded_and_tells_no_secret() -> None:
    many = "".join(DEVICE.replace(".a]", f".a{n}]") for n in range(MOST + 5))
    found = told("", many)
    assert (len(found), found[-1]) == (MOST + 1, "… 5")
    (line,) = told(LINE, LINE + f'place = "{"x" * 500}"\n')
    assert (len(line) < 200, line.endswith("…")) == (True, True)
    assert told(LINE, LINE + 'api_token = "s3cret"\n') == ["+ lines.shed.api_token = …"]


def test_what_is_no_table_is_passed_over() -> None:
    assert told("lines = 3\n", "devices = 4\n") == []
    assert told(LINE, "lines.shed = 3\n") == [
        '- lines.shed.kind = "modbus-rtu"',
        '- lines.shed.port = "ttyShed"',
    ]
