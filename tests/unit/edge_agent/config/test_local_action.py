"""Local actions as the agent works with them: rules in force, durations, defaults."""

from pathlib import Path

from edge_agent.config.load import load_config

TEXT = """
gateway.id = "gw-001"
mqtt = { host = "localhost", tls = false }
[lines.shed]
kind = "modbus-rtu"
baud = 9600
parity = "N"
stop_bits = 2
port = "/dev/ttyS0"
[devices.gas-01]
profile = "honeywell_sensepoint_xcd"
line = "shed"
[[devices.gas-01.rules]]
rule = "gas_low"
limit = 0.15
[devices.smoke-01]
profile = "calectro_ug3"
line = "shed"
unit = 9
[local_actions.siren]
when = [{ device = "gas-01", rule = "gas_low" }, { device = "smoke-01", rule = "smoke" }]
device = "smoke-01"
action = "relay_test"
undo = "reset"
undo_after = "10min"
delay = "2s"
"""


def test_rules_are_those_in_force(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(TEXT)
    (siren,) = load_config(file, {}).config.local_actions
    assert [(device, rule.id) for device, rule in siren.when] == [
        ("gas-01", "gas_low"),
        ("smoke-01", "smoke"),
    ]
    assert getattr(siren.when[0][1], "limit", None) == 0.15
    assert (siren.device, siren.action, siren.undo) == ("smoke-01", "relay_test", "reset")
    assert (siren.undo_after_us, siren.delay_us) == (600_000_000, 2_000_000)
    assert (siren.at_most_every_us, siren.only_when_cut_off, siren.in_test) == (
        60_000_000,
        True,
        False,
    )


def test_the_hash_covers_them(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(TEXT)
    with_it = load_config(file, {}).config.hash
    file.write_text(TEXT.partition("[local_actions")[0])
    without = load_config(file, {}).config.hash
    assert with_it != without
