"""One lane on its way up: what is live, then its backlog, again until receipts have it."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from functools import partial

from edge_agent.buffer.lanes import Lanes, Outgoing
from edge_agent.buffer.leaving import ENVELOPE_BYTES, Wanted
from edge_agent.uplink.broker_answers import BrokerAnswers
from edge_agent.uplink.feeds import Feed, Feeds
from edge_agent.uplink.reaction import WAITS_US, Reaction, reaction, set_aside_as
from edge_agent.uplink.speech import Speech
from edge_agent.uplink.throttle import AT_ONCE, Throttle
from edge_agent.uplink.window import Window
from runtime.beat import Beat
from runtime.clock import Clock
from runtime.mqtt import Outcome, Session
from wire.topic import Lane

YOUNG_US = 10_000_000
"""A row that is older goes with the backlog."""
_STEP_S = 0.02
_CONNECTED_S = 10.0  # to show progress while there is no broker


class Sender:
    """Publishes one lane over the session.

    `may_speak`: whether the gateway is introduced; the birth comes before all rows. `first`: the
    lane that goes before this one, but for a share of the link while that only has backlog.
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
        first: "Sender | None" = None,
        beat: Beat | None = None,
    ) -> None:
        """Whoever is told nothing looks at each `beat`."""
        self._beat = Beat() if beat is None else beat
        self.lane = lane
        self._lanes = lanes
        self._session = session
        self._clock = clock
        self._progress = progress
        self._first = first
        self.second: Sender | None = None
        if first is not None:
            first.second = self
        self.speech = Speech(lane, gateway, session)
        self.window = Window(window)
        self.feeds = Feeds()
        self.throttle = Throttle(lane)
        self._connection: int | None = None
        self._is_begun = False
        self._is_waiting = False
        self.spoke_us = 0
        self.wake = asyncio.Event()
        self.may_speak: Callable[[], bool] = lambda: True
        self._answers = BrokerAnswers(lane)

    @property
    def has_unsent(self) -> bool:
        """Whether there may be rows that have not left once."""
        came = self._lanes.committed[self.lane].is_set()
        return came or self.feeds.has(Feed.LIVE) or self.feeds.has(Feed.BACKLOG)

    async def run(self) -> None:
        """Send what is due, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch())
            self._lanes.leave_at_once[self.lane] = partial(self._leave_at_once, tasks)
            while True:
                self._progress(f"uplink-{self.lane}")
                if not await self._is_connected():
                    continue
                self.wake.clear()
                if not self.may_speak():
                    await self._beat.told(self.wake)
                    continue
                if await self._send_due(tasks):
                    await asyncio.sleep(0)  # what was handed over leaves, and counts
                else:
                    await self._wait()

    async def _watch(self) -> None:
        """New rows are live until they are looked at."""
        came = self._lanes.committed[self.lane]
        while True:
            await came.wait()
            came.clear()
            self.feeds.came()
            self.wake.set()

    async def _is_connected(self) -> bool:
        """Wait a while for the broker; its absence is no reason to look stuck."""
        if not self._session.is_connected:
            try:
                async with asyncio.timeout(_CONNECTED_S):
                    await self._session.connected()
            except TimeoutError:
                return False
        if self._connection != self._session.connection:
            self._connection = self._session.connection
            self.speech.begin()
            self._is_begun = False
        if not self._is_begun:
            self._is_begun = True
            await self._look_for_the_young()
        return True

    async def _look_for_the_young(self) -> None:
        self.feeds.begin(await self._lanes.oldest_young(self.lane, YOUNG_US))

    def wants(self, feed: Feed) -> bool:
        """Whether it would send of this, if it may."""
        return self.feeds.has(feed) and self.window.room(self._clock.mono_us()) > 0

    def _is_to_wait(self) -> bool:
        first = self._first
        if first is None or not (first.wants(Feed.LIVE) or first.wants(Feed.BACKLOG)):
            return False
        return first.wants(Feed.LIVE) or not self.throttle.has_turn

    async def _send_due(self, tasks: asyncio.TaskGroup) -> bool:
        """Whether anything left, or the order changed: then look again at once."""
        if self._is_to_wait():
            return False
        if await self._send_again(tasks):
            return True
        for feed in self.throttle.order:
            if await self._send_new(feed, tasks):
                return True
        return False

    async def _send_again(self, tasks: asyncio.TaskGroup) -> bool:
        """Rows that no receipt covered in time."""
        numbers = self.window.due(self._clock.mono_us())[:AT_ONCE]
        size = self.throttle.size_again(self._session.rate)
        if not numbers or size <= 0:
            return False
        found = await self._lanes.again(self.lane, numbers)
        there = {one.row.id for one in found if one.row is not None}
        self.window.given_up(n for n in numbers if n not in there)
        for one in found:
            self._send(one, Feed.BACKLOG, tasks)
            size -= _size_of(one)
            if size <= 0:
                break
        return True

    async def _send_new(self, feed: Feed, tasks: asyncio.TaskGroup) -> bool:
        wanted = self._wanted(feed)
        if wanted is None:
            return False
        if feed is Feed.LIVE and self._send_fresh(wanted, tasks):
            return True
        found, last = await self._lanes.leaving(wanted)
        if feed is Feed.LIVE and found and self._is_old(found[0]):
            await self._look_for_the_young()
            return True
        self.feeds.read(feed, last)
        for one in found:
            self._send(one, feed, tasks)
        if not found:
            self._yield()
        return bool(found)

    def _wanted(self, feed: Feed) -> Wanted | None:
        """What of the feed may leave now."""
        span, now_us = self.feeds.span(feed), self._clock.mono_us()
        is_live = feed is Feed.LIVE
        room = self.window.room(now_us) if is_live else self.window.room_for_backlog(now_us)
        most = min(room, self.throttle.messages(feed, self._session.slots))
        size = self.throttle.size(feed, self._session.rate, now_us)
        if span is None or most <= 0 or size <= 0:
            return None
        return Wanted(self.lane, span.after, span.until, most, size, self.window.__contains__)

    def _send_fresh(self, wanted: Wanted, tasks: asyncio.TaskGroup) -> bool:
        """All that is new, if it was committed just now."""
        fresh, last = self._lanes.fresh(wanted)
        if not fresh:
            return False
        for one in fresh:
            self._send(one, Feed.LIVE, tasks)
        self.feeds.read(Feed.LIVE, last)
        self.feeds.read(Feed.LIVE, None)
        self._yield()
        return True

    def _leave_at_once(self, tasks: asyncio.TaskGroup) -> bool:
        """Whether what was committed just now has left; only who waits for it may answer yes."""
        is_here = self._session.is_connected and self._connection == self._session.connection
        is_ready = self._is_waiting and self._is_begun and is_here and self.may_speak()
        if not is_ready or self._is_to_wait():
            return False
        self.feeds.came()
        wanted = self._wanted(Feed.LIVE)
        return wanted is not None and self._send_fresh(wanted, tasks)

    def _yield(self) -> None:
        """Whoever waits for this lane looks whether it may go."""
        if self.second is not None:
            self.second.may_go()

    def may_go(self) -> None:
        """There is room: look whether anything is to leave."""
        if self.has_unsent:
            self.wake.set()

    def _is_old(self, outgoing: Outgoing) -> bool:
        row, now = outgoing.row, outgoing.timebase
        if row is None:
            return False
        return row.base.boot != now.boot or now.mono_us - row.base.mono * 1_000 > 2 * YOUNG_US

    async def _wait(self) -> None:
        now_us = self._clock.mono_us()
        due_us = self.window.next_us()
        wait_s = math.inf if due_us is None else (due_us - now_us) / 1e6
        if self.feeds.has(Feed.BACKLOG):
            wait_s = min(wait_s, max(self.throttle.wait_us(now_us) / 1e6, _STEP_S))
        self._is_waiting = True
        try:
            await self._beat.told(self.wake, max(wait_s, 0.01))
        finally:
            self._is_waiting = False

    def _send(self, one: Outgoing, feed: Feed, tasks: asyncio.TaskGroup) -> None:
        if one.row is None:
            return
        self._account(_size_of(one), feed)
        now_us = self._clock.mono_us()
        tries = self.window.sent(one.row.id, now_us)
        self.spoke_us = now_us
        answer = self.speech.say(one, tries=tries)  # it is on its way before anybody waits for it
        tasks.create_task(self._heed(one.row.id, answer, tries))

    def _account(self, size: int, feed: Feed) -> None:
        first = self._first
        self.throttle.sent(
            size,
            feed,
            live_waits=self.feeds.has(Feed.LIVE),
            first_waits=first is not None and first.wants(Feed.BACKLOG),
        )
        if feed is Feed.BACKLOG and self.second is not None:
            self.second.throttle.first_sent(size)
            self.second.wake.set()

    async def _heed(self, number: int, answer: Awaitable[Outcome], tries: int) -> None:
        try:
            outcome = await answer
        finally:
            self.throttle.answered()
        self._answers.heard(outcome)
        what = reaction(outcome, tries)
        await self._react(number, outcome, what)
        if what is not Reaction.AWAIT_RECEIPT or self.has_unsent:
            self.wake.set()

    async def _react(self, number: int, outcome: Outcome, what: Reaction) -> None:
        match what:
            case Reaction.AWAIT_RECEIPT:
                self.window.accepted()
            case Reaction.AS_NEW:
                self.window.lost(number)
                self.feeds.rewind(number)
            case Reaction.SET_ASIDE:
                await self._lanes.give_up(number, set_aside_as(outcome))
                self.window.given_up([number])
            case Reaction.PLAIN:
                self.window.once_more(number, self._clock.mono_us())
            case _:
                self.window.refused(number, self._clock.mono_us(), WAITS_US[what])
                self.feeds.rewind(number)
                self._is_begun = False  # what was young when it was refused is still live

    async def heartbeat(self) -> None:
        """Say that there is nothing to say: liveness, statement and complete-through."""
        outgoing = await self._lanes.outgoing(self.lane, None)
        if outgoing is not None:
            self.spoke_us = self._clock.mono_us()
            await self.speech.say(outgoing)


def _size_of(one: Outgoing) -> int:
    return ENVELOPE_BYTES + (0 if one.row is None else len(one.row.payload))
