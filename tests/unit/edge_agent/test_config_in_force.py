"""What is in force is exchanged whole: plans, profiles, and what a birth says of it."""

from pathlib import Path

import pytest

from edge_agent.config.load import load_config
from edge_agent.config.model import Config
from edge_agent.config_in_force import ConfigInForce, said_of
from wire.topic import Lane

HEAD = 'gateway.id = "gw-001"\nmqtt = { host = "localhost", tls = false }\n'
LINE = '[lines.shed]\nkind = "modbus-rtu"\nport = "ttyShed"\n'
DEVICE = '[devices.{name}]\nprofile = "calectro_ug3"\nline = "shed"\n'


def config(folder: Path, name: str, rest: str = "") -> Config:
    (folder / "agent.toml").write_text(HEAD + LINE + DEVICE.format(name=name) + rest)
    return load_config(folder / "agent.toml", {}).config


def test_it_is_exchanged_at_one_instant(tmp_path: Path) -> None:
    old, new = config(tmp_path, "a"), config(tmp_path, "b")
    standing = ConfigInForce(old)
    profiles = standing.profiles
    standing.enter(new)
    assert standing.answered.is_set()
    assert profiles is standing.profiles
    assert profiles.keys() == {"b"}
    assert standing.kinds() == {"shed": "modbus-rtu"}
    for name in ("a", "b"):  # what a device said before it went has its lane yet
        assert standing.plan(name, "smoke").lane is Lane.URGENT
    with pytest.raises(KeyError):
        standing.plan("never", "smoke")


def test_a_birth_says_anew_what_other_rules_are_in_force(tmp_path: Path) -> None:
    rule = '[[devices.a.rules]]\nrule = "offline"\nduration = "20s"\n'
    old, new = config(tmp_path, "a"), config(tmp_path, "a", rule)
    assert said_of(old) != said_of(new)
    assert said_of(old).startswith(f"{old.hash}/")
