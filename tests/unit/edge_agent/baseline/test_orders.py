"""What people and the server say to take a baseline, and what they hear."""

import asyncio
from pathlib import Path

from edge_agent.baseline.orders import CLEAR, SHOW, TAKE, BaselineHand, doings
from edge_agent.poll.hand import Done
from tests.baseline_gateway import AT_REST, BY, Gateway
from tests.baseline_site import COVER, site
from wire.command import TAKE_BASELINE, Command, CommandKind, Outcome


class Own:
    async def carry_out(self, command: Command) -> Done:
        return Done(Outcome.DONE, f"own {command.action}")


def order(action: str | None, kind: CommandKind = CommandKind.ACTION) -> Command:
    return Command("c-1", kind, BY, COVER, action)


async def test_at_the_gateway(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, site(tmp_path))
    desk = doings(gateway.keeper)
    refused = await desk[TAKE]({"device": "nobody", "by": BY})
    assert (refused.is_done, refused.reason, refused.detail) == (False, "no_device", "nobody")
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(desk[TAKE]({"device": COVER, "by": BY, "note": "x"}))
        group.create_task(gateway.says(COVER, *AT_REST))
    assert asked.result().is_done
    assert asked.result().said.value == (0.0, 0.1, 9.8)
    shown = (await desk[SHOW]({})).said
    assert [(one.device, one.standing) for one in shown] == [
        (COVER, "taken"),
        ("gauge-1", "absent"),
    ]
    assert (await desk[CLEAR]({"device": COVER, "by": BY})).is_done
    assert not (await desk[CLEAR]({"device": COVER, "by": BY})).is_done


async def test_by_the_server(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, site(tmp_path))
    hand = BaselineHand(gateway.keeper, Own())
    assert (await hand.carry_out(order("restart"))).detail == "own restart"
    assert (await hand.carry_out(order(None, CommandKind.READ))).detail == "own None"
    failed = await hand.carry_out(order(TAKE_BASELINE))
    assert failed.outcome is Outcome.FAILED
    assert failed.detail.startswith("too_few: 0 of 5 readings")
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(hand.carry_out(order(TAKE_BASELINE)))
        group.create_task(gateway.says(COVER, *AT_REST))
    assert asked.result().outcome is Outcome.DONE
    assert '"by":"Li Lei"' in asked.result().detail
