"""Where the configuration comes from: the site's file, and beside the buffer what was desired."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec.structs import replace

from device_profiles.toml_bounds import read_bounded
from device_profiles.toml_file import FileProblem, TomlFile, UnreadableError, read_toml
from device_profiles.typed_toml import Problem
from edge_agent.config.desired import CHANGED_ON_SITE, Book, explained, left, started
from edge_agent.config.difference import differences
from edge_agent.config.load import ConfigError, Loaded, load_config
from edge_agent.config.model import Config
from edge_agent.config.resolve import WATCHED
from runtime.whole_file import write_whole
from wire.bounds import SENT_BYTES
from wire.command import Config as Desired
from wire.command import Outcome

BOOK = "desired.json"
_LARGEST = 4 * SENT_BYTES


class Found(msgspec.Struct, frozen=True):
    """What is to be in force; `site` is the hash of the file's own lines and devices.

    `notices`: what a person should know, because it is not as it was.
    """

    loaded: Loaded
    book: Book
    site: str
    notices: tuple[str, ...] = ()

    @property
    def config(self) -> Config:
        return self.loaded.config

    @classmethod
    def alone(cls, config: Config) -> "Found":
        """Without a file or anything from afar."""
        return cls(Loaded(config, ()), Book(), config.watched_hash)


class Source(msgspec.Struct, frozen=True):
    """`path`: agent.toml. `environ` None: for who only asks and needs no secrets."""

    path: Path
    environ: Mapping[str, str] | None

    def load(self) -> Found:
        """The site's file with what the server wanted and this gateway took; raise ConfigError.

        A file whose lines and devices were changed since is in force alone; so it is when what was
        taken is no longer valid (a profile that is gone), or can not be read.
        """
        own = load_config(self.path, self.environ)
        site, file = own.config.watched_hash, book_path(own.config)
        try:
            book = read_book(file)
        except BrokenBookError as error:
            return Found(own, Book(), site, (str(error),))
        if book.in_force is None:
            return Found(own, self._explained(book), site)
        if book.site != site:
            after = self._explained(left(book, CHANGED_ON_SITE))
            return Found(own, after, site, (CHANGED_ON_SITE,))
        try:
            return Found(self.with_desired(book.in_force), book, site)
        except ConfigError as error:
            why = f"the configuration that was taken from the server is no longer valid: {error}"
            return Found(own, left(book, why), site, (why,))

    def begin(self) -> Found:
        """As `load`, by the agent itself: counts the starts with what was taken from afar.

        A disk that refuses is no reason to stay down. Raise ConfigError.
        """
        found = self.load()
        book = started(found.book)
        if book == found.book:
            return found
        try:
            write_book(book_path(found.config), book)
        except OSError as error:
            return replace(found, notices=(*found.notices, f"{BOOK} can not be written: {error}"))
        if book.in_force is not None:
            return replace(found, book=book)
        return replace(self.load(), notices=(*found.notices, book.detail))

    def with_desired(self, desired: Desired) -> Loaded:
        """The site's file with these lines and devices; raise ConfigError with all that is wrong.

        The file's other tables (who the gateway is, its broker, its secrets, its buffer) are the
        site's alone: a desired configuration that has one is refused.
        """
        name = Path(f"config/{desired.version}")
        try:
            read_bounded(desired.toml)
            toml = TomlFile(name, desired.toml)
        except ValueError as error:  # TOMLDecodeError is one
            problem = Problem("", "", f"is not TOML: {error}")
            raise ConfigError([FileProblem(str(name), problem)]) from error
        strange = [Problem("", table, _STRANGE) for table in toml.raw if table not in WATCHED]
        if not toml.raw.get("devices"):
            strange.append(Problem("devices", "", _EMPTY))
        if strange:
            raise ConfigError(toml.placed(strange))
        return load_config(self.path, self.environ, toml)

    def differences(self, wanted: Desired, in_force: Desired | None) -> tuple[str, ...]:
        """Where `wanted` is another than what is in force, the file's own (None) or another wish.

        Empty when either can not be read.
        """
        try:
            here = read_toml(self.path).raw if in_force is None else read_bounded(in_force.toml)
            return differences(read_bounded(wanted.toml), here)
        except (UnreadableError, ValueError):  # TOMLDecodeError is one
            return ()

    def _explained(self, book: Book) -> Book:
        if book.latest is None or book.outcome is not Outcome.DIVERGED:
            return book
        return explained(book, self.differences(book.latest, book.in_force))

    def candidate(self, desired: Desired, site: str) -> Loaded:
        """As `with_desired`, if the file's own lines and devices still hash to `site`.

        Raise ConfigError, ChangedOnSiteError.
        """
        self.own(site)
        return self.with_desired(desired)

    def own(self, site: str) -> Loaded:
        """The file alone, as it was read when its lines and devices hashed to `site`.

        Raise ConfigError, ChangedOnSiteError.
        """
        own = load_config(self.path, self.environ)
        if own.config.watched_hash != site:
            raise ChangedOnSiteError
        return own

    def placed(self, problems: Iterable[Problem]) -> list[FileProblem]:
        """Problems of the site's file, with their lines while it can be read."""
        try:
            return read_toml(self.path).placed(problems)
        except UnreadableError as error:
            return [error.problem]


_STRANGE = "is not changed from afar: only [lines.…] and [devices.…] are; leave it"
_EMPTY = "are none: a gateway is not emptied from afar; name its lines and devices, all of them"


class ChangedOnSiteError(Exception):
    """The file says other lines or devices than it did when it was read."""


class BrokenBookError(Exception):
    """What was kept of the server's wishes can not be read; the text says what happens now."""


def book_path(config: Config) -> Path:
    return config.buffer.path.parent / BOOK


def read_book(file: Path) -> Book:
    """Empty when there is none. Raise BrokenBookError."""
    try:
        with file.open("rb") as opened:
            return msgspec.json.decode(opened.read(_LARGEST), type=Book)
    except FileNotFoundError:
        return Book()
    except (OSError, msgspec.MsgspecError) as error:
        text = f"{file} can not be read ({error}): agent.toml alone is in force"
        raise BrokenBookError(text) from error


def write_book(file: Path, book: Book) -> None:
    """Whole or not at all, and on the disk when this returns. Raise OSError."""
    write_whole(file, msgspec.json.encode(book))
