"""A fleet against a real broker and the real server: trouble on the way, nothing lost."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from alarm_rules.in_force import in_force
from device_profiles.load import profile_hash
from runtime.clock import SystemClock
from runtime.mqtt import Options
from simulators.broker import Broker
from simulators.fleet.gateway import FleetGateway
from simulators.fleet.incident import parse_outage, parse_storm
from simulators.fleet.kind import KINDS, with_hashes
from simulators.fleet.plan import Plan
from simulators.fleet.run import Fleet
from tests.patience import PATIENCE_S
from tests.running_server import RunningServer, running_server
from tests.shipped import PROFILES

MS = 1_000


def plan(**wanted: object) -> Plan:
    given = {"gateways": 50, "devices": 4, "rate": 2.0, "kinds": tuple(KINDS.values()), **wanted}
    return Plan(**given)  # type: ignore[arg-type]  # by name, as the tests want it


def fleet(plan: Plan, broker: Broker) -> Fleet:
    def options_of(number: int, gateways: Sequence[FleetGateway]) -> Options:
        name = f"fleet-{number}" if plan.is_shared else gateways[0].name
        return Options(
            host=broker.host,
            port=broker.port,
            client_id=name,
            tls=False,
            reconnect_min_s=0.05,
            reconnect_max_s=0.2,
        )

    return Fleet(plan, options_of, SystemClock())


async def ledgers(server: RunningServer) -> dict[str, dict[str, int]]:
    """Of each gateway, both lanes together."""
    found: dict[str, dict[str, int]] = {}
    for one in (await server.get("/v1/gateways?limit=500"))["items"]:
        lanes = [lane["ledger"] for lane in one["lanes"].values()]
        assert all(lane["balanced"] for lane in lanes)
        names = ("taken", "stored", "rejected", "lost_after_receipt", "buffered")
        found[one["gateway"]] = {name: sum(lane[name] for lane in lanes) for name in names}
    return found


async def agrees(server: RunningServer, played: Fleet) -> bool:
    """Whether every gateway's account is the server's."""
    wanted = {
        gateway.name: sum(lane.count.taken for lane in gateway.lanes.values())
        for gateway in played.gateways
    }
    nothing = {"rejected": 0, "lost_after_receipt": 0, "buffered": 0}
    return await ledgers(server) == {
        name: {"taken": taken, "stored": taken, **nothing} for name, taken in wanted.items()
    }


async def until_agreed(server: RunningServer, played: Fleet) -> None:
    """The server's account of the last words comes a moment after their receipts."""
    async with asyncio.timeout(PATIENCE_S):
        while not await agrees(server, played):
            await asyncio.sleep(0.05)


async def test_outage_storm_and_duplicates_lose_nothing_and_the_server_agrees(
    tmp_path: Path, mosquitto: Broker
) -> None:
    wanted = plan(
        connections=10,
        duration_us=3_000 * MS,
        alarm_every_us=500 * MS,
        alarm_for_us=700 * MS,
        duplicates=0.1,
        incidents=(
            parse_outage("at=500ms,for=800ms,share=0.5,jitter=100ms"),
            parse_storm("at=2s,jitter=0s"),
        ),
    )
    async with running_server(tmp_path, mosquitto) as server:
        await server.until_ready()
        played = fleet(wanted, mosquitto)
        await played.run()
        found = played.report(1.0, 50)
        assert found.is_whole
        assert found.readings.taken == found.readings.receipted > 800
        assert found.messages["duplicates"] > 0
        assert found.messages["births"] > 50  # who comes late on a busy machine meets one of both
        assert all(one.drain_s is not None for one in found.incidents)
        assert set(found.pubacks["urgent"]) | set(found.pubacks["bulk"]) <= {"accepted", "lost"}
        assert found.urgent_took.p50_ms is not None
        await until_agreed(server, played)
        assert (await server.get("/v1/quarantine"))["items"] == []
        async with asyncio.timeout(PATIENCE_S):
            while not await all_offline(server, 50):
                await asyncio.sleep(0.05)


async def all_offline(server: RunningServer, count: int) -> bool:
    items = (await server.get("/v1/gateways?limit=500"))["items"]
    return [one["presence"] for one in items] == ["offline"] * count


async def test_one_connection_each_with_wills(tmp_path: Path, mosquitto: Broker) -> None:
    wanted = plan(
        gateways=12,
        duration_us=1_500 * MS,
        incidents=(parse_storm("at=500ms,jitter=0s"),),
    )
    async with running_server(tmp_path, mosquitto) as server:
        await server.until_ready()
        played = fleet(wanted, mosquitto)
        await played.run()
        assert played.report(1.0, 50).is_whole
        await until_agreed(server, played)
        async with asyncio.timeout(PATIENCE_S):
            while not await all_offline(server, 12):
                await asyncio.sleep(0.05)


async def test_without_a_server_nothing_is_deleted_and_it_says_so(mosquitto: Broker) -> None:
    played = fleet(
        plan(gateways=3, duration_us=400 * MS, drain_us=300 * MS, alarm_every_us=100 * MS),
        mosquitto,
    )
    told: list[dict[str, int]] = []
    played._tell = lambda fleet, _: told.append(fleet.progress())
    await played.run()
    found = played.report(1.0, 50)
    assert not found.is_whole
    assert found.drain_s is None
    assert found.readings.receipted == 0
    assert found.readings.lost == found.readings.outstanding == found.readings.taken > 0
    assert found.introduced == 3
    assert "no_subscriber" in found.pubacks["urgent"]
    assert told[-1]["outstanding"] == found.readings.taken


async def test_a_profile_of_this_catalogue_is_judged_by_the_servers_rules(
    tmp_path: Path, mosquitto: Broker
) -> None:
    listed = [
        {"id": one.id, "hash": profile_hash(one), "rules_hash": in_force(one.rules).hash}
        for one in PROFILES.values()
    ]
    kinds = with_hashes(KINDS.values(), json.dumps(listed).encode())
    async with running_server(tmp_path, mosquitto) as server:
        await server.until_ready()
        await fleet(plan(gateways=1, kinds=tuple(kinds), duration_us=200 * MS), mosquitto).run()
        devices: list[dict[str, str]] = []
        async with asyncio.timeout(PATIENCE_S):
            while not devices:  # the alarm stage reads births after intake has answered them
                await asyncio.sleep(0.02)
                devices = (await server.get("/v1/gateways/fleet-0001"))["devices"]["items"]
        assert {one["rules"] for one in devices} == {"in_force"}
