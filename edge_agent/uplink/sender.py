"""One lane on its way up: oldest rows first, within a window, again until receipts have them."""

import asyncio
import logging
from collections.abc import Callable

from edge_agent.buffer.lanes import Lanes, Outgoing
from edge_agent.uplink.window import Window
from runtime.clock import Clock
from runtime.mqtt import Outcome, Session
from wire.codec import content_type
from wire.envelope import Encoding, Envelope, Sent, to_properties
from wire.topic import Lane, Up, up

log = logging.getLogger(__name__)

_STEP_S = 0.02
_TOPICS = {Lane.URGENT: Up.URGENT, Lane.BULK: Up.BULK}
TOO_LARGE = "refused_too_large"


class Sender:
    """Publishes one lane over the session; `before` lets another lane go first.

    `may_speak`: whether the gateway is introduced; the birth comes before all rows.
    """

    def __init__(
        self,
        *,
        lane: Lane,
        gateway: str,
        lanes: Lanes,
        session: Session,
        clock: Clock,
        window: int,
        progress: Callable[[str], None],
        look_again_s: float = 1.0,
    ) -> None:
        self._look_again_s = look_again_s
        self.lane = lane
        self._topic = up(gateway, _TOPICS[lane])
        self._lanes = lanes
        self._session = session
        self._clock = clock
        self._progress = progress
        self.window = Window(window)
        self.spoke_us = 0
        self.wake = lanes.committed[lane]
        self.idle = asyncio.Event()
        self.before: asyncio.Event | None = None
        self.may_speak: Callable[[], bool] = lambda: True
        self._answer = Outcome.ACCEPTED

    async def run(self) -> None:
        """Send what is due, until cancelled."""
        async with asyncio.TaskGroup() as publishes:
            while True:
                self._progress(f"uplink-{self.lane}")
                if not await self._is_connected():
                    continue
                if not self.may_speak():
                    await asyncio.sleep(_STEP_S)
                elif not await self._send_due(publishes):
                    self.idle.set()
                    await self._wait()

    async def _is_connected(self) -> bool:
        """Wait a while for the broker; its absence is no reason to look stuck."""
        try:
            async with asyncio.timeout(self._look_again_s):
                await self._session.connected()
        except TimeoutError:
            return False
        return True

    async def _send_due(self, publishes: asyncio.TaskGroup) -> int:
        self.wake.clear()
        numbers = await self._next()
        for number in numbers:
            await self._let_others_go_first()
            await self._send(number, publishes)
        return len(numbers)

    async def _next(self) -> list[int]:
        """Rows that no receipt covered in time, then new ones as far as the window has room."""
        again = self.window.due(self._clock.mono_us())
        if again or not self.window.room:
            return again
        return await self._lanes.rows_after(self.lane, self.window.cursor, self.window.room)

    async def _let_others_go_first(self) -> None:
        if self.before is not None and not self.before.is_set():
            try:
                async with asyncio.timeout(self._look_again_s):
                    await self.before.wait()
            except TimeoutError:
                log.debug("%s goes on: the other lane does not come to rest", self.lane)

    async def _wait(self) -> None:
        due_us = self.window.next_us()
        now_us = self._clock.mono_us()
        wait_s = self._look_again_s if due_us is None else (due_us - now_us) / 1e6
        try:
            async with asyncio.timeout(min(max(wait_s, 0.01), self._look_again_s)):
                await self.wake.wait()
        except TimeoutError:
            return

    async def _send(self, number: int, publishes: asyncio.TaskGroup) -> None:
        self.idle.clear()
        outgoing = await self._lanes.outgoing(self.lane, number)
        if outgoing is None:
            self.window.gone([number])
            return
        now_us = self._clock.mono_us()
        self.window.sent(number, now_us)
        self.spoke_us = now_us
        publishes.create_task(self._publish(number, outgoing))

    async def _publish(self, number: int, outgoing: Outgoing) -> None:
        outcome = await self.say(outgoing)
        now_us = self._clock.mono_us()
        self._tell(outcome)
        match outcome:
            case Outcome.ACCEPTED:
                return
            case Outcome.TOO_LARGE:
                await self._lanes.give_up(number, TOO_LARGE)
                self.window.gone([number])
            case Outcome.LOST:
                self.window.lost(number, now_us)
            case _:
                self.window.refused(number, now_us)
        self.wake.set()

    def _tell(self, outcome: Outcome) -> None:
        """A line when the answer changes, not one for each batch; what is set aside each time.

        A lost connection is the session's to tell, and says nothing of what the broker thinks.
        """
        if outcome is Outcome.TOO_LARGE:
            log.error("the broker refuses a batch of %s as too large: set aside", self.lane)
        elif outcome not in (Outcome.LOST, self._answer):
            if outcome is Outcome.ACCEPTED:
                log.info("the broker takes batches of %s again", self.lane)
            else:
                log.warning("the broker answers %s to batches of %s", outcome, self.lane)
            self._answer = outcome

    async def say(self, outgoing: Outgoing) -> Outcome:
        """Publish a row, or a heartbeat when there is none."""
        row, timebase = outgoing.row, outgoing.timebase
        encoding = Encoding.RAW if row is None else row.encoding
        envelope = Envelope(
            encoding=encoding,
            key=None if row is None else row.key,
            statement=outgoing.statement,
            base=None if row is None else row.base,
            sent=Sent(timebase.boot, timebase.mono_ms, timebase.state),
            through=outgoing.through,
        )
        return await self._session.publish(
            self._topic,
            b"[]" if row is None else row.payload,
            properties=to_properties(envelope),
            content_type=content_type(encoding),
            utf8=encoding is Encoding.RAW,
        )

    async def heartbeat(self) -> None:
        """Say that there is nothing to say: liveness, statement and complete-through."""
        outgoing = await self._lanes.outgoing(self.lane, None)
        if outgoing is not None:
            self.spoke_us = self._clock.mono_us()
            await self.say(outgoing)
