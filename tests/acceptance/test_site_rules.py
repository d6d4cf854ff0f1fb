"""What a site writes into agent.toml is what the server judges by: file, birth, alarm."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge_agent.assembly import birth
from edge_agent.config.load import load_config
from ingest_server.alarm.known_profiles import KnownProfiles, RulesAre
from ingest_server.db.journal import Kind
from ingest_server.db.registry import find_device
from tests.alarm_rig import GATEWAY, PROFILES, SECOND, Rig, reading
from wire.identity import Software, encode_identity

CONFIG = """
gateway.id = "gw-001"
mqtt = { host = "localhost", tls = false }
lines.well = { kind = "modbus-rtu", port = "/dev/ttyS0" }
[devices.gas-01]
profile = "honeywell_sensepoint_xcd"
line = "well"
"""
SITE = """site_class = "utility_tunnel"
[[devices.gas-01.rules]]
rule = "gas_low"
limit = 0.15
[[devices.gas-01.rules]]
rule = "offline"
duration = "25s"
severity = "critical"
"""


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path) as rig:
        yield rig


async def bear(rig: Rig, file: Path, connection: int) -> None:
    """The gateway starts with this file and says what it is."""
    said = birth(load_config(file, {}).config, Software("edge-agent", "1"), ("b-1", connection), ())
    await rig.put(Kind.BIRTH, encode_identity(said), "synchronised", GATEWAY)


async def rules_are(rig: Rig) -> RulesAre:
    device = await rig.book.read(lambda book: find_device(book, GATEWAY, "gas-01"))
    assert device is not None
    return KnownProfiles(PROFILES).rules_are(device)


async def measure(rig: Rig, lel: float) -> dict[str, object]:
    """A reading now; the limits of the alarms that are on after it, by rule."""
    rig.clock.advance(SECOND)
    await rig.send(reading(rig.clock.utc_us(), lel, device="gas-01", point="lel"))
    await rig.watch()
    return {one.rule: one.limit for one in await rig.alarms() if one.active}


async def test_a_stricter_limit_of_the_site_raises_the_alarm(tmp_path: Path, rig: Rig) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(CONFIG + SITE)
    await bear(rig, file, 1)
    assert await measure(rig, 0.16) == {"gas_low": 0.15}
    assert await measure(rig, 0.36) == {"gas_low": 0.15, "gas_high": 0.35}
    assert await rules_are(rig) is RulesAre.IN_FORCE
    file.write_text(CONFIG)
    await bear(rig, file, 2)
    assert (await measure(rig, 0.36))["gas_low"] == 0.15, "what was announced stays"
    assert await rules_are(rig) is RulesAre.IN_FORCE


async def test_without_them_the_profile_judges(tmp_path: Path, rig: Rig) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(CONFIG)
    await bear(rig, file, 1)
    assert await measure(rig, 0.16) == {}
    assert await measure(rig, 0.36) == {"gas_low": 0.2}
