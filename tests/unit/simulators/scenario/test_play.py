"""A scenario is played in its time, written down, and judged when all is settled."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from runtime.clock import SystemClock
from simulators.console import Console
from simulators.delivery_book import Delivery, DeliveryBook
from simulators.pace import Pace
from simulators.scenario.account import Account
from simulators.scenario.cast import Cast
from simulators.scenario.model import Scenario
from simulators.scenario.play import Play, Played
from simulators.scenario.read import read_scenario
from simulators.scenario.verdict import Outcome
from simulators.truth_book import TruthBook
from simulators.webhook_check import Verdict

SHORT = """\
title = { en = "a", zh = "b" }
[devices.ruler]
kind = "bcd-ruler"
[[timeline]]
at = "1s"
device = "ruler"
do = "rise 60/min 0.3"
expect = [{ rule = "water_notice", within = "200ms" }]
[[timeline]]
at = "3s"
device = "ruler"
do = "trouble none"
"""


@dataclass
class Room:
    """Where it is played: what was printed and written, and a centre that can be told."""

    scenario: Scenario
    speed: float = 20.0
    page_at_s: float | None = None
    lines: list[str] = field(default_factory=list)
    file: io.StringIO = field(default_factory=io.StringIO)
    came: list[Delivery] = field(default_factory=list)

    async def run(self, *, judged: bool = True) -> Played:
        clock, pace = SystemClock(), Pace(self.speed)
        cast = Cast(self.scenario, pace, clock, None)
        play = Play(
            self.scenario,
            cast.actors,
            pace=pace,
            clock=clock,
            truth=TruthBook(cast.actors, self.file),
            account=Account("en", as_json=True, colour=False),
            tell=self._tell,
            deliveries=self._deliveries if judged else None,
        )
        return await play.run()

    async def _deliveries(self) -> Sequence[Delivery]:
        return self.came

    def _tell(self, line: str) -> None:
        """Let the centre be told as soon as the water rises."""
        self.lines.append(line)
        if "rise" in line and self.page_at_s is not None:
            self.came.append(page(SystemClock().utc_us() + round(self.page_at_s * 1_000_000)))

    @property
    def told(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.lines]

    @property
    def truth(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.file.getvalue().splitlines()]


def page(utc_us: int) -> Delivery:
    body = (
        b'{"type":"alarm.raised","data":{"alarm_id":"a","revision":1,"device":"ruler",'
        b'"rule":"water_notice","severity":"notice"}}'
    )
    return DeliveryBook().take(
        {"webhook-id": "m"}, body, Verdict.VERIFIED, answer="200", utc_us=utc_us, mono_us=0
    )


def short(within: str = "200ms") -> Scenario:
    return read_scenario(SHORT.replace("200ms", within), name="short", file="short.toml")


async def test_it_is_played_in_scaled_time_and_found_good() -> None:
    room = Room(short(within="30s"), page_at_s=0.1)
    played = await room.run()
    assert played.is_good
    assert [one.outcome for one in played.findings or ()] == [Outcome.MET]
    assert room.told == ["begin", "order", "alarm", "order", "end"]
    at_s = [json.loads(line)["at_s"] for line in room.lines if '"order"' in line]
    assert 1.0 <= at_s[0] < at_s[1]
    assert at_s[1] >= 3.0


async def test_the_truth_tells_every_order_and_the_end() -> None:
    room = Room(short())
    assert (await room.run(judged=False)).findings is None
    orders = [one for one in room.truth if one["quantity"] == "order"]
    assert [one["value"] for one in orders] == ["rise 60/min 0.3", "trouble none"]
    levels = [one["value"] for one in room.truth if one["quantity"] == "level"]
    assert (levels[0], levels[-1]) == (0.0, 0.3)
    assert room.told[-1] == "end"


async def test_what_does_not_come_is_missed_and_waited_for_a_little_longer() -> None:
    room = Room(short())
    played = await room.run()
    assert not played.is_good
    assert [one.outcome for one in played.findings or ()] == [Outcome.MISSED]
    assert "waits" in room.told


async def test_what_comes_too_late_is_late() -> None:
    played = await Room(short(), page_at_s=0.4).run()
    assert [one.outcome for one in played.findings or ()] == [Outcome.LATE]


async def test_an_order_that_is_refused_spoils_it() -> None:
    scenario = short()
    room = Room(scenario)
    clock, pace = SystemClock(), Pace(100)
    cast = Cast(scenario, pace, clock, None)
    deaf = {
        name: type(one)(one.name, one.kind, Console({}), one.state, one.where)
        for name, one in cast.actors.items()
    }
    play = Play(
        scenario,
        deaf,
        pace=pace,
        clock=clock,
        truth=TruthBook(deaf),
        account=Account("en", as_json=False, colour=False),
        tell=room.lines.append,
        deliveries=None,
    )
    played = await play.run()
    assert (played.refused, played.is_good) == (2, False)
    assert any("not obeyed: unknown order 'rise'" in line for line in room.lines)
