"""Sets a scenario up, plays it before whoever watches, and tidies up."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from runtime.clock import SystemClock
from simulators.alarm_centre import AlarmCentre
from simulators.broker import BrokerError, Which
from simulators.delivery_book import Delivery
from simulators.delivery_text import Language
from simulators.device_api import DeviceApi
from simulators.pace import Pace
from simulators.scenario.account import Account
from simulators.scenario.cast import Cast
from simulators.scenario.centre import CentreError, CentreUrl, Deliveries, RecordFile
from simulators.scenario.model import Scenario
from simulators.scenario.play import Play, Played
from simulators.scenario.site import gateway_of, heard_first
from simulators.scenario.timing import SECOND_US
from simulators.server_api import ApiError
from simulators.stage import Stage, StageError, new_webhook_secret
from simulators.truth_book import TruthBook

FINE, PROBLEM, USAGE = 0, 1, 2
HEARD_S: Final = 60.0
LOOK_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for; at most one of `record`, `centre` and `stage`."""

    scenario: Scenario
    speed: float
    language: Language
    as_json: bool
    links: Path | None = None
    truth: Path | None = None
    record: Path | None = None
    centre: str | None = None
    stage: bool = False
    data: Path | None = None
    which: Which = Which.AUTO
    api: int | None = None


async def run(wanted: Wanted, codes: list[int]) -> None:
    """Play; append 0 when all went as expected, 1 when not, 2 when it could not begin."""
    codes.append(await _run(wanted))


async def _run(wanted: Wanted) -> int:
    try:
        with ExitStack() as open_here:
            return await _Performance(wanted, open_here).run()
    except OSError as error:
        print(f"simulators run: {error}", file=sys.stderr)  # noqa: T201 - a result
        return USAGE
    except (CentreError, StageError, BrokerError, ApiError) as error:
        print(f"simulators run: {error}", file=sys.stderr)  # noqa: T201 - a result
        return PROBLEM


class _Performance:
    """One run of the command: what it opened is closed by `open_here`."""

    def __init__(self, wanted: Wanted, open_here: ExitStack) -> None:
        self._wanted = wanted
        self._open = open_here
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._account = Account(wanted.language, as_json=wanted.as_json, colour=colour)
        self._clock = SystemClock()
        self._pace = Pace(wanted.speed)
        self._complaints: Callable[[], list[str]] = list

    async def run(self) -> int:
        wanted, scenario = self._wanted, self._wanted.scenario
        truth_file = self._truth_file()
        folder = self._folder()
        links = wanted.links or (None if folder is None else folder / "ports")
        cast = self._open.enter_context(Cast(scenario, self._pace, self._clock, links))
        truth = TruthBook(cast.actors, truth_file)
        self._introduce(cast)
        async with AsyncExitStack() as stack:
            deliveries = await self._centre(stack, cast, folder)
            play = Play(
                scenario,
                cast.actors,
                pace=self._pace,
                clock=self._clock,
                truth=truth,
                account=self._account,
                tell=_say,
                deliveries=deliveries,
            )
            if wanted.api is not None:
                api = await stack.enter_async_context(DeviceApi(play.troupe, truth, wanted.api))
                _say(self._account.note("api", url=api.url))
            return self._judged(await play.run())

    def _judged(self, played: Played) -> int:
        complaints = self._complaints()
        for text in complaints:
            _say(self._account.note("complaint", text=text))
        good = played.is_good and not complaints
        if played.findings is not None:
            _say(self._account.verdict(played.findings, is_good=good))
        return FINE if good else PROBLEM

    def _introduce(self, cast: Cast) -> None:
        scenario = self._wanted.scenario
        title = scenario.title[self._wanted.language]
        length = scenario.length_us / SECOND_US
        fields = {"title": title, "name": scenario.name, "speed": self._pace.speed}
        _say(self._account.note("title", **fields, length=length))
        for name, port in cast.ports.items():
            devices = ", ".join(one.name for one in scenario.devices if one.line == name)
            _say(self._account.note("line", line=name, devices=devices, path=port.path))

    # Who watches ---------------------------------------------------------------------------

    async def _centre(
        self, stack: AsyncExitStack, cast: Cast, folder: Path | None
    ) -> Deliveries | None:
        wanted = self._wanted
        if wanted.record is not None:
            return RecordFile(wanted.record)
        if wanted.centre is not None:
            asked = CentreUrl(wanted.centre)
            await asked()
            return asked
        if folder is None:
            return None
        return await stack.enter_async_context(self._staged(cast, folder))

    @asynccontextmanager
    async def _staged(self, cast: Cast, folder: Path) -> AsyncIterator[Deliveries]:
        """Run the real programs around the devices, and an alarm centre that they tell."""
        secret = new_webhook_secret()
        async with AlarmCentre(secret, record=folder / "centre.jsonl") as centre:
            stage = Stage(
                folder,
                (gateway_of(self._wanted.scenario, cast.ports),),
                webhook_url=centre.url,
                webhook_secret=secret,
                which=self._wanted.which,
            )
            try:
                _say(self._account.note("starting", broker=stage.broker.kind))
                await asyncio.to_thread(stage.start)
                await asyncio.to_thread(stage.wait_ready)
                await self._all_are_heard(stage)
                self._complaints = lambda: [one.text for one in centre.violations]

                async def deliveries() -> list[Delivery]:
                    return centre.deliveries

                yield deliveries
            finally:
                await asyncio.shield(asyncio.to_thread(stage.close))

    async def _all_are_heard(self, stage: Stage) -> None:
        _say(self._account.note("waiting"))
        missing = heard_first(self._wanted.scenario)
        for _ in range(round(HEARD_S / LOOK_S)):
            missing -= await asyncio.to_thread(_heard, stage)
            if not missing:
                return
            await asyncio.sleep(LOOK_S)
        names = ", ".join(sorted(missing))
        raise StageError(f"not heard within {HEARD_S:.0f} s: {names}\n{stage.last_words()}")

    # Files ---------------------------------------------------------------------------------

    def _truth_file(self) -> TextIO | None:
        path = self._wanted.truth
        return None if path is None else self._open.enter_context(path.open("w", encoding="utf-8"))

    def _folder(self) -> Path | None:
        """Return where the programs keep their files; None without a stage."""
        if not self._wanted.stage:
            return None
        if self._wanted.data is not None:
            self._wanted.data.mkdir(parents=True, exist_ok=True)
            return self._wanted.data
        made = tempfile.TemporaryDirectory(prefix="lifeline")
        return Path(self._open.enter_context(made))


def _heard(stage: Stage) -> set[str]:
    """The devices of which the server has a value."""
    try:
        items = stage.api.get("/v1/readings/latest?limit=500")["items"]
    except ApiError:
        return set()
    return {one["device"] for one in items if one["value"] is not None}


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what is played is the result
