"""Sound sections are kept beside wrong ones, and every problem has its place."""

import tomllib

from edge_agent.config.sections import Sections, read_sections
from edge_agent.config.tables import LineKind


def read(text: str) -> Sections:
    return read_sections(tomllib.loads(text))


def problems(text: str) -> list[str]:
    return [str(problem) for problem in read(text).problems]


def test_a_least_file_has_every_default() -> None:
    found = read('gateway.id = "gw-001"\nmqtt.host = "localhost"')
    file = found.whole()
    assert file is not None
    assert file.buffer.size == "256MiB"
    assert file.clock.trust == "ntp"
    assert file.mqtt.tls is True


def test_an_empty_file_misses_two_keys() -> None:
    assert [one.partition(": is missing")[0] for one in problems("")] == ["gateway.id", "mqtt.host"]


def test_what_is_no_table() -> None:
    found = problems('gateway = 1\nmqtt.host = "x"\n[devices]\nsmoke = 2')
    assert "gateway: is 1, should be a table: write [gateway]" in found
    assert any(one.startswith("devices.smoke: is not a known key; each has") for one in found)


def test_a_wrong_key_does_not_hide_its_table_from_the_cross_checks() -> None:
    found = read('[lines.shed]\nkind = "uart"\nport = "x"\nbaut = 9600')
    assert found.lines["shed"].kind is LineKind.UART
    assert [one.key for one in found.problems if one.table == "lines.shed"] == ["baut"]


def test_a_wrong_unit_does_hide_it_since_the_default_was_not_meant() -> None:
    found = read('[devices.d]\nprofile = "p"\nline = "l"\nunit = "one"')
    assert found.devices == {}
    assert found.whole() is None


def test_test_mode_without_an_end_is_refused_with_the_new_spelling() -> None:
    found = read('[devices.d]\nprofile = "p"\nline = "l"\ntest_mode = true\nunit = 3\n')
    (problem,) = [one for one in found.problems if one.table == "devices.d"]
    assert (problem.key, 'write test_mode_for = "2h" (at most 8h)' in problem.message) == (
        "test_mode", True,
    )  # fmt: skip
    assert found.devices["d"].unit == 3


def test_problems_within_a_rule_are_placed() -> None:
    text = '[devices.d]\nprofile = "p"\nline = "l"\n[[devices.d.rules]]\nrule = "x"\ndurtion = "1s"'
    assert any(
        "devices.d.rules[0].durtion" in one and "'duration'" in one for one in problems(text)
    )


def test_secrets_are_sent_elsewhere() -> None:
    found = problems('gateway.id = "g"\n[mqtt]\nhost = "h"\npassword = "s3cret"')
    assert found == [
        "mqtt.password: secrets do not stand in this file: write password_file or password_env"
    ]
