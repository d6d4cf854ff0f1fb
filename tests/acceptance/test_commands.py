"""Commands end to end with the real programs: a reset, asked twice, a kill, what is not allowed."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runtime.mqtt import Session
from simulators.fault import late
from simulators.server_api import ApiError
from simulators.stage import SERVER_USER
from tests.acceptance.town import GATEWAY, Town, town
from tests.patience import PATIENCE_S
from wire.command import Command, CommandKind, Outcome, Result, decode_command, encode_command
from wire.topic import Down, Up, down, up

Connect = Callable[..., Session]
PATH = f"/v1/gateways/{GATEWAY}/commands"
RESET = {"kind": "action", "device": "smoke-0", "action": "reset", "actor": "desk"}


async def ask(here: Town, **wanted: Any) -> dict[str, Any]:
    asked: dict[str, Any] = await asyncio.to_thread(here.stage.api.post, PATH, wanted)
    return asked


async def answered(here: Town, command: dict[str, Any]) -> dict[str, Any]:
    """The command once it is settled."""
    found: dict[str, Any] = {}

    def is_settled() -> bool:
        found.update(here.stage.api.get(f"{PATH}/{command['id']}")["command"])
        return found["state"] not in ("queued", "sent")

    await here.until(is_settled, f"an answer to {command}")
    return found


async def smoke_that_went(here: Town) -> None:
    """It is gone from the duct, but the detector latches until it is reset."""
    here.detectors[0].set_smoke(True)
    await here.delivery("alarm.raised", "smoke-0", "smoke")
    here.detectors[0].set_smoke(False)


def intruder(here: Town, connect: Connect) -> Session:
    """Another session with the server's rights, past the server's own checks."""
    password = (here.stage.folder / f"{SERVER_USER}.password").read_text()
    return connect(
        here.stage.broker,
        "intruder",
        username=SERVER_USER,
        password=password,
        subscriptions=[up(GATEWAY, Up.RESULT)],
    )


async def test_a_reset_by_command_clears_the_alarm_and_is_done_once(
    tmp_path: Path, connect: Connect
) -> None:
    async with town(tmp_path, radar=True) as here:
        await here.all_heard()
        await smoke_that_went(here)
        asked = await ask(here, **RESET, id="reset-1", comment="the duct is clear")
        cleared = await here.delivery("alarm.cleared", "smoke-0", "smoke")
        assert not cleared.data["state"]["active"]
        done = await answered(here, asked)
        assert (done["state"], done["detail"]) == ("done", "1 of 1 writes echoed")
        assert here.detectors[0].resets == 1

        session = intruder(here, connect)
        await session.connected()
        same = Command("reset-1", CommandKind.ACTION, "somebody", "smoke-0", "reset")
        for _ in range(2):
            await ask(here, **RESET, id="reset-1")
            await session.publish(down(GATEWAY, Down.COMMAND), encode_command(same))
            async with asyncio.timeout(PATIENCE_S):
                result = decode_command((await session.receive()).payload, Result)
            assert (result.answers, result.outcome) == ("reset-1", Outcome.DONE)
        assert here.detectors[0].resets == 1

        strange = Command("x-1", CommandKind.ACTION, "somebody", "smoke-0", "self_destruct")
        await session.publish(down(GATEWAY, Down.COMMAND), encode_command(strange))
        async with asyncio.timeout(PATIENCE_S):
            result = decode_command((await session.receive()).payload, Result)
        assert (result.answers, result.outcome) == ("x-1", Outcome.REFUSED)
        assert result.detail.startswith("not_allowed")
        with pytest.raises(ApiError, match="action_not_allowed"):
            await ask(here, **{**RESET, "action": "self_destruct"})

        restart = {"kind": "action", "device": "radar", "action": "restart", "actor": "desk"}
        restarted = await answered(here, await ask(here, **restart))
        assert (restarted["state"], here.radar.reboots if here.radar else 0) == ("done", 1)
        read = await answered(here, await ask(here, kind="read", device="smoke-0", actor="desk"))
        assert '"smoke":false' in read["detail"]
        health = await answered(here, await ask(here, kind="diagnostics", actor="desk"))
        assert '"device":"smoke-0"' in health["detail"]
        assert here.stage.api.get(f"{PATH}?limit=500")["items"][-1]["id"] == "reset-1"
        await here.drained()


async def test_a_kill_between_execution_and_answer_never_does_it_twice(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        await here.all_heard()
        await smoke_that_went(here)
        detector = here.detectors[0]
        detector.faults.add(late(0.4))  # it obeys at once, its echo takes its time
        asked = await ask(here, **RESET)
        async with asyncio.timeout(PATIENCE_S):
            while not detector.resets:
                await asyncio.sleep(0.005)
        here.agent.kill()
        detector.faults.clear()
        here.agent.start()
        answer = await answered(here, asked)
        assert answer["state"] == "failed"
        assert "may have been carried out" in answer["detail"]
        await here.delivery("alarm.cleared", "smoke-0", "smoke")
        assert detector.resets == 1


async def test_what_waits_while_the_gateway_is_away_is_done_in_time_or_never(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as here:
        await here.all_heard()
        here.agent.kill()
        late_one = await ask(here, **RESET, expires_in=5)
        in_time = await ask(here, kind="read", device="smoke-0", actor="desk", expires_in=60)
        expired = await answered(here, late_one)
        assert expired["state"] == "expired"
        here.agent.start()
        assert (await answered(here, in_time))["state"] == "done"
        assert here.detectors[0].resets == 0
