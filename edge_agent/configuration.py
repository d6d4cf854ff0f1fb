"""The configuration in force while the agent runs: read again, desired from afar, or refused."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable

from edge_agent.config import desired as wishes
from edge_agent.config.change import needs_restart
from edge_agent.config.desired import Book, Decision, Verdict
from edge_agent.config.load import ConfigError, Loaded
from edge_agent.config.model import Config
from edge_agent.config.source import ChangedOnSiteError, Found, Source, book_path
from edge_agent.config_in_force import ConfigInForce
from edge_agent.config_wishes import Wishes
from edge_agent.health import ConfigHealth
from wire.command import Config as Desired
from wire.command import Outcome, Result

log = logging.getLogger(__name__)

Apply = Callable[[Config], Awaitable[None]]
_REFUSED_SHOWN = 16
_DECISIONS = 4
PROOF_S = 60.0
_NO_FILE = "this agent runs without a file: nothing can be read again"
_NO_DISK = "the disk of this gateway refuses it"


class Configuration(ConfigInForce):
    """One change at a time.

    `tell`: what a person should know. `source` None: nothing is ever changed.
    """

    def __init__(
        self,
        found: Found,
        source: Source | None,
        tell: Callable[[str], None],
        adjust: Callable[[Config], Config] = lambda config: config,
        *,
        proof_s: float = PROOF_S,
    ) -> None:
        """`adjust`: what this gateway adds to what is read, such as baselines taken here."""
        super().__init__(adjust(found.config))
        self.read = found.config
        self.refused: tuple[str, ...] = ()
        self._wishes = Wishes(found.book, book_path(found.config), self.answered, tell)
        self._known = _open_wish(found.book) if not found.notices else None
        self._site = found.site
        self._proof_s = proof_s
        self._source = source
        self._tell = tell
        self._adjust = adjust
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()
        self._reread = False
        self._desired: Desired | None = None
        self._decisions: deque[tuple[bool, asyncio.Future[Decision]]] = deque()

    @property
    def book(self) -> Book:
        """What the server wanted last, what became of it, and what of it is in force."""
        return self._wishes.book

    def health(self) -> ConfigHealth:
        latest, standing = self.book.latest, self.book.in_force
        return ConfigHealth(
            hash=self.config.hash,
            version=None if standing is None else standing.version,
            desired=None if latest is None else latest.version,
            outcome="" if self.book.outcome is None else self.book.outcome.value,
            refused=self.refused,
            is_known=self._known is not None and self._known == _open_wish(self.book),
        )

    def answers(self, time_us: int | None) -> tuple[Result, ...]:
        """What the server is to hear: at each connection, and whenever `answered` is set.

        Nothing while a change is under way: the hash in force would not be that of the outcome.
        """
        if self._turn.locked():
            return ()
        return self._wishes.answers(self.config.hash, time_us)

    def reread(self) -> None:
        """Read the file again soon (SIGHUP)."""
        self._reread = True
        self._news.set()

    def desire(self, desired: Desired) -> None:
        """Judge what the server wants soon; only the newest counts."""
        self._desired = desired
        self._news.set()

    async def run(self, apply: Apply, late: Callable[[], Collection[str]] = tuple) -> None:
        """Do what is asked, until cancelled. `apply`: makes a configuration true, never fails.

        `late`: what hangs now and will end the agent a little later.
        """
        while True:
            await self._wait_for_news(late)
            self._news.clear()
            async with self._turn:
                if self._reread:
                    self._reread = False
                    await self._read_again(apply)
                if self._desired is not None:
                    wanted, self._desired = self._desired, None
                    await self._judge(wanted, apply)
                while self._decisions:
                    accept, told = self._decisions.popleft()
                    decision = await self._decide(apply, accept=accept)
                    if not told.done():  # nobody may wait for it any more
                        told.set_result(decision)
            self.answered.set()

    async def _wait_for_news(self, late: Callable[[], Collection[str]]) -> None:
        """What was taken from afar is proven once the agent has run with it for a while."""
        while not self._news.is_set():
            try:
                async with asyncio.timeout(None if self.book.starts is None else self._proof_s):
                    await self._news.wait()
            except TimeoutError:
                if not late():
                    await self._wishes.keep(wishes.proven(self.book))

    async def decide(self, *, accept: bool) -> Decision:
        """Somebody on site takes what the server wanted last, or refuses it for good.

        What is in force already stays so; whoever does not want it changes the site's file. It is
        `run` that does it: whoever asks may go away, and lines are never left half exchanged.
        """
        if len(self._decisions) >= _DECISIONS:
            return Decision.NOTHING_WANTED
        told: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        self._decisions.append((accept, told))
        self._news.set()
        return await told

    async def _decide(self, apply: Apply, *, accept: bool) -> Decision:
        latest = self.book.latest
        if self._source is None or latest is None or wishes.is_withdrawn(self.book):
            return Decision.NOTHING_WANTED
        if self.book.in_force == latest:
            return Decision.IN_FORCE
        if not accept:
            book = wishes.note(self.book, latest, Outcome.REJECTED, wishes.ON_SITE)
            await self._wishes.keep(book)
            return Decision.REJECTED
        await self._take(latest, apply)
        is_so = self.book.in_force == latest or wishes.is_withdrawn(self.book)
        return Decision.TAKEN if is_so else Decision.NOT_VALID

    async def _read_again(self, apply: Apply) -> None:
        if self._source is None:
            self._refuse([_NO_FILE])
            return
        try:
            found = await asyncio.to_thread(self._source.load)
            await self._check(found.config, self._source)
        except ConfigError as error:
            self._refuse(map(str, error.problems))
            return
        self._refuse(())
        for notice in found.notices:
            self._tell(notice)
        self._site = found.site
        if found.book != self.book:
            await self._wishes.keep(found.book)
        await self._apply(found.loaded, apply, "agent.toml")

    async def _check(self, new: Config, source: Source) -> None:
        """Raise ConfigError for what needs a restart, with its place in the site's file."""
        problems = needs_restart(self.config, new)
        if problems:
            raise ConfigError(await asyncio.to_thread(source.placed, problems))

    async def _judge(self, desired: Desired, apply: Apply) -> None:
        verdict = wishes.judge(desired, self.book, self.config)
        log.info("the server wants configuration %d: %s", desired.version, verdict)
        if verdict is Verdict.KNOWN:
            self._known = _open_wish(self.book)
        if verdict in (Verdict.TAKE, Verdict.WITHDRAW) or (
            verdict is Verdict.DIVERGED and await self._is_in_force(desired)
        ):
            await self._take(desired, apply)
        elif verdict is Verdict.DIVERGED:
            await self._wishes.diverge(desired, await self._why_diverged(desired))
        elif verdict is Verdict.OLD:
            self._wishes.refuse_old(desired, self.config.hash)
        self.answered.set()

    async def _why_diverged(self, desired: Desired) -> str:
        """What else is in force, and where it differs from what was wanted."""
        why = f"something else than {desired.based_on or 'nothing'} is in force here"
        if self._source is None:
            return why
        source, standing = self._source, self.book.in_force
        try:
            await asyncio.to_thread(source.own, self._site)
        except (ConfigError, ChangedOnSiteError):
            if standing is None:  # the file no longer says what is in force
                return f"{why}; {wishes.NOT_READ}"
        return "\n".join([why, *await asyncio.to_thread(source.differences, desired, standing)])

    async def _is_in_force(self, desired: Desired) -> bool:
        """Whether it says the same as what runs: then there is nothing to decide."""
        if self._source is None:
            return False
        try:
            loaded = await asyncio.to_thread(self._source.with_desired, desired)
        except ConfigError:
            return False
        return loaded.config.hash == self.config.hash

    async def _take(self, desired: Desired, apply: Apply) -> None:
        after = wishes.taken(self.book, desired, self._site)
        if desired.is_withdrawal and self.book.in_force is None:  # the site's own counts already
            await self._wishes.keep(after)
            self._tell(f"{wishes.WITHDRAWN} is in force as before: {self.config.hash}")
            return
        try:
            loaded = await self._candidate(desired)
        except ConfigError as error:
            await self._wishes.reject(desired, "\n".join(map(str, error.problems)))
        except ChangedOnSiteError:
            await self._wishes.diverge(desired, wishes.NOT_READ)
        else:
            if await self._wishes.keep(after, is_needed=True):
                what = wishes.WITHDRAWN if desired.is_withdrawal else wishes.named(desired)
                await self._apply(loaded, apply, what)
            else:
                await self._wishes.reject(desired, _NO_DISK)

    async def _candidate(self, desired: Desired) -> Loaded:
        """Of a withdrawal: the site's own."""
        if self._source is None:
            raise ConfigError([])
        if desired.is_withdrawal:
            loaded = await asyncio.to_thread(self._source.own, self._site)
        else:
            loaded = await asyncio.to_thread(self._source.candidate, desired, self._site)
        await self._check(loaded.config, self._source)  # the site's file may be edited, not read
        return loaded

    async def _apply(self, loaded: Loaded, apply: Apply, what: str) -> None:
        for warning in loaded.warnings:
            log.warning("%s", warning)
        if loaded.config.hash == self.config.hash and loaded.config == self.read:
            log.info("%s says what is in force: %s", what, self.config.hash)
            return
        self.read = loaded.config
        await apply(self._adjust(loaded.config))
        self._tell(f"{what} is in force: {self.config.hash}")

    async def readjust(self, retune: Callable[[Config, Config], None]) -> None:
        """What `adjust` adds is another. `retune`: from the old to the new, no line stops."""
        async with self._turn:
            old, new = self.config, self._adjust(self.read)
            if new != old:
                self.enter(new)
                retune(old, new)

    def _refuse(self, problems: Iterable[str]) -> None:
        self.refused = tuple(problems)[:_REFUSED_SHOWN]
        for problem in self.refused:
            self._tell(f"not taken, the old configuration stays in force: {problem}")


def _open_wish(book: Book) -> tuple[Desired, Outcome] | None:
    """What the server wanted last, and why it is not so; None when there is no such wish."""
    if book.latest is None or book.outcome not in (Outcome.REJECTED, Outcome.DIVERGED):
        return None
    return book.latest, book.outcome
